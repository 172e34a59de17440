/** CALL dolt_commit(…): column `hash`, the new commit; no row when `--skip-empty` left nothing to do. */
import type { Address } from '../../../base/address.ts';
import { NothingToCommitError } from '../../../repo/repo-errors.ts';
import { commit } from '../../../verbs/commit.ts';
import { column, rowsOf } from '../../statements/result-rows.ts';
import { LONGTEXT } from '../../types/sql-type.ts';
import { runOnBranch } from './on-branch.ts';
import { oneRow, type Procedure } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    // A transaction that was begun ends with it, as with COMMIT, also where there was nothing to commit.
    let made: Address | undefined;
    try {
      made = (yield* runOnBranch(commit, call)).commit;
    } catch (error) {
      if (error instanceof NothingToCommitError) yield* call.session.commit();
      throw error;
    }
    yield* call.session.commit();
    return made === undefined ? rowsOf([column('hash', LONGTEXT, false)], []) : oneRow({ hash: made });
  },
};
