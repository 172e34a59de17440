/**
 * What changed in a table between two roots: in one line (`diffSummary`), in numbers (`diffStat`), row by row
 * (`rowChanges`). Equal parts of the trees are skipped unread: the cost follows the change, not the table.
 */

import { DoltError } from '../base/errors.ts';
import { DiffCursor } from '../prolly/diff.ts';
import type { Node } from '../prolly/node.ts';
import { TreeMap } from '../prolly/tree-map.ts';
import { cardinalityDecoder, decodeRow } from '../table/row-codec.ts';
import type { ColumnDefinition, TableSchema } from '../table/schema.ts';
import { isShown } from '../table/shown-columns.ts';
import type { Table } from '../table/table.ts';
import { compareValues, type Value } from '../tuple/value.ts';
import { declaredBy, equalKeys } from './foreign-keys.ts';
import { currentName, fromTable, type TableDelta, tableMessage, toTable } from './table-deltas.ts';

export interface DiffSummary {
  readonly kind: TableDelta['kind'];
  readonly fromName: string | undefined;
  readonly toName: string | undefined;
  readonly dataChange: boolean;
  readonly schemaChange: boolean;
}

export function diffSummary(delta: TableDelta): DiffSummary {
  const { kind, fromName, toName } = delta;
  const from = fromTable(delta);
  const to = toTable(delta);
  const dataChange = from && to ? !sameRows(from, to) : (from ?? to)!.entryCount > 0;
  return { kind, fromName, toName, dataChange, schemaChange: kind !== 'modified' || schemaChanged(delta) };
}

const sameRows = (from: Table, to: Table): boolean => from.rows.equals(to.rows);

function schemaChanged({ fromRoot, toRoot, fromName, toName }: TableDelta): boolean {
  const before = tableMessage(fromRoot, fromName!);
  const after = tableMessage(toRoot, toName!);
  return (
    before.schema !== after.schema ||
    before.autoIncrement !== after.autoIncrement ||
    !equalKeys(declaredBy(fromRoot.foreignKeys(), fromName!), declaredBy(toRoot.foreignKeys(), toName!))
  );
}

export interface DiffStat {
  readonly rowsUnmodified: number;
  readonly rowsAdded: number;
  readonly rowsDeleted: number;
  readonly rowsModified: number;
  readonly cellsAdded: number;
  readonly cellsDeleted: number;
  readonly cellsModified: number;
  readonly oldRowCount: number;
  readonly newRowCount: number;
  readonly oldCellCount: number;
  readonly newCellCount: number;
  /** A keyless table: only added and deleted rows are known. */
  readonly keyless: boolean;
}

/** Rows cannot be paired, because the primary key itself changed. */
export class PrimaryKeyChangedError extends DoltError {
  readonly table: string;
  constructor(table: string) {
    super('invalid', `failed to compute diff for table ${table}: primary key set changed`);
    this.table = table;
  }
}

/** Throws `PrimaryKeyChangedError`. */
export function diffStat(delta: TableDelta): DiffStat {
  const rows = pairOf(delta);
  const { from, to, fromSchema, toSchema } = rows;
  const keyless = toSchema.isKeyless;
  let [rowsAdded, rowsDeleted, rowsModified, cellsModified] = [0, 0, 0, 0];
  if (keyless) {
    for (const change of keylessChanges(rows)) {
      if (change.to > change.from) rowsAdded += change.to - change.from;
      else rowsDeleted += change.from - change.to;
    }
  } else {
    const countCells = changedCells(fromSchema, toSchema);
    const cursor = new DiffCursor(from, to);
    while (cursor.next()) {
      if (cursor.kind === 'added') rowsAdded++;
      else if (cursor.kind === 'removed') rowsDeleted++;
      else {
        rowsModified++;
        cellsModified += countCells(rowAt(rows, 'from', cursor), rowAt(rows, 'to', cursor));
      }
    }
  }
  const oldRowCount = keyless ? 0 : from.count;
  const newRowCount = keyless ? 0 : to.count;
  const [oldColumns, newColumns] = [visible(fromSchema).length, visible(toSchema).length];
  const [oldCellCount, newCellCount] = [oldRowCount * oldColumns, newRowCount * newColumns];
  const cells = movedCells(rowsAdded * newColumns, rowsDeleted * newColumns, newCellCount - oldCellCount);
  return {
    rowsUnmodified: keyless ? 0 : oldRowCount - rowsDeleted - rowsModified,
    rowsAdded,
    rowsDeleted,
    rowsModified,
    cellsAdded: keyless ? 0 : cells.added,
    cellsDeleted: keyless ? 0 : cells.deleted,
    cellsModified,
    oldRowCount,
    newRowCount,
    oldCellCount,
    newCellCount,
    keyless,
  };
}

/**
 * Dolt's reckoning, which takes every row as wide as the new schema: what rows added and deleted is set against the growth
 * of the whole table, which what the schema gained or lost is part of.
 */
function movedCells(inRows: number, outOfRows: number, growth: number): { added: number; deleted: number } {
  if (growth > 0) return { added: growth + outOfRows, deleted: outOfRows };
  if (growth < 0) return { added: inRows, deleted: -growth + inRows };
  const most = Math.max(inRows, outOfRows);
  return { added: most, deleted: most };
}

export interface RowChange {
  readonly kind: 'added' | 'removed' | 'modified';
  /** In the columns of the old schema; undefined when the row is new. */
  readonly from: readonly Value[] | undefined;
  /** In the columns of the new schema; undefined when the row is gone. */
  readonly to: readonly Value[] | undefined;
}

/**
 * The changed rows in key order; a row of a keyless table once for each time it is there more or less often. Values are
 * in the order of each side's schema, those that are not shown left out. Throws `PrimaryKeyChangedError`.
 */
export function* rowChanges(delta: TableDelta): Generator<RowChange, void, void> {
  const rows = pairOf(delta);
  if (rows.toSchema.isKeyless) {
    for (const change of keylessChanges(rows)) {
      const added = change.to > change.from;
      const row = change.row();
      const times = Math.abs(change.to - change.from);
      const one: RowChange = added
        ? { kind: 'added', from: undefined, to: row }
        : { kind: 'removed', from: row, to: undefined };
      for (let i = 0; i < times; i++) yield one;
    }
    return;
  }
  const cursor = new DiffCursor(rows.from, rows.to);
  while (cursor.next()) {
    const { kind } = cursor;
    yield {
      kind,
      from: kind === 'added' ? undefined : rowAt(rows, 'from', cursor),
      to: kind === 'removed' ? undefined : rowAt(rows, 'to', cursor),
    };
  }
}

interface RowsPair {
  readonly from: TreeMap;
  readonly to: TreeMap;
  readonly fromSchema: TableSchema;
  readonly toSchema: TableSchema;
}

/** Both sides' rows; a side that is not there is empty, with the other's schema. */
function pairOf(delta: TableDelta): RowsPair {
  const before = fromTable(delta);
  const after = toTable(delta);
  const fromSchema = (before ?? after)!.schema;
  const toSchema = (after ?? before)!.schema;
  const from = before?.rows ?? TreeMap.empty(after!.store, after!.rows.format);
  const to = after?.rows ?? TreeMap.empty(before!.store, before!.rows.format);
  if (before && after && !samePrimaryKey(fromSchema, toSchema)) throw new PrimaryKeyChangedError(currentName(delta));
  return { from, to, fromSchema, toSchema };
}

/** Are rows of both schemas kept in the same order by the same key? */
export function samePrimaryKey(a: TableSchema, b: TableSchema): boolean {
  const key = (schema: TableSchema): readonly ColumnDefinition[] => schema.primaryKey.map((i) => schema.columns[i]!);
  const [left, right] = [key(a), key(b)];
  return (
    left.length === right.length &&
    left.every(({ tag, encoding, sqlType }, i) => {
      const other = right[i]!;
      return tag === other.tag && encoding === other.encoding && collationOf(sqlType) === collationOf(other.sqlType);
    })
  );
}

const collationOf = (sqlType: string): string => / COLLATE (\S+)/.exec(sqlType)?.[1] ?? '';

const visible = (schema: TableSchema): readonly ColumnDefinition[] => schema.columns.filter(isShown);

function rowAt(rows: RowsPair, side: 'from' | 'to', cursor: DiffCursor): Value[] {
  return side === 'from'
    ? decode(rows.fromSchema, rows.from, cursor.fromNode, cursor.fromIndex)
    : decode(rows.toSchema, rows.to, cursor.toNode, cursor.toIndex);
}

function decode(schema: TableSchema, tree: TreeMap, node: Node, i: number): Value[] {
  const { bytes } = node;
  const row = decodeRow(
    schema,
    bytes,
    node.keyStart(i),
    node.keyEnd(i),
    bytes,
    node.valueStart(i),
    node.valueEnd(i),
    tree.store,
  );
  return schema.columns.every(isShown) ? row : row.filter((_, column) => isShown(schema.columns[column]!));
}

interface KeylessChange {
  /** How often the row was there, and is. */
  readonly from: number;
  readonly to: number;
  row(): Value[];
}

function* keylessChanges(rows: RowsPair): Generator<KeylessChange, void, void> {
  const cursor = new DiffCursor(rows.from, rows.to);
  const [before, after] = [cardinalityDecoder(rows.fromSchema), cardinalityDecoder(rows.toSchema)];
  while (cursor.next()) {
    const { kind } = cursor;
    const count = (decoder: typeof before, node: Node, i: number): number => {
      const into: Value[] = [];
      decoder(node, i, i + 1, into);
      return Number(into[0]);
    };
    yield {
      from: kind === 'added' ? 0 : count(before, cursor.fromNode, cursor.fromIndex),
      to: kind === 'removed' ? 0 : count(after, cursor.toNode, cursor.toIndex),
      row: () => rowAt(rows, kind === 'added' ? 'to' : kind === 'removed' ? 'from' : 'to', cursor),
    };
  }
}

/**
 * Counts the cells that differ between two states of a row. Columns are paired by name; one that came makes up for one
 * that went, as in Dolt.
 */
function changedCells(fromSchema: TableSchema, toSchema: TableSchema): (from: Value[], to: Value[]) => number {
  const [before, after] = [visible(fromSchema), visible(toSchema)];
  const isKey = (schema: TableSchema, column: ColumnDefinition): boolean =>
    schema.primaryKey.some((at) => schema.columns[at] === column);
  const values = before.filter((column) => !isKey(fromSchema, column));
  const growth = after.filter((column) => !isKey(toSchema, column)).length - values.length;
  const kept: (readonly [from: number, to: number])[] = [];
  for (const column of values) {
    const to = after.findIndex(({ name }) => name === column.name);
    if (to >= 0 && after[to]!.encoding === column.encoding) kept.push([before.indexOf(column), to]);
  }
  const always = values.length - kept.length + growth;
  return (from, to) => {
    let changed = always;
    for (const [at, next] of kept) if (compareValues(from[at]!, to[next]!) !== 0) changed++;
    return changed;
  };
}
