/** Columns that users see. Those that the engine makes for an index on an expression are shown nowhere and have no name. */
import type { ColumnDefinition, TableSchema } from './schema.ts';

/** Whether `SELECT *` has the column. */
export function isShown({ hidden, hiddenSystem }: ColumnDefinition): boolean {
  return !hidden && hiddenSystem !== true;
}

const cache = new WeakMap<TableSchema, TableSchema>();

/** The schema without the engine's own columns, and without the indexes over them. For showing rows, not for decoding them. */
export function withoutSystemColumns(schema: TableSchema): TableSchema {
  if (!schema.columns.some(({ hiddenSystem }) => hiddenSystem)) return schema;
  let shown = cache.get(schema);
  if (shown === undefined) {
    const kept = schema.columns.filter(({ hiddenSystem }) => !hiddenSystem);
    const place = (column: number): number => kept.indexOf(schema.columns[column]!);
    shown = schema.with({
      columns: kept,
      primaryKey: schema.primaryKey.map(place),
      indexes: schema.indexes.flatMap((index) => {
        const columns = index.columns.map(place);
        return columns.includes(-1) ? [] : [{ ...index, columns }];
      }),
    });
    cache.set(schema, shown);
  }
  return shown;
}
