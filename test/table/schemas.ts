import { type ColumnDefinition, type IndexDefinition, TableSchema } from '../../src/table/schema.ts';
import { DEFAULT_COLLATION_ID } from '../../src/tuple/collation.ts';
import { Encoding } from '../../src/tuple/encoding.ts';

let tag = 1;

export function column(
  name: string,
  sqlType: string,
  encoding: Encoding,
  more: Partial<ColumnDefinition> = {},
): ColumnDefinition {
  return {
    name,
    tag: tag++,
    sqlType,
    encoding,
    nullable: true,
    autoIncrement: false,
    defaultValue: '',
    onUpdate: '',
    generated: '',
    virtual: false,
    comment: '',
    hidden: false,
    ...more,
  };
}

export function index(name: string, columns: readonly number[], more: Partial<IndexDefinition> = {}): IndexDefinition {
  return {
    name,
    columns,
    unique: false,
    comment: '',
    systemDefined: false,
    prefixLengths: [],
    spatial: false,
    predicate: '',
    ...more,
  };
}

export function schema(
  columns: readonly ColumnDefinition[],
  primaryKey: readonly number[],
  indexes: readonly IndexDefinition[] = [],
): TableSchema {
  return new TableSchema({ columns, primaryKey, indexes, checks: [], collation: DEFAULT_COLLATION_ID, comment: '' });
}

export { Encoding };
