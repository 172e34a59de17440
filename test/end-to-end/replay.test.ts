/** The same SQL gives the addresses that Dolt 2.3.1 gave: `fixtures/replay/*.json`, recorded from the original. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { repositoryRoot, Scratch } from './command-line.ts';

interface Case {
  readonly steps: readonly string[];
  readonly tables: Readonly<Record<string, string>>;
  readonly db?: string;
}

const folder = join(repositoryRoot, 'fixtures/replay');
const scratch = new Scratch();
afterAll(() => scratch.remove());

for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
  const cases = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, Case>;
  describe(file, () => {
    test.each(Object.entries(cases))('%s', (name, { steps, tables, db }) => {
      const repository = scratch.repository(`${file}-${name}`);
      for (const step of steps) scratch.run(repository, ['sql'], step);
      const hashes = Object.keys(tables).map((table, i) => `dolt_hashof_table('${table}') as t${i}`);
      const [row] = scratch.rows(repository, `select dolt_hashof_db() as db, ${hashes.join(', ')}`);
      const expected = Object.fromEntries(Object.values(tables).map((hash, i) => [`t${i}`, hash]));
      expect(row).toEqual({ ...expected, db: db ?? row?.['db'] });
      scratch.run(repository, ['fsck']);
    });
  });
}
