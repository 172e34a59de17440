/** START TRANSACTION, COMMIT, ROLLBACK, savepoints; and LOCK TABLES, which has nothing to do: transactions are snapshots. */
import { ok } from '../session/statement-result.ts';
import type { FlushStatement } from '../syntax/ast/server-statements.ts';
import type {
  BeginStatement,
  EndTransactionStatement,
  LockTablesStatement,
  SavepointStatement,
  UnlockTablesStatement,
} from '../syntax/ast/session-statements.ts';
import { SqlError } from '../types/sql-error.ts';
import type { RunStatement } from './scene.ts';
import { missingTable } from './target-table.ts';

export const runBegin: RunStatement<BeginStatement> = function* ({ readOnly }, { session }) {
  yield* session.begin(readOnly);
  return ok();
};

export const runEnd: RunStatement<EndTransactionStatement> = function* ({ kind, chain }, { session }) {
  if (kind === 'commit') yield* session.commit();
  else session.rollback();
  if (chain) yield* session.begin();
  return ok();
};

export const runSavepoint: RunStatement<SavepointStatement> = function* ({ kind, name }, { session }) {
  const { savepoints } = session.transaction;
  const at = savepoints.findLastIndex((savepoint) => savepoint.name.toLowerCase() === name.toLowerCase());
  if (kind === 'savepoint') {
    if (at >= 0) savepoints.splice(at, 1);
    savepoints.push({ name, state: session.save() });
    return ok();
  }
  if (at < 0) throw new SqlError(1305, '42000', `SAVEPOINT ${name} does not exist`, 'notFound');
  if (kind === 'rollbackTo') {
    session.restore(savepoints[at]!.state);
    savepoints.splice(at + 1);
  } else savepoints.splice(at);
  return ok();
};

// biome-ignore lint/correctness/useYield: it never waits
export const runLockTables: RunStatement<LockTablesStatement> = function* ({ tables }, scene) {
  for (const { table } of tables) if (scene.catalog.table(table) === undefined) throw missingTable(table, scene);
  return ok();
};

// biome-ignore lint/correctness/useYield: it never waits
export const runNothing: RunStatement<UnlockTablesStatement | FlushStatement> = function* () {
  return ok();
};
