/** The same SQL gives the addresses that Dolt 2.3.1 gave: `fixtures/replay/*.json`, recorded from the original. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { repositoryRoot, Scratch } from './command-line.ts';

interface Case {
  readonly steps: readonly string[];
  readonly tables: Readonly<Record<string, string>>;
  readonly db?: string;
  readonly head?: string;
}

const folder = join(repositoryRoot, 'fixtures/replay');
const scratch = new Scratch();
afterAll(() => scratch.remove());

/** Each step a process; `test/sql/replay.test.ts` plays these and all others in one. */
const files = ['statements.json'];

for (const file of files) {
  const cases = JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, Case>;
  describe(file, () => {
    test.each(Object.entries(cases))('%s', (name, { steps, tables, db, head }) => {
      const repository = scratch.repository(`${file}-${name}`);
      for (const step of steps) scratch.run(repository, ['sql'], step);
      const hashes = Object.keys(tables).map((table, i) => `dolt_hashof_table('${table}') as t${i}`);
      const [row] = scratch.rows(
        repository,
        `select dolt_hashof_db() as db, ${[...hashes, "dolt_hashof('HEAD') as head"].join(', ')}`,
      );
      const expected = Object.fromEntries(Object.values(tables).map((hash, i) => [`t${i}`, hash]));
      expect(row).toEqual({ ...expected, db: db ?? row?.['db'], head: head ?? row?.['head'] });
      scratch.run(repository, ['fsck']);
    });
  });
}

test('DOLT_AUTHOR_… and DOLT_COMMITTER_… sign the commits of SQL', () => {
  const signed = new Scratch({
    DOLT_AUTHOR_NAME: 'É X',
    DOLT_AUTHOR_EMAIL: 'a@b.c',
    DOLT_AUTHOR_DATE: '2024-01-02T00:00:00',
    DOLT_COMMITTER_NAME: 'Q',
    DOLT_COMMITTER_EMAIL: 'q@r',
    DOLT_COMMITTER_DATE: '2024-01-03T00:00:00',
  });
  const repository = signed.repository('signed');
  signed.run(repository, ['sql'], "call dolt_commit('--amend','--allow-empty','-m','init')");
  // What Dolt 2.3.1 gave.
  expect(signed.rows(repository, "select dolt_hashof('HEAD') as head")).toEqual([
    { head: 'e2infudtjqt4qulst92pfc8660hn7dlr' },
  ]);
  signed.remove();
});
