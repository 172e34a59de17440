import { afterEach, expect, test } from 'vitest';
import { countArtifacts } from '../../../src/repo/artifacts.ts';
import { mergeKeepingOurs } from '../../../src/repo/merge/merge-keeping-ours.ts';
import { Repository } from '../../../src/repo/repository.ts';
import type { RootValue } from '../../../src/repo/root-value.ts';
import { memoryDatabase } from '../../sql/memory-engine.ts';
import { rowsOf } from '../../verbs/scratch-tables.ts';

let repository: Repository | undefined;
afterEach(() => repository?.close());

/** What is left of `main` and `side`, which both follow `base`; their heads are made by these statements. */
async function merged(base: string, main: string, side: string): Promise<RootValue> {
  const database = memoryDatabase();
  await database.run(`${base}; call dolt_commit('-Am', 'base'); call dolt_branch('base');
    ${main}; call dolt_commit('-am', 'main', '--force');
    call dolt_checkout('-b', 'side', 'base'); ${side}; call dolt_commit('-am', 'side')`);
  database.opened.close();
  repository = Repository.open(database.environment, '/shop');
  const headOf = (branch: string) => repository!.headOf(branch)!;
  const rootOf = (branch: string) => repository!.rootOfCommit(headOf(branch));
  return mergeKeepingOurs({
    base: rootOf('base'),
    ours: rootOf('main'),
    theirs: rootOf('side'),
    baseAddress: headOf('base'),
    theirsAddress: headOf('side'),
  });
}

const BASE = 'create table t (id int primary key, n int, u int unique key); insert into t values (1, 1, 1)';

test('where both changed a cell ours stays, and nothing is left open', async () => {
  const table = (await merged(BASE, 'update t set n = 2', 'update t set n = 3; insert into t values (2, 0, 2)')).table(
    't',
  )!;
  expect(rowsOf(table)).toEqual([
    [1, 2, 1],
    [2, 0, 2],
  ]);
  expect(countArtifacts(table)).toEqual({ conflicts: 0, violations: 0 });
});

test('of a table with both, violations stay on record and conflicts do not', async () => {
  const root = await merged(
    BASE,
    'update t set n = 2; insert into t values (2, 0, 7)',
    'update t set n = 3; insert into t values (3, 0, 7)',
  );
  expect(rowsOf(root.table('t')!)).toEqual([
    [1, 2, 1],
    [2, 0, 7],
    [3, 0, 7],
  ]);
  expect(countArtifacts(root.table('t')!)).toEqual({ conflicts: 0, violations: 2 });
});

test('conflicts of ours that were open before stay open', async () => {
  const root = await merged(
    BASE,
    `set dolt_allow_commit_conflicts = 1; call dolt_checkout('-b', 'other', 'base'); update t set n = 5;
     call dolt_commit('-am', 'other'); call dolt_checkout('main'); update t set n = 2; call dolt_commit('-am', 'm');
     call dolt_merge('other'); call dolt_commit('-Am', 'open', '--force'); insert into t values (4, 4, 4)`,
    'update t set n = 3',
  );
  expect(rowsOf(root.table('t')!)).toEqual([
    [1, 2, 1],
    [4, 4, 4],
  ]);
  expect(countArtifacts(root.table('t')!)).toEqual({ conflicts: 1, violations: 0 });
});
