/** A table that MySQL can log to. This server's log goes to standard error: the table is there for who asks, and empty. */
import type { SystemColumn } from '../catalog/system-table.ts';
import {
  INT,
  LONGBLOB,
  LONGTEXT,
  type SqlType,
  TIME,
  timestamp,
  UNSIGNED_BIGINT,
  UNSIGNED_INT,
  varchar,
} from '../types/sql-type.ts';
import type { AccountsTable } from './accounts-table.ts';

const TYPES = {
  moment: timestamp(6),
  duration: TIME,
  text: LONGTEXT,
  bytes: LONGBLOB,
  word: varchar(64),
  name: varchar(512),
  number: INT,
  server: UNSIGNED_INT,
  thread: UNSIGNED_BIGINT,
} as const satisfies Readonly<Record<string, SqlType>>;

export function logTable(name: string, columns: Readonly<Record<string, keyof typeof TYPES>>): AccountsTable {
  const parsed = Object.entries(columns).map(
    ([column, type]): SystemColumn => ({ name: column, type: TYPES[type], nullable: false }),
  );
  return { open: () => ({ kind: 'virtual', database: 'mysql', name, columns: parsed, rows: () => [] }) };
}
