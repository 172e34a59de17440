/** The columns that every view of row differences has: `to_…`, its commit and date, `from_…`, its commit and date, kind. */
import type { TableSchema } from '../../table/schema.ts';
import type { SystemColumn } from '../catalog/system-table.ts';
import { storedType } from '../catalog/table-columns.ts';
import { datetime, varchar } from '../types/sql-type.ts';

const REVISION = varchar(1023);

export function prefixedColumns(schema: TableSchema, prefix: string): SystemColumn[] {
  return schema.columns.map(({ name, sqlType }) => ({
    name: `${prefix}${name}`,
    type: storedType(sqlType),
    nullable: true,
  }));
}

export function diffColumns(to: TableSchema, from: TableSchema): SystemColumn[] {
  const end = (side: string): SystemColumn[] => [
    { name: `${side}_commit`, type: REVISION, nullable: true },
    { name: `${side}_commit_date`, type: datetime(6), nullable: true },
  ];
  return [
    ...prefixedColumns(to, 'to_'),
    ...end('to'),
    ...prefixedColumns(from, 'from_'),
    ...end('from'),
    { name: 'diff_type', type: REVISION, nullable: true },
  ];
}

/** The columns with what DESCRIBE shows under Key: the original has virtual indexes on them. */
export function withKeys(
  columns: readonly SystemColumn[],
  keys: ReadonlyMap<string, NonNullable<SystemColumn['key']>>,
): SystemColumn[] {
  return columns.map((column) => {
    const key = keys.get(column.name);
    return key === undefined ? column : { ...column, key };
  });
}
