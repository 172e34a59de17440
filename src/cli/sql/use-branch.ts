/** Works on another database, or another branch, than the one that is selected and checked out. */
import { DoltError } from '../../base/errors.ts';
import { BranchNotFoundError } from '../../repo/repo-errors.ts';
import type { ScriptSession } from '../../sql/script-session.ts';
import { quoteName } from '../../sql/syntax/print-expression.ts';
import { noSuchDatabase } from '../global-flags.ts';

/** Throws `notFound`. */
export async function useBranch(session: ScriptSession, database: string | undefined, branch: string): Promise<void> {
  try {
    await session.query(`use ${quoteName(database === undefined ? branch : `${database}/${branch}`)}`);
  } catch (cause) {
    throw cause instanceof DoltError ? new BranchNotFoundError(branch) : cause;
  }
}

/** Throws `notFound`. */
export async function useDatabase(session: ScriptSession, name: string): Promise<void> {
  try {
    await session.query(`use ${quoteName(name)}`);
  } catch (cause) {
    throw cause instanceof DoltError ? noSuchDatabase(name) : cause;
  }
}
