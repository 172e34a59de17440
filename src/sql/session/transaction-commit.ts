/** `dolt_transaction_commit`: a SQL transaction's changes on a branch become a Dolt commit. */
import type { Snapshot } from '../../repo/repository.ts';
import type { Steps } from '../../repo/steps.ts';
import { commit } from '../../verbs/commit.ts';
import type { Database } from './database.ts';
import type { Session } from './session.ts';
import { SessionWorkspace } from './session-workspace.ts';

export const TRANSACTION_COMMIT = 'Transaction commit';

export function* commitTransaction(session: Session, database: Database, branch: string): Steps<void> {
  const handle = { name: database.name, database, revision: { kind: 'branch', branch } } as const;
  const message = session.variables.text('dolt_transaction_commit_message') || TRANSACTION_COMMIT;
  // Whoever made the changes was allowed to.
  const workspace = new SessionWorkspace(session, handle, 'merge');
  const { commit: made } = yield* commit.run(workspace, ['-A', '--skip-empty', '-m', message]);
  if (made !== undefined) return;
  // Only ignored tables changed, or the changes took back what was there: the working set is still to be stored.
  const { transaction } = session;
  const expressions = yield* session.mergeExpressions(database);
  const meta = session.workingSetMeta(database, 'sql transaction');
  const make = (now: Snapshot) => transaction.toStore(database, branch, now, expressions);
  transaction.advance(database, yield* database.repository.storeWorkingSet(branch, make, meta));
}
