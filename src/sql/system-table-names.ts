/** The names of Dolt's system tables, for who lists them. */
import { systemTablePrefixes, systemTables } from './dolt/system-tables/list.ts';

/** Of a database with these tables: those that are stored, and those that are computed when they are read. */
export function systemTableNames(tables: readonly string[]): string[] {
  const stored = tables.filter((name) => /^dolt_/i.test(name));
  const ofDatabase = Object.keys(systemTables).filter((name) => !systemTablePrefixes.includes(name));
  const ofTables = systemTablePrefixes.flatMap((prefix) => tables.map((table) => prefix + table));
  return [...new Set([...stored, ...ofDatabase, ...ofTables])];
}
