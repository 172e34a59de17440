/** CALL dolt_commit(…): column `hash`, the new commit; no row when `--skip-empty` left nothing to do. */
import type { Address } from '../../../base/address.ts';
import { NothingToCommitError } from '../../../repo/repo-errors.ts';
import type { Steps } from '../../../repo/steps.ts';
import { commit } from '../../../verbs/commit.ts';
import type { StatementResult } from '../../session/statement-result.ts';
import { column, rowsOf } from '../../statements/result-rows.ts';
import { LONGTEXT } from '../../types/sql-type.ts';
import { runOnBranch } from './on-branch.ts';
import { oneRow, type Procedure, type ProcedureCall } from './procedure.ts';

export const procedure: Procedure = {
  *call(call) {
    return hashRow(yield* commitOf(call));
  },
};

/** The commit that was made; undefined where there was nothing to do. */
export function* commitOf(call: ProcedureCall): Steps<Address | undefined> {
  // A transaction that was begun ends with it, as with COMMIT, also where there was nothing to commit.
  let made: Address | undefined;
  try {
    made = (yield* runOnBranch(commit, call)).commit;
  } catch (error) {
    if (error instanceof NothingToCommitError) yield* call.session.commit();
    throw error;
  }
  yield* call.session.commit();
  return made;
}

export function hashRow(made: Address | undefined): StatementResult {
  return made === undefined ? rowsOf([column('hash', LONGTEXT, false)], []) : oneRow({ hash: made });
}
