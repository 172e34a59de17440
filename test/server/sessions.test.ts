/** Sessions side by side: what each sees, and what becomes of what they commit. */
import type { Connection, RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { errnoOf, type Served, serve } from './served-accounts.ts';

let served: Served;
let one: Connection;
let two: Connection;

beforeEach(async () => {
  served = await serve();
  [one, two] = [await served.client({ database: 'shop' }), await served.client({ database: 'shop' })];
  for (const client of [one, two]) await client.query("set dolt_author_name = 'A B', dolt_author_email = 'a@b.c'");
  await one.query('create table t (id int primary key, v varchar(10))');
  await one.query("insert into t values (1, 'a'), (2, 'b'), (3, 'c')");
  await one.query("call dolt_commit('-Am', 'a table')");
});

afterEach(() => served.stop());

async function rows(client: Connection, sql: string): Promise<unknown[][]> {
  const [found] = await client.query<RowDataPacket[][]>({ sql, rowsAsArray: true });
  return found as unknown as unknown[][];
}

const messages = async (client: Connection): Promise<unknown[]> =>
  (await rows(client, 'select message from dolt_log')).map(([message]) => message);

test('a transaction sees every branch and database as they were when it began', async () => {
  await one.query("call dolt_branch('b'); ");
  await one.query('create database other');
  await one.query('create table other.u (id int primary key)');
  await two.query('start transaction');
  await one.query("update t set v = 'x' where id = 1");
  await one.query('insert into `shop/b`.t values (4, "d")');
  await one.query('insert into other.u values (1)');
  await one.query("call dolt_branch('c')");
  expect(await rows(two, 'select v from t where id = 1')).toEqual([['a']]);
  expect(await rows(two, 'select count(*) from `shop/b`.t')).toEqual([[3]]);
  expect(await rows(two, 'select count(*) from other.u')).toEqual([[0]]);
  expect(await rows(two, 'select name from dolt_branches order by name')).toEqual([['b'], ['main']]);
  await two.query('commit');
  expect(await rows(two, 'select count(*) from `shop/b`.t')).toEqual([[4]]);
});

test('the branch that new sessions stand on can be renamed, and not deleted', async () => {
  await one.query("call dolt_checkout('-b', 'b')");
  await expect(one.query("call dolt_branch('-D', 'main')")).rejects.toThrow("default branch for database 'shop'");
  await one.query("call dolt_branch('-m', '-f', 'main', 'trunk')");
  const three = await served.client({ database: 'shop' });
  expect(await rows(three, 'select active_branch()')).toEqual([['trunk']]);
});

test('dolt_commit of a transaction goes on top of what others have committed since it began', async () => {
  for (const client of [one, two]) await client.query('start transaction');
  await one.query("update t set v = 'x' where id = 1");
  await two.query("update t set v = 'y' where id = 2");
  await one.query("call dolt_commit('-am', 'one')");
  await two.query("call dolt_commit('-am', 'two')");
  expect(await messages(two)).toEqual(['two', 'one', 'a table', 'Initialize data repository']);
  expect(await rows(two, "select v from t as of 'HEAD' order by id")).toEqual([['x'], ['y'], ['c']]);
  expect(await rows(two, 'select * from dolt_status')).toEqual([]);
});

test('what is staged and what is not stay apart', async () => {
  await two.query('start transaction');
  await two.query("update t set v = 'y' where id = 2");
  await two.query("call dolt_add('t')");
  await two.query("insert into t values (4, 'd')");
  await one.query("update t set v = 'x' where id = 1");
  await one.query("call dolt_commit('-am', 'one')");
  await two.query("call dolt_commit('-m', 'two')");
  expect(await rows(two, "select id, v from t as of 'HEAD' order by id")).toEqual([
    [1, 'x'],
    [2, 'y'],
    [3, 'c'],
  ]);
  expect(await rows(two, 'select count(*) from t')).toEqual([[4]]);
  expect(await rows(two, 'select table_name, staged, status from dolt_status')).toEqual([['t', 0, 'modified']]);
});

test('where both changed one cell, the later one is told to try again, and can', async () => {
  for (const client of [one, two]) await client.query('start transaction');
  await one.query("update t set v = 'x' where id = 1");
  await two.query("update t set v = 'y' where id = 1");
  await one.query("call dolt_commit('-am', 'one')");
  expect(await errnoOf(two.query("call dolt_commit('-am', 'two')"))).toBe(1213);
  expect(await rows(two, 'select v from t where id = 1')).toEqual([['x']]);
  await two.query("update t set v = 'y' where id = 1");
  await two.query("call dolt_commit('-am', 'two')");
  expect(await messages(one)).toEqual(['two', 'one', 'a table', 'Initialize data repository']);
});

test('with dolt_transaction_commit each COMMIT is a commit on top of the others', async () => {
  for (const client of [one, two]) {
    await client.query('set dolt_transaction_commit = 1');
    await client.query('start transaction');
  }
  await one.query("update t set v = 'x' where id = 1");
  await two.query("update t set v = 'y' where id = 2");
  await one.query('commit');
  await two.query('commit');
  expect(await messages(one)).toEqual([
    'Transaction commit',
    'Transaction commit',
    'a table',
    'Initialize data repository',
  ]);
  expect(await rows(two, "select v from t as of 'HEAD' order by id")).toEqual([['x'], ['y'], ['c']]);
  for (const client of [one, two]) await client.query('start transaction');
  await one.query("update t set v = 'p' where id = 3");
  await two.query("update t set v = 'q' where id = 3");
  await one.query('commit');
  expect(await errnoOf(two.query('commit'))).toBe(1213);
});

test.each(["call dolt_commit('--amend', '-am', 'again')", "call dolt_merge('b')", "call dolt_revert('HEAD')"])(
  'a head that has moved is not gone over: %s',
  async (statement) => {
    await one.query("call dolt_checkout('-b', 'b')");
    await one.query("insert into t values (9, 'z')");
    await one.query("call dolt_commit('-am', 'on b')");
    await one.query("call dolt_checkout('main')");
    await two.query('start transaction');
    expect(await rows(two, 'select count(*) from t')).toEqual([[3]]);
    await one.query("update t set v = 'x' where id = 1");
    await one.query("call dolt_commit('-am', 'one')");
    expect(await errnoOf(two.query(statement))).toBe(1213);
    expect(await messages(two)).toEqual(['one', 'a table', 'Initialize data repository']);
    await two.query(statement);
  },
);

test('a branch that others stand on is not taken from under them, unless forced', async () => {
  const inUse = /unsafe to delete or rename branches in use in other sessions/;
  for (const name of ['b', 'c', 'd']) await one.query(`call dolt_branch('${name}')`);
  await one.query("call dolt_checkout('b')");
  await expect(two.query("call dolt_branch('-d', 'b')")).rejects.toThrow(inUse);
  await expect(two.query("call dolt_branch('-m', 'b', 'e')")).rejects.toThrow(inUse);
  await one.query('use `shop/c`');
  await expect(two.query("call dolt_branch('-d', 'c')")).rejects.toThrow(inUse);
  await two.query("call dolt_branch('-d', 'd')");
  await two.query("call dolt_branch('-D', 'c')");
  await one.end();
  await two.query("call dolt_branch('-d', 'b')");
  expect(await rows(two, 'select name from dolt_branches')).toEqual([['main']]);
});

test('the port and the folder are what the server has', async () => {
  const [endpoint] = served.running.endpoints;
  const port = endpoint !== undefined && 'port' in endpoint ? endpoint.port : 0;
  expect(await rows(one, 'select @@port, @@global.datadir')).toEqual([[port, '/data/shop']]);
});
