/** CALL dolt_fetch(…): column `status`. */
import { fetch } from '../../../verbs/fetch.ts';
import { type Procedure, runVerbWith, success, textArguments, workspaceOf } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    yield* runVerbWith(fetch, workspaceOf(call), textArguments(call));
    call.session.refresh();
    return success();
  },
};
