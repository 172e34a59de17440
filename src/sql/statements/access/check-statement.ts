/**
 * What a statement needs to be allowed, before it does anything. Reading is checked where names are bound: there it is
 * known which tables and columns are read. Statements about accounts check for themselves.
 *
 * A table that the user may not see is refused the same way whether it is there or not.
 */
import { unreachable } from '../../../base/errors.ts';
import { Privilege as P } from '../../accounts/privilege.ts';
import type { SessionAccess } from '../../session/session-access.ts';
import type { SetItem } from '../../syntax/ast/session-statements.ts';
import type { Statement } from '../../syntax/ast/statement.ts';
import type { StatementScene } from '../scene.ts';
import { checkCall } from './check-call.ts';
import { checkDelete, checkInsert, checkLoadData, checkUpdate } from './check-rows.ts';
import { checkShow } from './check-show.ts';
import { checkAlterTable, checkCreateTable, checkDropTable, checkRenames } from './check-tables.ts';

/** Throws what MySQL throws. `scene` is made where a statement needs it. */
export function checkStatement(statement: Statement, access: SessionAccess, scene: () => StatementScene): void {
  switch (statement.kind) {
    case 'insert':
      checkInsert(statement, access, scene);
      return;
    case 'update':
      checkUpdate(statement, access);
      return;
    case 'delete':
      checkDelete(statement, access);
      return;
    case 'loadData':
      checkLoadData(statement, access);
      return;
    case 'call':
      checkCall(statement, access);
      return;
    case 'createTable':
      checkCreateTable(statement, access);
      return;
    case 'alterTable':
      checkAlterTable(statement, access);
      return;
    case 'renameTable':
      checkRenames(statement.renames, access);
      return;
    case 'dropTable':
      checkDropTable(statement, access);
      return;
    case 'truncate':
      access.assertTarget(P.drop, statement.table);
      return;
    case 'createIndex':
    case 'dropIndex':
      access.assertTarget(P.index, statement.table);
      return;
    case 'createView':
      // What it selects is checked as it is bound.
      access.assertTable(P.createView | (statement.orReplace || statement.alter ? P.drop : 0), statement.view);
      return;
    case 'dropView':
      for (const view of statement.views) access.assertTable(P.drop, view);
      return;
    case 'createDatabase':
      access.assertDatabase(P.create, statement.name);
      return;
    case 'alterDatabase':
      access.assertDatabase(P.alter, statement.name);
      return;
    case 'dropDatabase':
      access.assertDatabase(P.drop, statement.name);
      return;
    case 'createTrigger':
      access.assertTable(P.trigger, statement.table);
      return;
    case 'createRoutine':
      access.assertDatabase(P.createRoutine, statement.name.database);
      return;
    case 'alterRoutine':
      access.assertRoutine(P.alterRoutine, statement.name, false, statement.routine === 'procedure');
      return;
    case 'createEvent':
    case 'alterEvent':
      access.assertDatabase(P.event, statement.event.database);
      return;
    case 'dropObject':
      checkDropObject(statement, access);
      return;
    case 'set':
      for (const item of statement.items) checkSetItem(item, access);
      return;
    case 'setTransaction':
      if (statement.scope === 'global') assertMaySetGlobals(access);
      return;
    case 'lockTables':
      for (const { table } of statement.tables) access.assertTable(P.select | P.lockTables, table);
      return;
    case 'show':
      checkShow(statement, access);
      return;
    case 'describe':
      access.assertSeesTable(statement.table, 'SELECT', statement.asOf !== undefined);
      return;
    case 'explain':
      checkStatement(statement.statement, access, scene);
      return;
    case 'maintenance':
      for (const table of statement.tables) access.assertTable(MAINTENANCE[statement.action], table);
      return;
    case 'flush':
      access.assertOneOf('RELOAD', P.reload);
      return;
    case 'replication':
      access.assertOneOf('SUPER, REPLICATION_SLAVE_ADMIN', P.super, ['replication_slave_admin']);
      return;
    case 'select':
      if (statement.query.into !== undefined && statement.query.into.kind !== 'variables') {
        access.assertOneOf('FILE', P.file);
      }
      return;
    case 'do':
    case 'prepare':
    case 'execute':
    case 'use':
    case 'kill':
    // These check for themselves.
    case 'createUser':
    case 'alterUser':
    case 'dropUser':
    case 'renameUser':
    case 'createRole':
    case 'dropRole':
    case 'grant':
    case 'revoke':
    case 'setRole':
    case 'setDefaultRole':
    case 'setPassword':
    // These concern the session alone, or a routine's body, whose statements are checked as they run.
    case 'begin':
    case 'commit':
    case 'rollback':
    case 'savepoint':
    case 'rollbackTo':
    case 'releaseSavepoint':
    case 'unlockTables':
    case 'deallocate':
    case 'block':
    case 'declareVariables':
    case 'declareCursor':
    case 'declareCondition':
    case 'declareHandler':
    case 'if':
    case 'case':
    case 'loop':
    case 'leave':
    case 'iterate':
    case 'return':
    case 'openCursor':
    case 'closeCursor':
    case 'fetchCursor':
    case 'signal':
    case 'resignal':
    case 'getDiagnostics':
    case 'unsupported':
      return;
    default:
      unreachable(statement);
  }
}

const MAINTENANCE = {
  analyze: P.select | P.insert,
  check: P.select,
  checksum: P.select,
  optimize: P.select | P.insert,
  repair: P.select | P.insert,
} as const;

function checkDropObject(statement: Extract<Statement, { kind: 'dropObject' }>, access: SessionAccess): void {
  const { object, name } = statement;
  switch (object) {
    case 'trigger':
      // The privilege is the table's, which is known when the trigger is found.
      access.assertSeesDatabase(name.database);
      return;
    case 'event':
      access.assertDatabase(P.event, name.database);
      return;
    default:
      access.assertRoutine(P.alterRoutine, name, false, object === 'procedure');
      return;
  }
}

function checkSetItem(item: SetItem, access: SessionAccess): void {
  if (item.kind !== 'system' || item.scope === undefined || item.scope === 'session') return;
  assertMaySetGlobals(access);
  // They give everybody what the roles hold.
  if (item.name === 'mandatory_roles') access.assertOneOf('SUPER or ROLE_ADMIN', P.super, ['role_admin']);
}

function assertMaySetGlobals(access: SessionAccess): void {
  access.assertOneOf('SUPER or SYSTEM_VARIABLES_ADMIN', P.super, ['system_variables_admin']);
}
