/** The names of Dolt's system tables, for who lists them. */
import { systemTablePrefixes, systemTables } from './dolt/system-tables/list.ts';

/** Those that are computed when they are read: of a database, and of each of its tables. */
export function computedTableNames(tables: readonly string[]): string[] {
  const ofDatabase = Object.keys(systemTables).filter((name) => !systemTablePrefixes.includes(name));
  return [...ofDatabase, ...systemTablePrefixes.flatMap((prefix) => tables.map((table) => prefix + table))];
}
