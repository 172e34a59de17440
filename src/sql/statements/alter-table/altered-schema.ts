/** What Dolt makes of the schema of a table that it alters. */
import type { ColumnDefinition, TableSchema } from '../../../table/schema.ts';
import { DEFAULT_TARGET_SIZE } from '../../../tuple/tuple-builder.ts';
import { withExpressions } from '../stored-names.ts';

/** What Dolt makes of a schema when it rewrites the table: its comment and its row size are lost. */
export function rewrittenSchema(schema: TableSchema, names: (text: string) => string): TableSchema {
  return withExpressions(schema, names).with({ comment: '', targetRowSize: DEFAULT_TARGET_SIZE });
}

/**
 * What Dolt makes of a schema of which it replaces a column without rewriting the table: its comment is lost, and the keys
 * of indexes are listed with the primary key's columns in the order of the table.
 */
export function changedInPlace(schema: TableSchema): TableSchema {
  const inTableOrder = schema.with({ primaryKey: schema.primaryKey.toSorted((a, b) => a - b) });
  const listedKeys = schema.isKeyless
    ? undefined
    : new Map(schema.indexes.map((index) => [index.name, inTableOrder.indexKeyColumns(index)]));
  return schema.with({ comment: '', listedKeys });
}

/** Another order of columns; references to them follow. */
export function movedSchema(
  schema: TableSchema,
  columns: readonly ColumnDefinition[],
  place: (old: number) => number,
): TableSchema {
  return schema.with({
    columns,
    primaryKey: schema.primaryKey.map(place),
    indexes: schema.indexes.map((index) => ({ ...index, columns: index.columns.map(place) })),
  });
}
