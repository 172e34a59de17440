/**
 * Keys that number themselves with UUIDs, for Dolt's LAST_INSERT_UUID(): columns of the primary key as CHAR(36) or
 * VARCHAR(36) with the default `(UUID())`, or as BINARY(16) or VARBINARY(16) with `(UUID_TO_BIN(UUID()))`.
 */
import type { TableSchema } from '../../table/schema.ts';
import type { SourceColumn } from '../catalog/catalog.ts';
import type { Expression } from '../syntax/ast/expression.ts';
import { parseExpression } from '../syntax/parse.ts';
import type { SqlType } from '../types/sql-type.ts';
import { withDefaults } from './row-expressions.ts';

/** Tables meet many statements, and reading a default takes as long as a statement. */
const known = new WeakMap<TableSchema, number>();

/** The position of the first such column, -1 where there is none. */
export function uuidKeyOf(schema: TableSchema, sources: readonly SourceColumn[]): number {
  let column = known.get(schema);
  if (column === undefined) {
    column = find(schema, sources);
    known.set(schema, column);
  }
  return column;
}

function find({ columns, primaryKey }: TableSchema, sources: readonly SourceColumn[]): number {
  return columns.findIndex(({ defaultValue }, i) => {
    if (!defaultValue.startsWith('(') || !primaryKey.includes(i)) return false;
    const maker = makerOf(parseExpression(defaultValue));
    return maker !== undefined && maker === makerFor(sources[i]!.type);
  });
}

/** Whether a value that VALUES gives for such a column is made there. */
export function makesUuid(given: Expression, schema: TableSchema): boolean {
  return makerOf(withDefaults(given, schema)) !== undefined;
}

type Maker = 'uuid' | 'uuid_to_bin';

function makerOf(expression: Expression): Maker | undefined {
  if (expression.kind !== 'call') return undefined;
  const { name, args } = expression;
  if (name === 'uuid') return name;
  return name === 'uuid_to_bin' && args[0] !== undefined && makerOf(args[0]) === 'uuid' ? name : undefined;
}

function makerFor(type: SqlType): Maker | undefined {
  switch (type.kind) {
    case 'char':
    case 'varchar':
      return type.length === 36 ? 'uuid' : undefined;
    case 'binary':
    case 'varbinary':
      return type.length === 16 ? 'uuid_to_bin' : undefined;
    default:
      return undefined;
  }
}
