/** DELETE from one table, or from some of several that are joined; TRUNCATE. */

import { referencing } from '../../repo/foreign-keys.ts';
import type { Steps } from '../../repo/steps.ts';
import { fullTextIndexes, tablesOfIndex } from '../../table/full-text/full-text-tables.ts';
import { Table } from '../../table/table.ts';
import type { Value } from '../../tuple/value.ts';
import type { RowRevert, RowReverts } from '../catalog/system-table.ts';
import { isWait } from '../execute/operator.ts';
import type { DatabaseHandle } from '../session/database-handle.ts';
import { ok, type StatementResult } from '../session/statement-result.ts';
import type { TableName } from '../syntax/ast/node.ts';
import type { Query } from '../syntax/ast/query.ts';
import type { DeleteStatement } from '../syntax/ast/row-statements.ts';
import type { NamedTable } from '../syntax/ast/table-reference.ts';
import type { TruncateStatement } from '../syntax/ast/table-statements.ts';
import { quoteName } from '../syntax/print-expression.ts';
import { SqlError } from '../types/sql-error.ts';
import { type AffectedTables, affectedRowsQuery, type NamedReference, namedTables } from './affected-rows-query.ts';
import { ForeignKeyChanges } from './foreign-key-changes.ts';
import { MatchedRows } from './matched-rows.ts';
import { forEachBatch, runQuery } from './query.ts';
import type { TableTriggers } from './routines/table-triggers.ts';
import { hasTriggers, rowTriggers } from './row-triggers.ts';
import type { RunStatement, StatementScene } from './scene.ts';
import { finishAll, TableWriter } from './table-writer.ts';
import {
  notUpdatable,
  resolveStoredTable,
  resolveTarget,
  storeTable,
  type TargetSystemTable,
  type TargetTable,
  tableKey,
} from './target-table.ts';

const DELETE = ['delete'] as const;

export const runDelete: RunStatement<DeleteStatement> = function* (statement, scene) {
  const { references, isJoined } = sourcesOf(statement);
  const first = references[0]!.reference as NamedTable;
  let single: TargetTable | undefined;
  if (references.length === 1) {
    const target = resolveTarget(first.table, scene);
    if (target.kind === 'system') return yield* deleteFromSystemTable(statement, references[0]!.alias, target, scene);
    if (isWhole(statement, target, scene) && !hasTriggers(target, scene, DELETE)) return deleteAll(target, scene);
    single = target;
  }
  return yield* deleteRows(statement, deletionsOf(statement, references, single, isJoined, scene), scene);
};

/** The rows that the statement deletes, with the names of their tables; nothing is deleted. */
export function rowsToDelete(statement: DeleteStatement, scene: StatementScene): AffectedTables {
  const { references, isJoined } = sourcesOf(statement);
  const { query, tables } = deletionsOf(statement, references, undefined, isJoined, scene);
  return { query, tables: tables.map(({ alias }) => alias) };
}

/** The tables that lose rows, and whether a join meets them. */
function sourcesOf({ from, targets }: DeleteStatement) {
  const named = namedTables(from);
  const references = targets.length === 0 ? named : targets.map((target) => find(named, target));
  for (const { alias, reference } of references) if (reference.kind !== 'table') throw notUpdatable(alias);
  return { references, isJoined: named.length > 1 };
}

function find(named: readonly NamedReference[], { name }: TableName): NamedReference {
  const found = named.find(({ alias }) => alias.toLowerCase() === name.toLowerCase());
  if (found?.reference.kind !== 'table') throw new SqlError(1109, '42S02', `Unknown table '${name}' in MULTI DELETE`);
  return found;
}

/** Every row goes and nobody has to be asked about it. */
function isWhole(statement: DeleteStatement, target: TargetTable, scene: StatementScene): boolean {
  if (statement.where || statement.limit || statement.with || statement.targets.length > 0) return false;
  return target.temporary || !isReferenced(target, scene);
}

function isReferenced({ handle, name }: TargetTable, scene: StatementScene): boolean {
  if (!scene.session.variables.isOn('foreign_key_checks')) return false;
  return referencing(scene.session.root(handle).foreignKeys(), name).length > 0;
}

function rowCount(table: Table): number {
  if (!table.schema.isKeyless) return table.entryCount;
  let count = 0;
  for (const { node, from, to } of table.rows.scan()) {
    for (let i = from; i < to; i++) {
      const { valueDescriptor } = table.schema;
      count += Number(valueDescriptor.decode(node.bytes, node.valueStart(i), node.valueEnd(i), 0, table.store));
    }
  }
  return count;
}

function deleteAll(target: TargetTable, scene: StatementScene): StatementResult {
  const { table } = target;
  const affectedRows = rowCount(table);
  if (affectedRows > 0) {
    const empty = emptied(table);
    // The original truncates a table without a counter, and deletes the rows of others.
    const counts = table.schema.columns.some(({ autoIncrement }) => autoIncrement);
    storeEmptied(target, counts ? table.with({ rows: empty.rows, indexes: empty.indexes }) : empty, scene);
  }
  return ok({ change: 'delete', affectedRows });
}

/**
 * A table without rows, its schema written anew. As in the original, conflicts and the trees of indexes that went with
 * their column outlive the rows.
 */
function emptied({ store, schema, abandoned, artifacts }: Table): Table {
  return Table.create(store, schema.with({})).with({ abandoned, artifacts });
}

/** The tables of full-text indexes lose their rows as well. */
function storeEmptied(target: TargetTable, table: Table, scene: StatementScene): void {
  storeTable(target, table, scene);
  const { session } = scene;
  const names = fullTextIndexes(table.schema).flatMap(({ fullText }) => tablesOfIndex(fullText));
  if (names.length === 0) return;
  const root = session.root(target.handle);
  const tables = new Map(names.map((name) => [name, Table.create(table.store, root.table(name)!.schema)]));
  session.setRoot(target.handle, root.withTables(tables));
}

/** A table that loses rows. By two names it loses each row once. */
interface Part {
  readonly key: string;
  readonly writer: TableWriter;
  readonly keys: ForeignKeyChanges | undefined;
  readonly matched: MatchedRows | undefined;
  triggers: TableTriggers | undefined;
}

interface Deletions {
  readonly query: Query;
  readonly parts: readonly Part[];
  /** In the order of the query's columns. */
  readonly tables: readonly { readonly alias: string; readonly target: TargetTable; readonly part: Part }[];
}

/** `single` is the only table of the statement, where it is known. */
function deletionsOf(
  statement: DeleteStatement,
  references: readonly NamedReference[],
  single: TargetTable | undefined,
  joined: boolean,
  scene: StatementScene,
): Deletions {
  const parts: Part[] = [];
  const tables: { readonly alias: string; readonly target: TargetTable; readonly part: Part }[] = [];
  for (const { alias, reference } of references) {
    if (reference.kind !== 'table') throw notUpdatable(alias);
    const target = single ?? resolveStoredTable(reference.table, scene);
    const key = tableKey(target);
    let part = parts.find((known) => known.key === key);
    if (part === undefined) {
      const others = parts.map(({ keys }) => keys);
      const keys = ForeignKeyChanges.of(target, scene, others);
      const matched = joined ? new MatchedRows(target.table) : undefined;
      part = { key, writer: new TableWriter(target, scene, keys), keys, matched, triggers: undefined };
      parts.push(part);
    }
    tables.push({ alias, target, part });
  }
  const sources = tables.map(({ alias, target }) => ({ alias, columns: target.columns }));
  return { query: affectedRowsQuery(statement, statement.from, sources, []), parts, tables };
}

function* deleteRows(
  statement: DeleteStatement,
  { query, parts, tables }: Deletions,
  scene: StatementScene,
): Steps<StatementResult> {
  const { rows } = runQuery(query, scene);
  for (const part of parts) {
    const { writer } = part;
    if (hasTriggers(writer.target, scene, DELETE)) part.triggers = yield* rowTriggers(writer, statement, scene);
  }
  let affectedRows = 0;
  for (const item of rows) {
    if (isWait(item)) {
      yield item;
      continue;
    }
    let place = 0;
    for (const { target, part } of tables) {
      const { writer, matched, triggers } = part;
      const columns = item.columns.slice(place, place + target.columns.length);
      place += target.columns.length;
      for (let i = 0; i < item.length; i++) {
        const row: Value[] = columns.map((column) => column[i]!);
        const times = matched === undefined ? 1 : matched.take(row);
        for (let n = 0; n < times; n++) {
          if (triggers !== undefined) yield* triggers.before('delete', row, undefined);
          writer.delete(row);
          if (triggers !== undefined) yield* triggers.after('delete', row, undefined);
        }
        affectedRows += times;
      }
    }
  }
  yield* finishAll(parts.map(({ writer }) => writer));
  return ok({ change: 'delete', affectedRows });
}

function* deleteFromSystemTable(
  statement: DeleteStatement,
  alias: string,
  { name, source, handle }: TargetSystemTable,
  scene: StatementScene,
): Steps<StatementResult> {
  if (source.write?.delete === undefined) throw notUpdatable(name);
  const query = affectedRowsQuery(statement, statement.from, [{ alias, columns: source.columns }], []);
  const rows: Value[][] = [];
  yield* forEachBatch(runQuery(query, scene).rows, (batch) => {
    for (let i = 0; i < batch.length; i++) rows.push(batch.columns.map((column) => column[i]!));
  });
  const { reverts } = source.write;
  if (reverts !== undefined) yield* revertRows(reverts, rows, handle, scene);
  else {
    for (const row of rows) source.write.delete(row);
    source.write.finish?.();
  }
  return ok({ change: 'delete', affectedRows: rows.length });
}

/** Takes changes of rows back, with what foreign keys ask for. What goes makes room before anything comes. */
function* revertRows(
  reverts: RowReverts,
  rows: readonly Value[][],
  { name }: DatabaseHandle,
  scene: StatementScene,
): Steps<void> {
  const target = resolveStoredTable({ database: name, name: reverts.table, start: 0, end: 0 }, scene);
  const writer = new TableWriter(target, scene, ForeignKeyChanges.of(target, scene));
  const changes = rows.map((row) => reverts.of(row));
  const stored = ({ key, now }: RowRevert) => (key === undefined ? now : writer.editor.get(key));
  for (const change of changes) {
    const now = change.before === undefined ? stored(change) : undefined;
    if (now !== undefined) writer.delete(now);
  }
  for (const change of changes) {
    if (change.before === undefined) continue;
    const now = stored(change);
    if (now === undefined) writer.insert(change.before);
    else writer.update(now, change.before);
  }
  yield* finishAll([writer]);
}

export const runTruncate: RunStatement<TruncateStatement> = function* (statement, scene) {
  const target = resolveStoredTable(statement.table, scene);
  if (!target.temporary && isReferenced(target, scene)) {
    const key = referencing(scene.session.root(target.handle).foreignKeys(), target.name).find(
      ({ childTable }) => childTable.toLowerCase() !== target.name.toLowerCase(),
    );
    if (key !== undefined) {
      const from = `${quoteName(target.handle.database.name)}.${quoteName(key.childTable)}`;
      throw new SqlError(
        1701,
        '42000',
        `Cannot truncate a table referenced in a foreign key constraint (${from}, CONSTRAINT ${quoteName(key.name)})`,
        'conflict',
      );
    }
  }
  const affectedRows = rowCount(target.table);
  storeEmptied(target, emptied(target.table), scene);
  scene.session.engine.autoIncrement.reset(target.handle.database, target.name);
  return ok({ affectedRows });
};
