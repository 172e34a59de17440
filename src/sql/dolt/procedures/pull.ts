/** CALL dolt_pull(…): columns `fast_forward`, `conflicts`, `message`. */
import { pull } from '../../../verbs/pull.ts';
import { outcome, UP_TO_DATE } from './merge.ts';
import { oneRow, type Procedure, runVerb } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    const { merge } = yield* runVerb(pull, call);
    const { forward, conflicts, message } = outcome(merge);
    return oneRow({ fast_forward: forward, conflicts, message: merge.kind === 'upToDate' ? UP_TO_DATE : message });
  },
};
