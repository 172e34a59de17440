/**
 * The static privileges, each a bit, in the order of their numbers in `privileges.db`; a number of such bits is a set of
 * them. Dynamic privileges have names only and are global.
 */

export type Privileges = number;

export const Privilege = {
  select: 1 << 0,
  insert: 1 << 1,
  update: 1 << 2,
  delete: 1 << 3,
  create: 1 << 4,
  drop: 1 << 5,
  reload: 1 << 6,
  shutdown: 1 << 7,
  process: 1 << 8,
  file: 1 << 9,
  grantOption: 1 << 10,
  references: 1 << 11,
  index: 1 << 12,
  alter: 1 << 13,
  showDatabases: 1 << 14,
  super: 1 << 15,
  createTemporaryTables: 1 << 16,
  lockTables: 1 << 17,
  execute: 1 << 18,
  replicationSlave: 1 << 19,
  replicationClient: 1 << 20,
  createView: 1 << 21,
  showView: 1 << 22,
  createRoutine: 1 << 23,
  alterRoutine: 1 << 24,
  createUser: 1 << 25,
  event: 1 << 26,
  trigger: 1 << 27,
  createTablespace: 1 << 28,
  createRole: 1 << 29,
  dropRole: 1 << 30,
} as const;

/** Names as SHOW GRANTS writes them, by number. */
export const PRIVILEGE_NAMES: readonly string[] = [
  'SELECT',
  'INSERT',
  'UPDATE',
  'DELETE',
  'CREATE',
  'DROP',
  'RELOAD',
  'SHUTDOWN',
  'PROCESS',
  'FILE',
  'GRANT OPTION',
  'REFERENCES',
  'INDEX',
  'ALTER',
  'SHOW DATABASES',
  'SUPER',
  'CREATE TEMPORARY TABLES',
  'LOCK TABLES',
  'EXECUTE',
  'REPLICATION SLAVE',
  'REPLICATION CLIENT',
  'CREATE VIEW',
  'SHOW VIEW',
  'CREATE ROUTINE',
  'ALTER ROUTINE',
  'CREATE USER',
  'EVENT',
  'TRIGGER',
  'CREATE TABLESPACE',
  'CREATE ROLE',
  'DROP ROLE',
];

const P = Privilege;

export const COLUMN_PRIVILEGES: Privileges = P.select | P.insert | P.update | P.references;

export const TABLE_PRIVILEGES: Privileges =
  COLUMN_PRIVILEGES |
  P.delete |
  P.create |
  P.drop |
  P.grantOption |
  P.index |
  P.alter |
  P.createView |
  P.showView |
  P.trigger;

export const ROUTINE_PRIVILEGES: Privileges = P.execute | P.alterRoutine | P.grantOption;

export const DATABASE_PRIVILEGES: Privileges =
  TABLE_PRIVILEGES | ROUTINE_PRIVILEGES | P.createTemporaryTables | P.lockTables | P.createRoutine | P.event;

export const GLOBAL_PRIVILEGES: Privileges = 2 ** PRIVILEGE_NAMES.length - 1;

/** What may be granted besides: names of MySQL 8's dynamic privileges, lower case. */
export const DYNAMIC_PRIVILEGES: ReadonlySet<string> = new Set([
  'application_password_admin',
  'audit_abort_exempt',
  'audit_admin',
  'authentication_policy_admin',
  'backup_admin',
  'binlog_admin',
  'binlog_encryption_admin',
  'clone_admin',
  'connection_admin',
  'encryption_key_admin',
  'firewall_exempt',
  'flush_optimizer_costs',
  'flush_status',
  'flush_tables',
  'flush_user_resources',
  'group_replication_admin',
  'group_replication_stream',
  'innodb_redo_log_archive',
  'innodb_redo_log_enable',
  'passwordless_user_admin',
  'persist_ro_variables_admin',
  'replication_applier',
  'replication_slave_admin',
  'resource_group_admin',
  'resource_group_user',
  'role_admin',
  'sensitive_variables_observer',
  'service_connection_admin',
  'session_variables_admin',
  'set_user_id',
  'show_routine',
  'system_user',
  'system_variables_admin',
  'table_encryption_admin',
  'telemetry_log_admin',
  'xa_recover_admin',
]);

/** Undefined for a name that no static privilege has; lower case. */
export function privilegeNamed(name: string): Privileges | undefined {
  const number = PRIVILEGE_NAMES.indexOf(name.toUpperCase());
  return number < 0 ? undefined : 1 << number;
}

export function namesOf(privileges: Privileges): string[] {
  return PRIVILEGE_NAMES.filter((_, number) => (privileges & (1 << number)) !== 0);
}

export function numbersOf(privileges: Privileges): number[] {
  return PRIVILEGE_NAMES.flatMap((_, number) => ((privileges & (1 << number)) === 0 ? [] : [number]));
}
