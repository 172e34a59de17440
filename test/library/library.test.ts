/** The library as its users call it. */
import { mkdirSync, mkdtempSync, rmSync, statSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  clone,
  DoltError,
  init,
  NotARepositoryError,
  NothingToCommitError,
  open,
  type Parameter,
  SqlError,
} from '../../src/index.ts';

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

const shop = (): string => join(scratch, 'shop');

test('parameters are counted, and taken in order by several statements', async () => {
  const database = await open(shop());
  await database.query('create table t (id int primary key, v varchar(10))');
  await database.query('insert into t values (?, ?); insert into t values (?, ?)', [1, 'one', 2, '? two']);
  expect((await database.query("select v, '?' as mark from t where id = ?", [2])).rows).toEqual([
    { v: '? two', mark: '?' },
  ]);
  for (const wrong of [[3], [3, 'x', 4]]) {
    await expect(database.query('insert into t values (?, ?)', wrong)).rejects.toMatchObject({ errno: 1210 });
  }
  await expect(database.query('insert into t values (?, ?)')).rejects.toMatchObject({ errno: 1210 });
  expect((await database.query('select count(*) as n from t')).rows).toEqual([{ n: 2 }]);
  await database.close();
});

test('a text that is run again, in another session too, means what it means then', async () => {
  const database = await open(shop());
  const other = database.session();
  const text = 'select * from t where id = ?';
  await database.query('create table t (id int primary key, v varchar(10))');
  await database.query("insert into t values (1, 'one'), (2, 'two')");
  expect((await database.query(text, [1])).rows).toEqual([{ id: 1, v: 'one' }]);
  expect((await other.query(text, ['2'])).rows).toEqual([{ id: 2, v: 'two' }]);
  await database.query('alter table t add column n int default 7, drop column v');
  expect((await database.query(text, [1])).rows).toEqual([{ id: 1, n: 7 }]);
  expect((await other.query(text, [2])).rows).toEqual([{ id: 2, n: 7 }]);
  const concat = 'select "a" || "b" as x';
  expect((await database.query(concat)).rows).toEqual([{ x: 0 }]);
  await database.query("set sql_mode = 'PIPES_AS_CONCAT'");
  expect((await database.query(concat)).rows).toEqual([{ x: 'ab' }]);
  expect((await other.query(concat)).rows).toEqual([{ x: 0 }]);
  await database.query('drop table t');
  for (let i = 0; i < 2; i++) await expect(other.query(text, [1])).rejects.toMatchObject({ errno: 1146 });
  await other.close();
  await database.close();
});

test.each<[string, unknown]>([
  ['NaN', Number.NaN],
  ['undefined', undefined],
  ['of type object', { a: 1 }],
  ['an invalid Date', new Date(Number.NaN)],
  ['an integer of more than 64 bits', 2n ** 64n],
])('a parameter that is %s is refused', async (text, value) => {
  const database = await open(shop());
  await expect(database.query('select ?', [value as Parameter])).rejects.toMatchObject({
    kind: 'invalid',
    message: expect.stringContaining(`parameter 1 is ${text}`),
  });
  await database.close();
});

test('a FLOAT comes back as the number that was stored, the largest integers as bigint', async () => {
  const database = await open(shop());
  await database.query('create table t (f float, d double, u bigint unsigned)');
  await database.query('insert into t values (?, ?, ?)', [1.1, 0.1, 2n ** 64n - 1n]);
  expect((await database.query('select * from t')).rows).toEqual([{ f: 1.1, d: 0.1, u: 2n ** 64n - 1n }]);
  await database.close();
});

test('rows come one after the other', async () => {
  const database = await open(shop());
  await database.query('create table t (id int primary key)');
  const values = Array.from({ length: 5000 }, (_, i) => `(${i})`).join();
  void database.query(`insert into t values ${values}`);
  let sum = 0;
  for await (const { id } of database.rows('select id from t where id >= ?', [10])) {
    sum += Number(id);
    if (id === 20) await expect(database.query('select 1')).rejects.toThrow('rows() is still being read');
    if (id === 30) {
      const aside = database.session();
      expect((await aside.query('select count(*) as n from t')).rows).toEqual([{ n: 5000 }]);
      await aside.close();
    }
  }
  expect(sum).toBe((5000 * 4999) / 2 - 45);
  for await (const { id } of database.rows('select id from t')) if (id === 3) break;
  expect((await database.query('select max(id) as id from t')).rows).toEqual([{ id: 4999 }]);
  await expect(database.rows('select * from nowhere').next()).rejects.toMatchObject({ errno: 1146 });
  expect((await database.query('select 1 as one')).rows).toEqual([{ one: 1 }]);
  await database.close();
});

test('a transaction commits, or leaves nothing', async () => {
  const database = await open(shop());
  await database.query('create table t (id int primary key)');
  const result = await database.transaction(async (session) => {
    await session.query('insert into t values (1)');
    expect((await database.query('select count(*) as n from t')).rows).toEqual([{ n: 0 }]);
    return 'done';
  });
  expect(result).toBe('done');
  const failure = database.transaction(async (session) => {
    await session.query('insert into t values (2)');
    throw new Error('changed my mind');
  });
  await expect(failure).rejects.toThrow('changed my mind');
  expect((await database.query('select * from t')).rows).toEqual([{ id: 1 }]);
  await database.close();
});

test('sessions work side by side; the last one lets go of the repository', async () => {
  const database = await open(shop());
  await database.query('create table t (id int primary key)');
  const sessions = Array.from({ length: 4 }, () => database.session());
  await Promise.all(
    sessions.map(async (session, s) => {
      for (let i = 0; i < 10; i++) await session.query('insert into t values (?)', [s * 10 + i]);
    }),
  );
  await database.close();
  expect((await sessions[0]!.query('select count(*) as n from t')).rows).toEqual([{ n: 40 }]);
  for (const session of sessions) await session.close();
  const again = await open(shop());
  await again.query('insert into t values (100)');
  await again.close();
});

test('after it was closed, a database says so', async () => {
  const database = await open(shop());
  const waiting = database.query('select 1 as one');
  await Promise.all([database.close(), database.close()]);
  expect((await waiting).rows).toEqual([{ one: 1 }]);
  for (const use of [
    () => database.query('select 1'),
    () => database.commit('x'),
    () => database.push(),
    () => database.rows('select 1').next(),
    async () => database.session(),
  ]) {
    await expect(use()).rejects.toMatchObject({ kind: 'invalid', message: 'the database is closed' });
  }
});

test('errors are of their classes', async () => {
  await expect(open(join(scratch, 'nowhere'))).rejects.toBeInstanceOf(NotARepositoryError);
  await expect(open(join(scratch, 'nowhere'))).rejects.toThrow(join(scratch, 'nowhere'));
  await expect(open(shop(), { branch: 'nope' })).rejects.toBeInstanceOf(DoltError);
  const database = await open(shop());
  await expect(database.commit('nothing')).rejects.toBeInstanceOf(NothingToCommitError);
  await expect(database.push()).rejects.toMatchObject({ kind: 'notFound' });
  await expect(init(shop(), { name: 'A', email: 'b' })).rejects.toMatchObject({ kind: 'conflict' });
  await expect(clone('file:///nowhere/at/all', join(scratch, 'copy'))).rejects.toMatchObject({ kind: 'unavailable' });
  await database.close();
});

test('warnings are told', async () => {
  const database = await open(shop());
  await database.query('create table t (id int primary key)');
  await database.close();
  const journal = join(shop(), '.dolt/noms/vvvvvvvvvvvvvvvvvvvvvvvvvvvvvvvv');
  truncateSync(journal, statSync(journal).size - 130);
  const warnings: string[] = [];
  const again = await open(shop(), { onWarning: (message) => void warnings.push(message) });
  expect(warnings.join()).toContain('incomplete write');
  await again.close();
});
