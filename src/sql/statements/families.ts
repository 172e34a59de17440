/** Which file runs which kind of statement. Families are loaded when first used. */

import type { Statement } from '../syntax/ast/statement.ts';
import { runSelect } from './query.ts';
import type { RunStatement } from './scene.ts';

type Run = RunStatement<never>;
type Kinds = Statement['kind'];

const lazily =
  <M>(load: () => Promise<M>, pick: (module: M) => unknown): (() => Promise<Run>) =>
  async () =>
    pick(await load()) as Run;

const loaders: Partial<Record<Kinds, () => Promise<Run>>> = {
  insert: lazily(
    () => import('./insert.ts'),
    (m) => m.runInsert,
  ),
  update: lazily(
    () => import('./update.ts'),
    (m) => m.runUpdate,
  ),
  delete: lazily(
    () => import('./delete.ts'),
    (m) => m.runDelete,
  ),
  truncate: lazily(
    () => import('./delete.ts'),
    (m) => m.runTruncate,
  ),
  do: lazily(
    () => import('./set.ts'),
    (m) => m.runDo,
  ),
  set: lazily(
    () => import('./set.ts'),
    (m) => m.runSet,
  ),
  kill: lazily(
    () => import('./kill.ts'),
    (m) => m.runKill,
  ),
  setTransaction: lazily(
    () => import('./set.ts'),
    (m) => m.runSetTransaction,
  ),
  use: lazily(
    () => import('./use.ts'),
    (m) => m.runUse,
  ),
  begin: lazily(
    () => import('./transactions.ts'),
    (m) => m.runBegin,
  ),
  commit: lazily(
    () => import('./transactions.ts'),
    (m) => m.runEnd,
  ),
  rollback: lazily(
    () => import('./transactions.ts'),
    (m) => m.runEnd,
  ),
  savepoint: lazily(
    () => import('./transactions.ts'),
    (m) => m.runSavepoint,
  ),
  rollbackTo: lazily(
    () => import('./transactions.ts'),
    (m) => m.runSavepoint,
  ),
  releaseSavepoint: lazily(
    () => import('./transactions.ts'),
    (m) => m.runSavepoint,
  ),
  lockTables: lazily(
    () => import('./transactions.ts'),
    (m) => m.runLockTables,
  ),
  unlockTables: lazily(
    () => import('./transactions.ts'),
    (m) => m.runNothing,
  ),
  flush: lazily(
    () => import('./transactions.ts'),
    (m) => m.runNothing,
  ),
  loadData: lazily(
    () => import('./files/load-data.ts'),
    (m) => m.runLoadData,
  ),
  call: lazily(
    () => import('./routines/call.ts'),
    (m) => m.callByClient,
  ),
  createTable: lazily(
    () => import('./create-table.ts'),
    (m) => m.runCreateTable,
  ),
  alterTable: lazily(
    () => import('./alter-table/alter-table.ts'),
    (m) => m.runAlterTable,
  ),
  createIndex: lazily(
    () => import('./alter-table/alter-table.ts'),
    (m) => m.runCreateIndex,
  ),
  dropIndex: lazily(
    () => import('./alter-table/alter-table.ts'),
    (m) => m.runDropIndex,
  ),
  dropTable: lazily(
    () => import('./drop-table.ts'),
    (m) => m.runDropTable,
  ),
  renameTable: lazily(
    () => import('./drop-table.ts'),
    (m) => m.runRenameTable,
  ),
  createView: lazily(
    () => import('./views.ts'),
    (m) => m.runCreateView,
  ),
  dropView: lazily(
    () => import('./views.ts'),
    (m) => m.runDropView,
  ),
  createTrigger: lazily(
    () => import('./routines/create-trigger.ts'),
    (m) => m.runCreateTrigger,
  ),
  createEvent: lazily(
    () => import('./routines/events.ts'),
    (m) => m.runCreateEvent,
  ),
  alterEvent: lazily(
    () => import('./routines/events.ts'),
    (m) => m.runAlterEvent,
  ),
  createRoutine: lazily(
    () => import('./routines/create-routine.ts'),
    (m) => m.runCreateRoutine,
  ),
  alterRoutine: lazily(
    () => import('./routines/create-routine.ts'),
    (m) => m.runAlterRoutine,
  ),
  dropObject: lazily(
    () => import('./routines/drop-object.ts'),
    (m) => m.runDropObject,
  ),
  signal: lazily(
    () => import('./routines/alone.ts'),
    (m) => m.runAlone,
  ),
  resignal: lazily(
    () => import('./routines/alone.ts'),
    (m) => m.runAlone,
  ),
  block: lazily(
    () => import('./routines/run-compound.ts'),
    (m) => m.runCompound,
  ),
  if: lazily(
    () => import('./routines/run-compound.ts'),
    (m) => m.runCompound,
  ),
  case: lazily(
    () => import('./routines/run-compound.ts'),
    (m) => m.runCompound,
  ),
  loop: lazily(
    () => import('./routines/run-compound.ts'),
    (m) => m.runCompound,
  ),
  getDiagnostics: lazily(
    () => import('./routines/alone.ts'),
    (m) => m.runAlone,
  ),
  createDatabase: lazily(
    () => import('./databases.ts'),
    (m) => m.runCreateDatabase,
  ),
  alterDatabase: lazily(
    () => import('./databases.ts'),
    (m) => m.runAlterDatabase,
  ),
  dropDatabase: lazily(
    () => import('./databases.ts'),
    (m) => m.runDropDatabase,
  ),
  show: lazily(
    () => import('./show/show.ts'),
    (m) => m.runShow,
  ),
  describe: lazily(
    () => import('./show/show.ts'),
    (m) => m.runDescribe,
  ),
  explain: lazily(
    () => import('./explain.ts'),
    (m) => m.runExplain,
  ),
  maintenance: lazily(
    () => import('./maintenance.ts'),
    (m) => m.runMaintenance,
  ),
  prepare: lazily(
    () => import('./prepared.ts'),
    (m) => m.runPrepare,
  ),
  execute: lazily(
    () => import('./prepared.ts'),
    (m) => m.runExecute,
  ),
  deallocate: lazily(
    () => import('./prepared.ts'),
    (m) => m.runDeallocate,
  ),
  createUser: lazily(
    () => import('./accounts/users.ts'),
    (m) => m.runCreateUser,
  ),
  alterUser: lazily(
    () => import('./accounts/users.ts'),
    (m) => m.runCreateUser,
  ),
  dropUser: lazily(
    () => import('./accounts/users.ts'),
    (m) => m.runDropUser,
  ),
  renameUser: lazily(
    () => import('./accounts/users.ts'),
    (m) => m.runRenameUser,
  ),
  setPassword: lazily(
    () => import('./accounts/users.ts'),
    (m) => m.runSetPassword,
  ),
  createRole: lazily(
    () => import('./accounts/roles.ts'),
    (m) => m.runCreateRole,
  ),
  dropRole: lazily(
    () => import('./accounts/roles.ts'),
    (m) => m.runDropRole,
  ),
  setRole: lazily(
    () => import('./accounts/roles.ts'),
    (m) => m.runSetRole,
  ),
  setDefaultRole: lazily(
    () => import('./accounts/roles.ts'),
    (m) => m.runSetDefaultRole,
  ),
  grant: lazily(
    () => import('./accounts/grant.ts'),
    (m) => m.runGrant,
  ),
  revoke: lazily(
    () => import('./accounts/grant.ts'),
    (m) => m.runGrant,
  ),
};

const loaded = new Map<Kinds, Run>([['select', runSelect as Run]]);

/** The runner of a kind, when it is loaded. */
export function loadedFamily(kind: Kinds): Run | undefined {
  return loaded.get(kind);
}

/** Undefined for kinds that nobody runs. */
export async function loadFamily(kind: Kinds): Promise<Run | undefined> {
  const known = loaded.get(kind);
  if (known !== undefined) return known;
  const run = await loaders[kind]?.();
  if (run !== undefined) loaded.set(kind, run);
  return run;
}
