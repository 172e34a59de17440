/** Stashes are stored as the original stores them: its list of the same stashes has this address (`dolt admin show-root`). */
import { expect, test } from 'vitest';
import { Repository } from '../../src/repo/repository.ts';
import { memoryDatabase } from '../sql/memory-engine.ts';

const RECORDED = 'b0n98mncgtmsn14qkacdc1jsd7le5gr5';

test('the list of stashes has the address that the original gives it', async () => {
  const database = memoryDatabase();
  const session = database.session();
  await session.query(`
    create table t (id int primary key, a int);
    insert into t values (1,1), (2,2);
    call dolt_commit('-Am', 'first');
    update t set a = 10 where id = 1;
    create table st (id int primary key);
    create table fresh (id int primary key);
    call dolt_add('st');
    call dolt_stash('push', 'mine');
    call dolt_stash('push', 'mine', '-u');
    update t set a = 20;
    call dolt_stash('push', 'mine');`);
  const repository = Repository.open(database.environment, '/shop', { readOnly: true });
  expect(repository.refs().get('refs/stashes/mine')).toBe(RECORDED);
  await session.close();
  database.opened.close();
});

test('a list takes more than ten, and gives them back in order', async () => {
  const database = memoryDatabase();
  const session = database.session();
  await session.query(
    "create table t (id int primary key, a int); insert into t values (1,0); call dolt_commit('-Am','t')",
  );
  for (let i = 1; i <= 12; i++) await session.query(`update t set a = ${i}; call dolt_stash('push', 'many')`);
  for (let i = 12; i >= 1; i--) {
    await session.query("call dolt_stash('pop', 'many')");
    expect((await session.query('select a from t')).rows).toEqual([[i]]);
    await session.query("call dolt_reset('--hard')");
  }
  expect((await session.query('select * from dolt_stashes')).rows).toEqual([]);
  await session.close();
  database.opened.close();
});
