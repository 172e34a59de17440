/** The tables of the database `mysql`. One file each; nobody writes them. */
import type { AccountsTable } from './accounts-table.ts';

const part = async (module: Promise<{ readonly table: AccountsTable }>): Promise<AccountsTable> => (await module).table;

/** Those that SHOW TABLES names: the others are computed, and whoever writes down a whole server leaves them out. */
export const listedTables: readonly string[] = ['general_log', 'slow_log'];

const empty = async (name: string): Promise<AccountsTable> => {
  const [{ EMPTY_TABLES }, { computedTable }] = await Promise.all([
    import('./empty-tables.ts'),
    import('./computed-table.ts'),
  ]);
  return computedTable(name, EMPTY_TABLES[name]!, () => []);
};

const EMPTY = 'component func help_category help_keyword help_relation help_topic plugin servers';

/** All by name, loaded when a statement names one. */
export const mysqlTables: Readonly<Record<string, () => Promise<AccountsTable>>> = {
  ...Object.fromEntries(EMPTY.split(' ').map((name) => [name, () => empty(name)])),
  columns_priv: () => part(import('./columns-priv.ts')),
  db: () => part(import('./db.ts')),
  default_roles: () => part(import('./default-roles.ts')),
  general_log: () => part(import('./general-log.ts')),
  global_grants: () => part(import('./global-grants.ts')),
  procs_priv: () => part(import('./procs-priv.ts')),
  role_edges: () => part(import('./role-edges.ts')),
  slow_log: () => part(import('./slow-log.ts')),
  tables_priv: () => part(import('./tables-priv.ts')),
  time_zone: () => part(import('./time-zone.ts')),
  time_zone_name: () => part(import('./time-zone-name.ts')),
  user: () => part(import('./user.ts')),
};
