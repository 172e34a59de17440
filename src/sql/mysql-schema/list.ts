/** The tables of the database `mysql`. One file each; nobody writes them. */
import type { AccountsTable } from './accounts-table.ts';

const part = async (module: Promise<{ readonly table: AccountsTable }>): Promise<AccountsTable> => (await module).table;

/** Those that SHOW TABLES names: the others are computed, and whoever writes down a whole server leaves them out. */
export const listedTables: readonly string[] = ['general_log', 'slow_log'];

/** All by name, loaded when a statement names one. */
export const mysqlTables: Readonly<Record<string, () => Promise<AccountsTable>>> = {
  columns_priv: () => part(import('./columns-priv.ts')),
  db: () => part(import('./db.ts')),
  default_roles: () => part(import('./default-roles.ts')),
  general_log: () => part(import('./general-log.ts')),
  global_grants: () => part(import('./global-grants.ts')),
  procs_priv: () => part(import('./procs-priv.ts')),
  role_edges: () => part(import('./role-edges.ts')),
  slow_log: () => part(import('./slow-log.ts')),
  tables_priv: () => part(import('./tables-priv.ts')),
  user: () => part(import('./user.ts')),
};
