/**
 * Procedures that reach beyond the database: other machines, the folder, all databases. EXECUTE on the database does not
 * allow them; it takes a grant on the procedure itself, or SUPER. By what follows `dolt_`.
 */
export const ADMIN_PROCEDURES: ReadonlySet<string> = new Set([
  'backup',
  'clone',
  'command_line',
  'demote',
  'fetch',
  'gc',
  'promote',
  'pull',
  'purge_dropped_databases',
  'push',
  'remote',
  'thread_dump',
  'undrop',
  'update_column_tag',
]);
