/** Statements that programs write, longer than a person would. */
import { expect, test } from 'vitest';
import { memoryDatabase } from '../memory-engine.ts';

test('thousands of SELECTs in one chain of unions', async () => {
  const session = memoryDatabase().session();
  const count = 6_000;
  const chain = Array.from({ length: count }, (_, i) => `select ${i}`).join(' union all ');
  await session.query(`create table t (a int); insert into t ${chain}; create view v as ${chain}`);
  expect((await session.query('select count(*), sum(a) from t')).rows).toEqual([[count, (count * (count - 1)) / 2]]);
  expect((await session.query('select count(*) from v')).rows).toEqual([[count]]);
  const distinct = chain.replaceAll(' union all ', ' union ');
  expect((await session.query(`select count(*) from (${distinct} union select 5) q`)).rows).toEqual([[count]]);
  // Where the operation changes, the tree is nested.
  const mixed = Array.from({ length: count }, (_, i) => `select 1 union ${i % 2 === 0 ? '' : 'all '}`).join('');
  await expect(session.query(`${mixed} select 1`)).rejects.toThrow('nested too deeply');
});
