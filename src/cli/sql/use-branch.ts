/** Works on another branch (or database/branch) than the one that is checked out. */
import { DoltError } from '../../base/errors.ts';
import { BranchNotFoundError } from '../../repo/repo-errors.ts';
import type { ScriptSession } from '../../sql/script-session.ts';
import { quoteName } from '../../sql/syntax/print-expression.ts';

/** Throws `notFound`. */
export async function useBranch(session: ScriptSession, database: string | undefined, branch: string): Promise<void> {
  try {
    await session.query(`use ${quoteName(database === undefined ? branch : `${database}/${branch}`)}`);
  } catch (cause) {
    throw cause instanceof DoltError ? new BranchNotFoundError(branch) : cause;
  }
}
