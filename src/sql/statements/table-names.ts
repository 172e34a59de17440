/** Names that tables may have, and those of tables that are Dolt's own: rows of some may be written, their definition stays. */
import { isFullTextTable } from '../../table/full-text/full-text-tables.ts';
import { identifierTooLong, SqlError } from '../types/sql-error.ts';

export function assertTableName(name: string): void {
  if (name.length > 64) throw identifierTooLong(name);
  if (name === '' || name.endsWith(' ')) throw new SqlError(1103, '42000', `Incorrect table name '${name}'`);
  if (/^dolt_/i.test(name)) {
    throw new SqlError(
      1105,
      'HY000',
      `Invalid table name ${name}. Table names beginning with \`dolt_\` are reserved for internal use`,
    );
  }
}

/** For ALTER TABLE, CREATE INDEX and DROP INDEX. */
export function assertAlterable(name: string): void {
  if (isSystemName(name)) throw new SqlError(1105, 'HY000', `table ${name} cannot be altered`, 'denied');
}

/** For DROP TABLE and RENAME TABLE: tables that a user fills may go, but for the one that has the views and triggers. */
export function assertDroppable(name: string): void {
  if (!isSystemName(name) || USERS_TABLES.has(name.toLowerCase())) return;
  const message = `Cannot alter table ${name}: system tables cannot be dropped or altered`;
  throw new SqlError(1105, 'HY000', message, 'denied');
}

/** Those of full-text indexes look after themselves. */
const isSystemName = (name: string): boolean => /^dolt_/i.test(name) && !isFullTextTable(name);

const USERS_TABLES: ReadonlySet<string> = new Set([
  ...['dolt_docs', 'dolt_ignore', 'dolt_procedures', 'dolt_query_catalog'],
  ...['dolt_nonlocal_tables', 'dolt_tests', 'dolt_rebase'],
]);
