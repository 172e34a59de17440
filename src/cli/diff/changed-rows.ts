/** The changed rows of a table, with the columns of both sides side by side. */

import { fromTable, type TableDelta, toTable } from '../../repo/table-deltas.ts';
import { rowChanges } from '../../repo/table-diff.ts';
import { storedType } from '../../sql/catalog/table-columns.ts';
import type { SqlType } from '../../sql/types/sql-type.ts';
import type { TableSchema } from '../../table/schema.ts';
import type { Value } from '../../tuple/value.ts';

export interface DiffColumn {
  readonly name: string;
  readonly type: SqlType;
  /** Positions in the rows of the old and the new side; undefined where the side lacks the column. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly primaryKey: boolean;
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
    return { name: shown.name, type: storedType(shown.sqlType), from, to, primaryKey: keys.has(shown.tag) };
  });
  for (const to of position.values()) {
    const { name, sqlType, tag } = after[to]!;
    columns.push({ name, type: storedType(sqlType), from: undefined, to, primaryKey: keys.has(tag) });
  }
  return columns;
}

const visible = (schema: TableSchema | undefined) => schema?.columns.filter(({ hidden }) => !hidden) ?? [];

/** `<` and `>` are the two sides of a modified row. */
export type RowMark = '+' | '-' | '<' | '>';
export interface MarkedRow {
  readonly mark: RowMark;
  /** In the order of `diffColumns`. */
  readonly values: readonly Value[];
}

/** At most `limit` changes; a modified row is one change and two marked rows. */
export function* markedRows(
  delta: TableDelta,
  columns: readonly DiffColumn[],
  limit: number,
): Generator<MarkedRow[], void> {
  let given = 0;
  if (limit <= 0) return;
  for (const { kind, from, to } of rowChanges(delta)) {
    const before = from && columns.map((column) => (column.from === undefined ? null : from[column.from]!));
    const after = to && columns.map((column) => (column.to === undefined ? null : to[column.to]!));
    if (kind === 'added') yield [{ mark: '+', values: after! }];
    else if (kind === 'removed') yield [{ mark: '-', values: before! }];
    else {
      yield [
        { mark: '<', values: before! },
        { mark: '>', values: after! },
      ];
    }
    if (++given >= limit) return;
  }
}
