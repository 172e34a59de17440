/** The tables of information_schema by name, loaded when a statement names one. One file each. */
import type { SchemaTable } from './schema-table.ts';

const part = async (module: Promise<{ readonly table: SchemaTable }>): Promise<SchemaTable> => (await module).table;

const empty = async (name: string): Promise<SchemaTable> => {
  const [{ EMPTY_TABLES }, { schemaTable }] = await Promise.all([
    import('./empty-tables.ts'),
    import('./schema-table.ts'),
  ]);
  return schemaTable(name.toUpperCase(), EMPTY_TABLES[name]!, () => []);
};

const EMPTY =
  'column_statistics files innodb_buffer_page innodb_buffer_page_lru innodb_buffer_pool_stats ' +
  'innodb_cached_indexes innodb_cmp innodb_cmp_per_index innodb_cmp_per_index_reset innodb_cmp_reset ' +
  'innodb_cmpmem innodb_cmpmem_reset innodb_columns innodb_datafiles innodb_fields innodb_foreign ' +
  'innodb_foreign_cols innodb_ft_being_deleted innodb_ft_config innodb_ft_default_stopword innodb_ft_deleted ' +
  'innodb_ft_index_cache innodb_ft_index_table innodb_indexes innodb_metrics innodb_session_temp_tablespaces ' +
  'innodb_tables innodb_tablespaces innodb_tablespaces_brief innodb_tablestats innodb_temp_table_info ' +
  'innodb_trx innodb_virtual optimizer_trace partitions plugins profiling resource_groups ' +
  'role_column_grants role_routine_grants role_table_grants ' +
  'st_geometry_columns st_spatial_reference_systems st_units_of_measure tablespaces tablespaces_extensions view_routine_usage ' +
  'view_table_usage';

export const schemaTables: Readonly<Record<string, () => Promise<SchemaTable>>> = {
  ...Object.fromEntries(EMPTY.split(' ').map((name) => [name, () => empty(name)])),
  applicable_roles: () => part(import('./applicable-roles.ts')),
  check_constraints: () => part(import('./check-constraints.ts')),
  column_privileges: () => part(import('./column-privileges.ts')),
  character_sets: () => part(import('./character-sets.ts')),
  collation_character_set_applicability: () => part(import('./collation-character-set-applicability.ts')),
  collations: () => part(import('./collations.ts')),
  columns: () => part(import('./columns.ts')),
  events: () => part(import('./events.ts')),
  parameters: () => part(import('./parameters.ts')),
  routines: () => part(import('./routines.ts')),
  engines: () => part(import('./engines.ts')),
  key_column_usage: () => part(import('./key-column-usage.ts')),
  processlist: () => part(import('./processlist.ts')),
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
  administrable_role_authorizations: () => part(import('./administrable-role-authorizations.ts')),
  columns_extensions: () => part(import('./columns-extensions.ts')),
  enabled_roles: () => part(import('./enabled-roles.ts')),
  keywords: () => part(import('./keywords.ts')),
  schemata_extensions: () => part(import('./schemata-extensions.ts')),
  table_constraints_extensions: () => part(import('./table-constraints-extensions.ts')),
  tables_extensions: () => part(import('./tables-extensions.ts')),
  user_attributes: () => part(import('./user-attributes.ts')),
};
