/** CALL dolt_add(…): column `status`. */
import { add } from '../../../verbs/add.ts';
import { runOnBranch } from './on-branch.ts';
import { type Procedure, success } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    yield* runOnBranch(add, call);
    return success();
  },
};
