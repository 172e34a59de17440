/** The lists of lazily loaded parts name every file of their folders, and each part answers to its name. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { verbs } from '../../src/sql/dolt/procedures/command-line.ts';
import { procedures } from '../../src/sql/dolt/procedures/list.ts';
import { systemTablePrefixes, systemTables } from '../../src/sql/dolt/system-tables/list.ts';
import { tableFunctions } from '../../src/sql/dolt/table-functions/list.ts';
import { EMPTY_TABLES } from '../../src/sql/information-schema/empty-tables.ts';
import { schemaTables } from '../../src/sql/information-schema/list.ts';
import { EMPTY_TABLES as EMPTY_MYSQL_TABLES } from '../../src/sql/mysql-schema/empty-tables.ts';
import { mysqlTables } from '../../src/sql/mysql-schema/list.ts';
import { performanceTables } from '../../src/sql/performance-schema/list.ts';

const filesOf = (folder: string, besides: readonly string[]): string[] =>
  readdirSync(fileURLToPath(new URL(`../../src/sql/${folder}`, import.meta.url)))
    .map((file) => file.replace(/\.ts$/, ''))
    .filter((file) => !['list', ...besides].includes(file))
    .sort();

const underscored = (file: string): string => file.replaceAll('-', '_');

describe('parts of SQL that are loaded when named', () => {
  test('procedures', async () => {
    const files = filesOf('dolt/procedures', ['procedure', 'on-branch', 'pick-row', 'role-change']).map(underscored);
    expect(Object.keys(procedures).sort()).toEqual(files);
    for (const load of Object.values(procedures)) expect(await load()).toHaveProperty('call');
  });

  test('verbs that a server runs for the command line', async () => {
    const reading = ['status', 'log', 'diff', 'checkout'];
    const elsewhere = [...reading, 'clone', 'config', 'fsck', 'init', 'read-tables', 'rebase', 'squash-history'];
    const folder = fileURLToPath(new URL('../../src/verbs', import.meta.url));
    const names = new Set<string>();
    for (const file of readdirSync(folder)) {
      const parts: unknown[] = Object.values((await import(`${folder}/${file}`)) as object);
      for (const part of parts) {
        if (typeof part === 'object' && part !== null && 'run' in part && 'name' in part) names.add(String(part.name));
      }
    }
    expect([...Object.keys(verbs), ...elsewhere].sort()).toEqual([...names].sort());
    for (const [name, load] of Object.entries(verbs)) expect((await load()).name).toBe(name);
  });

  test('system tables', async () => {
    const files = filesOf('dolt/system-tables', ['commit-columns']);
    const names = files.map((file) => `dolt_${underscored(file).replace(/of_table$/, '')}`);
    expect(Object.keys(systemTables).sort()).toEqual(names.sort());
    for (const [name, load] of Object.entries(systemTables)) expect((await load()).name).toBe(name);
    const prefixes = Object.keys(systemTables).filter((name) => name.endsWith('_'));
    expect([...systemTablePrefixes].sort()).toEqual(prefixes.sort());
    // A longer prefix is looked at before one that it begins with.
    for (const [i, prefix] of systemTablePrefixes.entries()) {
      expect(systemTablePrefixes.slice(i + 1).some((later) => later.startsWith(prefix))).toBe(false);
    }
  });

  test('table functions', async () => {
    const files = filesOf('dolt/table-functions', ['merge-preview', 'revisions']).map(
      (file) => `dolt_${underscored(file)}`,
    );
    expect(Object.keys(tableFunctions).sort()).toEqual(files);
    for (const load of Object.values(tableFunctions)) expect(await load()).toHaveProperty('open');
  });

  test('mysql', async () => {
    const shared = ['accounts-table', 'log-table', 'computed-table', 'empty-tables', 'zone-names'];
    const files = filesOf('mysql-schema', shared).map(underscored);
    expect(Object.keys(mysqlTables).sort()).toEqual([...files, ...Object.keys(EMPTY_MYSQL_TABLES)].sort());
    for (const load of Object.values(mysqlTables)) expect(await load()).toHaveProperty('open');
  });

  test('performance_schema', async () => {
    expect(Object.keys(performanceTables).sort()).toEqual(
      filesOf('performance-schema', ['values-table', 'attributes-table']).map(underscored),
    );
    for (const load of Object.values(performanceTables)) expect(await load()).toHaveProperty('open');
  });

  test('information_schema', async () => {
    const files = filesOf('information-schema', ['schema-table', 'role-rows', 'empty-tables']).map(underscored);
    expect(Object.keys(schemaTables).sort()).toEqual([...files, ...Object.keys(EMPTY_TABLES)].sort());
    for (const load of Object.values(schemaTables)) expect(await load()).toHaveProperty('open');
  });
});
