/** `read_only`: a server that takes no changes, until it is told to. */
import { expect, test } from 'vitest';
import { memoryDatabase } from '../memory-engine.ts';

const REFUSED = 'read-only option';

test('changes are refused with 1290, reads and temporary tables are not', async () => {
  const { run } = memoryDatabase();
  await run("create table t (a int primary key); insert into t values (1); call dolt_commit('-Am', 'one')");
  await run('set global read_only = 1');
  for (const change of [
    'insert into t values (2)',
    'update t set a = 2',
    'delete from t',
    'create table u (a int)',
    'alter table t add b int',
    'drop table t',
    'create view v as select 1',
    "call dolt_commit('--allow-empty', '-m', 'two')",
    "call dolt_branch('b')",
    "call dolt_tag('v1')",
    'create database other',
  ]) {
    await expect(run(change), change).rejects.toMatchObject({ errno: 1290 });
    await expect(run(change), change).rejects.toThrow(REFUSED);
  }
  expect(await run('select count(*) from t')).toEqual(['count(*)', '1']);
  await run('create temporary table x (a int); insert into x values (1)');
  await run('set global read_only = 0; insert into t values (2)');
  expect(await run('select count(*) from t')).toEqual(['count(*)', '2']);
});
