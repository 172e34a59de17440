/** CALL dolt_commit(…): column `hash`, the new commit; no row when `--skip-empty` left nothing to do. */
import { commit } from '../../../verbs/commit.ts';
import { column, rowsOf } from '../../statements/result-rows.ts';
import { LONGTEXT } from '../../types/sql-type.ts';
import { oneRow, type Procedure, runVerb } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    const { commit: made } = yield* runVerb(commit, call);
    // A transaction that was begun ends with it, as with COMMIT.
    yield* call.session.commit();
    return made === undefined ? rowsOf([column('hash', LONGTEXT, false)], []) : oneRow({ hash: made });
  },
};
