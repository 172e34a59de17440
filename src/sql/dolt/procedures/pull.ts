/** CALL dolt_pull(…): columns `fast_forward`, `conflicts`, `message`. */
import { pull } from '../../../verbs/pull.ts';
import { keepingSteps, rebaseOutcome } from '../rebase-outcome.ts';
import { outcome, UP_TO_DATE } from './merge.ts';
import { oneRow, type Procedure, runVerb } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    const { merge, rebase } = yield* keepingSteps(call, runVerb(pull, call));
    if (rebase !== undefined) {
      return oneRow({ fast_forward: 0, conflicts: 0, message: yield* rebaseOutcome(call, rebase) });
    }
    const { forward, conflicts, message } = outcome(merge!);
    return oneRow({ fast_forward: forward, conflicts, message: merge!.kind === 'upToDate' ? UP_TO_DATE : message });
  },
};
