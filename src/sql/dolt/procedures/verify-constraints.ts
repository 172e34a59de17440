/** CALL dolt_verify_constraints(['--all'], ['--output-only'], tables…): column `violations`, 1 where there are any. */
import { constraintsVerify } from '../../../verbs/constraints-verify.ts';
import { oneRow, type Procedure, runVerb } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    const { violated } = yield* runVerb(constraintsVerify, call);
    return oneRow({ violations: violated.length > 0 ? 1 : 0 });
  },
};
