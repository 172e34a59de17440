/** The library as its users call it. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clone, DoltError, init, open, SqlError } from '../../src/index.ts';

let scratch: string;
beforeEach(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'dolt-ts-library-'));
  const database = await init(join(scratch, 'shop'), { name: 'Ada', email: 'ada@example.com' });
  await database.close();
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

test('values of every kind come back as documented', async () => {
  const database = await open(join(scratch, 'shop'));
  await database.query(
    'create table t (id bigint primary key, price decimal(10,2), at datetime, day date, doc json, bytes varbinary(9), ratio double, ok boolean)',
  );
  const inserted = await database.query('insert into t values (?,?,?,?,?,?,?,?)', [
    9007199254740993n,
    '1.50',
    new Date(Date.UTC(2024, 1, 29, 13, 14, 15)),
    '2024-02-29',
    '{"a":[1,true]}',
    Uint8Array.of(0, 255),
    0.1,
    true,
  ]);
  expect(inserted.affectedRows).toBe(1);
  const { columns, rows } = await database.query('select * from t');
  expect(columns).toEqual(['id', 'price', 'at', 'day', 'doc', 'bytes', 'ratio', 'ok']);
  expect(rows).toEqual([
    {
      id: 9007199254740993n,
      price: '1.50',
      at: '2024-02-29 13:14:15',
      day: '2024-02-29',
      doc: { a: [1, true] },
      bytes: new Uint8Array([0, 255]),
      ratio: 0.1,
      ok: 1,
    },
  ]);
  await database.close();
});

test('commit, push, clone, pull', async () => {
  mkdirSync(join(scratch, 'remote'));
  const shop = await open(join(scratch, 'shop'));
  await shop.query('create table items (id int primary key, name varchar(20))');
  await shop.query("insert into items values (1, 'pen'), (2, 'ink')");
  const first = await shop.commit('Two items');
  expect(first).toMatch(/^[0-9a-v]{32}$/);
  await shop.query("call dolt_remote('add', 'origin', ?)", [`file://${join(scratch, 'remote')}`]);
  await shop.push('origin');

  const copy = await clone(`file://${join(scratch, 'remote')}`, join(scratch, 'copy'));
  expect((await copy.query("select dolt_hashof('HEAD') as head")).rows).toEqual([{ head: first }]);
  await shop.query("insert into items values (3, 'nib')");
  const second = await shop.commit('A nib');
  await shop.push('origin');
  await copy.pull('origin');
  expect((await copy.query("select dolt_hashof('HEAD') as head, count(*) as n from items")).rows).toEqual([
    { head: second, n: 3 },
  ]);
  await copy.close();
  await shop.close();
});

test('another branch can be opened', async () => {
  const main = await open(join(scratch, 'shop'));
  await main.query('create table t (id int primary key)');
  await main.commit('one');
  await main.query("call dolt_branch('side')");
  await main.close();
  const side = await open(join(scratch, 'shop'), { branch: 'side' });
  expect(side.branch).toBe('side');
  await side.query('insert into t values (1)');
  await side.close();
  const again = await open(join(scratch, 'shop'));
  expect((await again.query('select count(*) as n from t')).rows).toEqual([{ n: 0 }]);
  await again.close();
});

test('errors say what to do, and change nothing', async () => {
  await expect(open(join(scratch, 'nowhere'))).rejects.toBeInstanceOf(DoltError);
  const database = await open(join(scratch, 'shop'));
  await database.query('create table t (id int primary key)');
  await database.query('insert into t values (1)');
  const failure = await database.query('insert into t values (2), (1)').catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(SqlError);
  expect((failure as SqlError).errno).toBe(1062);
  await expect(database.query('select * from nowhere')).rejects.toMatchObject({ errno: 1146 });
  expect((await database.query('select count(*) as n from t')).rows).toEqual([{ n: 1 }]);
  await database.close();
});

test('statements that are not awaited run in order', async () => {
  const database = await open(join(scratch, 'shop'));
  void database.query('create table t (id int primary key)');
  for (let i = 0; i < 10; i++) void database.query('insert into t values (?)', [i]);
  expect((await database.query('select count(*) as n from t')).rows).toEqual([{ n: 10 }]);
  await database.close();
});
