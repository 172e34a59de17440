/** CALL dolt_gc(…): column `status`. */
import { gc as verb } from '../../../verbs/gc.ts';
import { type Procedure, runVerb, success } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    // It waits for what runs, and is not to wait for itself.
    call.session.rest();
    yield* runVerb(verb, call);
    return success();
  },
};
