/** The columns of a stored table with their types: computed once a schema. */
import type { TableSchema } from '../../table/schema.ts';
import { parseExpression } from '../syntax/parse.ts';
import type { SqlType } from '../types/sql-type.ts';
import { parseStoredType } from '../types/sql-type-text.ts';
import type { SourceColumn } from './catalog.ts';

const cache = new WeakMap<TableSchema, readonly SourceColumn[]>();
const types = new Map<string, SqlType>();

export function storedType(text: string): SqlType {
  let type = types.get(text);
  if (type === undefined) {
    type = parseStoredType(text);
    types.set(text, type);
  }
  return type;
}

export function sourceColumns(schema: TableSchema): readonly SourceColumn[] {
  let columns = cache.get(schema);
  if (columns === undefined) {
    columns = schema.columns.map(
      ({ name, sqlType, nullable, hidden, hiddenSystem, generated, virtual, comment }): SourceColumn => ({
        name,
        type: storedType(sqlType),
        nullable,
        comment,
        ...(hidden || hiddenSystem ? { hidden: true } : {}),
        ...(hiddenSystem ? { system: true } : {}),
        ...(virtual ? { virtual: parseExpression(generated) } : {}),
      }),
    );
    cache.set(schema, columns);
  }
  return columns;
}
