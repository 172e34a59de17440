/** What a session gets of a rebase: it stops with an error at a conflict, which stays to be resolved. */
import type { Steps } from '../../repo/steps.ts';
import { abortRebase, type RebaseResult } from '../../verbs/rebase.ts';
import { rebaseMessage } from '../../verbs/rebase-message.ts';
import { SqlError } from '../types/sql-error.ts';
import { type ProcedureCall, workspaceOf } from './procedures/procedure.ts';

/** Runs a verb that may rebase: the steps before one that fails stand. */
export function* keepingSteps<Result>({ session }: ProcedureCall, run: Steps<Result>): Steps<Result> {
  try {
    return yield* run;
  } catch (error) {
    session.standsThough = true;
    throw error;
  }
}

/** What it says. Throws 1105 at a conflict; where the session could not keep it, the rebase is given up. */
export function* rebaseOutcome(call: ProcedureCall, result: RebaseResult): Steps<string> {
  if (result.kind !== 'conflict') return rebaseMessage(result);
  const { session } = call;
  session.standsThough = true;
  const isKept = !session.autocommit || session.variables.number('dolt_allow_commit_conflicts') !== 0;
  if (isKept) throw new SqlError(1105, 'HY000', rebaseMessage(result));
  yield* abortRebase(workspaceOf(call));
  throw new SqlError(
    1105,
    'HY000',
    'data conflicts from rebase, but session settings do not allow preserving conflicts, so they cannot be resolved. ' +
      'The rebase has been aborted. Set @@autocommit to 0 or set @@dolt_allow_commit_conflicts to 1 and ' +
      'try the rebase again to resolve the conflicts.',
  );
}
