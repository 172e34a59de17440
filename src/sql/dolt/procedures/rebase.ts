/** CALL dolt_rebase(…): columns `status`, `message`. */
import { rebase } from '../../../verbs/rebase.ts';
import { keepingSteps, rebaseOutcome } from '../rebase-outcome.ts';
import { oneRow, type Procedure, runVerb } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    const result = yield* keepingSteps(call, runVerb(rebase, call));
    return oneRow({ status: 0, message: yield* rebaseOutcome(call, result) });
  },
};
