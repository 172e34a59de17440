/** CALL dolt_squash_history('-m', message [, '--first', commit]): column `hash`, the commit that took the others' place. */
import { squashHistory } from '../../../verbs/squash-history.ts';
import { oneRow, type Procedure, runVerb } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    const { commit } = yield* runVerb(squashHistory, call);
    yield* call.session.commit();
    return oneRow({ hash: commit });
  },
};
