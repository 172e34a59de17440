/** The changed rows of a table, with the columns of both sides side by side. */

import { fromTable, type TableDelta, toTable } from '../../repo/table-deltas.ts';
import { rowChanges } from '../../repo/table-diff.ts';
import type { TableSchema } from '../../table/schema.ts';
import { isShown } from '../../table/shown-columns.ts';
import { compareValues, type Value } from '../../tuple/value.ts';
import { conversion } from '../types/convert.ts';
import { type SqlType, sameType } from '../types/sql-type.ts';
import { storedType } from './table-columns.ts';

export interface DiffColumn {
  readonly name: string;
  readonly type: SqlType;
  /** Positions in the rows of the old and the new side; undefined where the side lacks the column. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** What the old side calls it, where it is otherwise. */
  readonly fromName: string;
  readonly primaryKey: boolean;
  /** The new side computes it. */
  readonly generated: boolean;
  /** How values of the old side become such of `type`, where their type was another. */
  readonly convert?: (value: Value) => Value;
}

/** The columns of the old side, then those that only the new one has; paired by tag. */
export function diffColumns(delta: TableDelta): DiffColumn[] {
  const schema = (toTable(delta) ?? fromTable(delta))!.schema;
  const keys = new Set(schema.primaryKey.map((position) => schema.columns[position]!.tag));
  const before = visible(fromTable(delta)?.schema);
  const after = visible(toTable(delta)?.schema);
  const position = new Map(after.map((column, i) => [column.tag, i]));
  const columns: DiffColumn[] = before.map((column, from) => {
    const to = position.get(column.tag);
    position.delete(column.tag);
    const shown = to === undefined ? column : after[to]!;
    const type = storedType(shown.sqlType);
    const { name, tag, generated } = shown;
    const convert = conversionOf(storedType(column.sqlType), type);
    return {
      ...(convert && { convert }),
      ...{ name, fromName: column.name, type, from, to },
      ...{ primaryKey: keys.has(tag), generated: generated !== '' },
    };
  });
  for (const to of position.values()) {
    const { name, sqlType, tag, generated } = after[to]!;
    columns.push({
      ...{ name, fromName: name, type: storedType(sqlType), from: undefined, to },
      ...{ primaryKey: keys.has(tag), generated: generated !== '' },
    });
  }
  return columns;
}

function conversionOf(from: SqlType, to: SqlType): DiffColumn['convert'] {
  if (sameType(from, to)) return undefined;
  const convert = conversion(from, to, 'lenient');
  return (value) => (value === null ? null : convert(value, {}));
}

const visible = (schema: TableSchema | undefined) => schema?.columns.filter(isShown) ?? [];

/** `<` and `>` are the two sides of a modified row. */
export type RowMark = '+' | '-' | '<' | '>';
export interface MarkedRow {
  readonly mark: RowMark;
  /** In the order of `diffColumns`. */
  readonly values: readonly Value[];
}

/** One change: the row that came or went, or both sides of a modified one. */
export type ChangedRow = readonly [MarkedRow] | readonly [before: MarkedRow, after: MarkedRow];

export function changedRow(before: readonly Value[] | undefined, after: readonly Value[] | undefined): ChangedRow {
  if (before === undefined) return [{ mark: '+', values: after! }];
  if (after === undefined) return [{ mark: '-', values: before }];
  return [
    { mark: '<', values: before },
    { mark: '>', values: after },
  ];
}

export function* changedRows(delta: TableDelta, columns: readonly DiffColumn[]): Generator<ChangedRow, void> {
  for (const { from, to } of rowChanges(delta)) {
    yield changedRow(
      from && columns.map((column) => oldValue(column, from)),
      to && columns.map((column) => (column.to === undefined ? null : to[column.to]!)),
    );
  }
}

function oldValue({ from: at, convert }: DiffColumn, row: readonly Value[]): Value {
  if (at === undefined) return null;
  return convert === undefined ? row[at]! : convert(row[at]!);
}

/** Keys, columns with a change in one of the rows, and the `included` ones. */
export function skinnyColumns(
  columns: readonly DiffColumn[],
  rows: Iterable<ChangedRow>,
  included: readonly string[],
): number[] {
  const names = new Set(included.map((name) => name.toLowerCase()));
  const shown = columns.map(({ primaryKey, name }) => primaryKey || names.has(name.toLowerCase()));
  for (const [before, after] of rows) {
    for (let i = 0; i < columns.length; i++) {
      shown[i] ||= after === undefined || !equalValues(before.values[i]!, after.values[i]!);
    }
    if (shown.every(Boolean)) break;
  }
  return columns.flatMap((_, i) => (shown[i] ? [i] : []));
}

const equalValues = (a: Value, b: Value): boolean => compareValues(a, b) === 0;
