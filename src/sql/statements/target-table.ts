/** The table that a statement writes: a stored or temporary one, or one of Dolt's own that takes rows. */
import type { RootValue } from '../../repo/root-value.ts';
import { fullTextTables, isFullTextTable } from '../../table/full-text/full-text-tables.ts';
import type { Table } from '../../table/table.ts';
import { Privilege } from '../accounts/privilege.ts';
import type { SourceColumn, TableSource } from '../catalog/catalog.ts';
import { nonlocalTable, revisionOf } from '../catalog/nonlocal-tables.ts';
import { PROCEDURES_TABLE } from '../catalog/stored-programs.ts';
import type { SystemTableSource } from '../catalog/system-table.ts';
import { sourceColumns } from '../catalog/table-columns.ts';
import { SCHEMAS_TABLE } from '../catalog/views.ts';
import type { BranchNeed } from '../session/branch-rights.ts';
import type { DatabaseHandle } from '../session/database-handle.ts';
import type { TableName } from '../syntax/ast/node.ts';
import { noSuchTable, SqlError } from '../types/sql-error.ts';
import { writableInternalTable } from './internal-tables.ts';
import { tableInUse } from './routines/routine-errors.ts';
import type { StatementScene } from './scene.ts';

/** A table of rows, with where its next version goes. */
export interface TargetTable {
  readonly kind: 'table';
  readonly handle: DatabaseHandle;
  /** As stored. */
  readonly name: string;
  readonly temporary: boolean;
  readonly table: Table;
  readonly columns: readonly SourceColumn[];
}

export interface TargetSystemTable {
  readonly kind: 'system';
  readonly handle: DatabaseHandle;
  readonly name: string;
  readonly source: SystemTableSource;
}

const RULE_TABLES: ReadonlySet<string> = new Set(['dolt_branch_control', 'dolt_branch_namespace_control']);
const CONFLICTS_PREFIX = 'dolt_conflicts_';
const PROGRAM_TABLES: ReadonlySet<string> = new Set([SCHEMAS_TABLE, PROCEDURES_TABLE]);

export function resolveTarget(name: TableName, scene: StatementScene): TargetTable | TargetSystemTable {
  const { session } = scene;
  const qualifier = name.database ?? session.currentDatabase;
  if (qualifier !== undefined && scene.catalog.isSchemaDatabase(qualifier)) throw notUpdatable(name.name);
  const handle = session.handle(name.database);
  const temporary = session.temporaryTables.get(handle.database.name, name.name);
  if (temporary !== undefined) {
    const columns = sourceColumns(temporary.schema);
    return { kind: 'table', handle, name: name.name, temporary: true, table: temporary, columns };
  }
  const need = needOf(name.name);
  if (need !== undefined) session.assertWritable(handle, need);
  // Whoever writes the texts of programs says whose they are.
  if (PROGRAM_TABLES.has(name.name.toLowerCase())) {
    session.access?.assertOneOf('SUPER or SET_USER_ID', Privilege.super, ['set_user_id']);
  }
  if (session.programs.depth > 0 && session.programs.isInUse(usedTableKey(handle.database.name, name.name))) {
    throw tableInUse(name.name);
  }
  const root = session.root(handle);
  const elsewhere = nonlocalTarget(name, handle, root, scene);
  if (elsewhere !== undefined) return elsewhere;
  const stored = root.resolveTableName(name.name);
  if (stored !== undefined) {
    assertNoIndexPart(root, stored);
    return targetOf(handle, stored, root);
  }
  const internal = writableInternalTable(name.name, root, scene.session.view(handle));
  if (internal !== undefined) {
    session.setRoot(handle, internal);
    return targetOf(handle, internal.resolveTableName(name.name)!, internal);
  }
  const source: TableSource | undefined = scene.catalog.table(name);
  if (source === undefined) throw missingTable(name, scene);
  if (source.kind === 'virtual' && 'write' in source) {
    return { kind: 'system', handle, name: source.name, source: source as SystemTableSource };
  }
  throw notUpdatable(name.name);
}

/** What writing the table takes on its branch; undefined for one that belongs to the server. */
function needOf(name: string): BranchNeed | undefined {
  const lower = name.toLowerCase();
  if (RULE_TABLES.has(lower)) return undefined;
  return lower.startsWith(CONFLICTS_PREFIX) ? 'conflicts' : 'write';
}

/** The table of another branch that the name stands for; throws where it stands for one of a commit. */
function nonlocalTarget(
  { name }: TableName,
  { name: qualified, database }: DatabaseHandle,
  here: RootValue,
  { session }: StatementScene,
): TargetTable | undefined {
  const meant = nonlocalTable(here, name);
  if (meant === undefined) return undefined;
  const revision = revisionOf(session.view(session.handle(qualified)), meant.ref);
  const handle = session.handle(revision === '' ? qualified : `${database.name}/${revision}`);
  const root = session.root(handle);
  const stored = root.resolveTableName(meant.table);
  if (stored === undefined) return undefined;
  session.assertWritable(handle);
  return targetOf(handle, stored, root);
}

/** Throws where the table is part of a full-text index. One that no index names any more may be dropped. */
export function assertNoIndexPart(root: RootValue, table: string): void {
  if (!isFullTextTable(table)) return;
  const owner = root.tableNames().find((name) => fullTextTables(root.table(name)!.schema).includes(table));
  if (owner === undefined) return;
  const message = `Table '${table}' is part of a full-text index of table '${owner}', which alone may change it`;
  throw new SqlError(1105, 'HY000', message, 'denied');
}

function targetOf(handle: DatabaseHandle, name: string, root: RootValue): TargetTable {
  const table = root.table(name)!;
  return { kind: 'table', handle, name, temporary: false, table, columns: sourceColumns(table.schema) };
}

/** The error that names a table as MySQL does, with its database. */
export function missingTable({ name, database }: TableName, { session }: StatementScene): SqlError {
  return noSuchTable(name, database ?? session.currentDatabase ?? null);
}

export function notUpdatable(name: string): SqlError {
  return new SqlError(1288, 'HY000', `The target table ${name} of the statement is not updatable`, 'denied');
}

/** Same, where only tables of rows make sense. */
export function resolveStoredTable(name: TableName, scene: StatementScene): TargetTable {
  const target = resolveTarget(name, scene);
  if (target.kind === 'system') throw notUpdatable(name.name);
  return target;
}

/** What running programs know a table by. */
export function usedTableKey(database: string, table: string): string {
  return `${database}.${table}`.toLowerCase();
}

/** The same for every way to name one table. */
export function tableKey({ handle, name, temporary }: TargetTable): string {
  return `${handle.name}\u0000${name.toLowerCase()}\u0000${temporary}`;
}

/** Stores the next version of a table in the transaction. */
export function storeTable(target: TargetTable, table: Table, scene: StatementScene): void {
  const { session } = scene;
  if (target.temporary) session.temporaryTables.set(target.handle.database.name, target.name, table);
  else session.setRoot(target.handle, session.root(target.handle).withTable(target.name, table));
}
