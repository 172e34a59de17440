/** A table of the database `mysql` that is not about accounts. */
import type { Value } from '../../tuple/value.ts';
import type { SystemColumn } from '../catalog/system-table.ts';
import { char, INT, LONGTEXT, type SqlType, UNSIGNED_INT, varchar } from '../types/sql-type.ts';
import type { AccountsTable } from './accounts-table.ts';

export const COLUMN_TYPES = {
  name: char(64, 'utf8mb3_general_ci'),
  file: varchar(128, 'utf8mb3_general_ci'),
  flag: char(1, 'utf8mb3_general_ci'),
  word: varchar(10, 'utf8mb3_general_ci'),
  text: LONGTEXT,
  number: UNSIGNED_INT,
  integer: INT,
} as const satisfies Readonly<Record<string, SqlType>>;

/** The first of the columns is the key. */
export function computedTable(
  name: string,
  columns: Readonly<Record<string, keyof typeof COLUMN_TYPES>>,
  rows: () => Iterable<readonly Value[]>,
): AccountsTable {
  const parsed = Object.entries(columns).map(
    ([column, type], i): SystemColumn => ({
      name: column,
      type: COLUMN_TYPES[type],
      nullable: false,
      ...(i === 0 ? { key: 'PRI' as const } : {}),
    }),
  );
  return { open: () => ({ kind: 'virtual', database: 'mysql', name, columns: parsed, rows }) };
}
