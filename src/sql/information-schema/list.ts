/** The tables of information_schema by name, loaded when a statement names one. One file each. */
import type { SchemaTable } from './schema-table.ts';

const part = async (module: Promise<{ readonly table: SchemaTable }>): Promise<SchemaTable> => (await module).table;

export const schemaTables: Readonly<Record<string, () => Promise<SchemaTable>>> = {
  applicable_roles: () => part(import('./applicable-roles.ts')),
  check_constraints: () => part(import('./check-constraints.ts')),
  column_privileges: () => part(import('./column-privileges.ts')),
  columns: () => part(import('./columns.ts')),
  files: () => part(import('./files.ts')),
  key_column_usage: () => part(import('./key-column-usage.ts')),
  partitions: () => part(import('./partitions.ts')),
  referential_constraints: () => part(import('./referential-constraints.ts')),
  schema_privileges: () => part(import('./schema-privileges.ts')),
  schemata: () => part(import('./schemata.ts')),
  statistics: () => part(import('./statistics.ts')),
  table_constraints: () => part(import('./table-constraints.ts')),
  table_privileges: () => part(import('./table-privileges.ts')),
  tables: () => part(import('./tables.ts')),
  triggers: () => part(import('./triggers.ts')),
  user_privileges: () => part(import('./user-privileges.ts')),
  views: () => part(import('./views.ts')),
};
