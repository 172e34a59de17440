/**
 * A statement that is run again has its parts kept; whatever it was made from may change in between, here or in another
 * session.
 */
import { expect, test } from 'vitest';
import { typedParameter } from '../../../src/library-values.ts';
import type { Session } from '../../../src/sql/engine-session.ts';
import { parseStatement } from '../../../src/sql/syntax/parse.ts';
import { memoryDatabase, resultLines } from '../memory-engine.ts';

type Parameters = readonly (number | string)[];

/** A statement that stays parsed, as a prepared one of a client does, and the lines of what it gives. */
function prepared(sql: string): (session: Session, ...parameters: Parameters) => Promise<string> {
  const parsed = parseStatement(sql);
  return async (session, ...parameters) => {
    try {
      const executed = await session.run(parsed, parameters.map(typedParameter));
      return (await resultLines(executed, session)).join(', ');
    } catch (error) {
      return String((error as { errno?: number }).errno);
    }
  };
}

async function rows(session: Session, sql: string): Promise<unknown> {
  return (await session.query(sql)).rows;
}

const INSERT = 'insert into t (id, v) values (?, ?)';
const UPDATE = 'update t set v = v + ? where id = ?';
const DELETE = 'delete from t where id = ?';

async function filled(definition = 'id int primary key, v int default 7') {
  const database = memoryDatabase();
  const session = database.session();
  await session.query(`create table t (${definition})`);
  return { database, session, other: database.session() };
}

test('a table that another session alters in between has its new columns, types, defaults and indexes', async () => {
  const { session, other } = await filled();
  const [insert, update, remove] = [prepared(INSERT), prepared(UPDATE), prepared(DELETE)];
  expect(await insert(session, 1, 10)).toBe('ok 1');
  expect(await insert(session, 2, 20)).toBe('ok 1');
  expect(await update(session, 1, 1)).toBe('ok 1');
  expect(await update(session, 1, 2)).toBe('ok 1');
  await other.query(
    'alter table t add column w varchar(10) default "new" first, modify v varchar(10), add unique key (v)',
  );
  expect(await insert(session, 3, 11)).toBe('1062');
  expect(await insert(session, 4, 40)).toBe('ok 1');
  expect(await update(session, 5, 4)).toBe('ok 1');
  expect(await update(session, -24, 4)).toBe('1062');
  expect(await remove(session, 2)).toBe('ok 1');
  expect(await rows(session, 'select id, v, w from t order by id')).toEqual([
    [1, '11', 'new'],
    [4, '45', 'new'],
  ]);
  await other.query(
    'alter table t alter column w set default "newer", rename column v to x, add column v int as (id * 2)',
  );
  expect(await insert(session, 5, 50)).toBe('3105');
  expect(await update(session, 1, 1)).toBe('3105');
  expect(await rows(session, 'insert into t (id) values (6); select w, v from t where id = 6')).toEqual([
    ['newer', 12],
  ]);
});

test('a table of the same name that is another one', async () => {
  const { session, other } = await filled();
  const [insert, update, remove] = [prepared(INSERT), prepared(UPDATE), prepared(DELETE)];
  expect(await insert(session, 1, 10)).toBe('ok 1');
  expect(await update(session, 1, 1)).toBe('ok 1');
  expect(await remove(session, 1)).toBe('ok 1');
  await other.query('drop table t');
  for (const run of [insert, update, remove]) expect(await run(session, 1, 1)).toBe('1146');
  await other.query('create table t (v decimal(5, 2), extra int default 3, id varchar(5), primary key (id, v))');
  expect(await insert(session, 1, 10)).toBe('ok 1');
  expect(await update(session, 1, 1)).toBe('ok 1');
  expect(await rows(session, 'select * from t')).toEqual([[1100, 3, '1']]);
  await session.query('create temporary table t (id int primary key, v int)');
  expect(await insert(session, 1, 5)).toBe('ok 1');
  expect(await update(session, 2, 1)).toBe('ok 1');
  expect(await rows(session, 'select id, v from t')).toEqual([[1, 7]]);
  await session.query('drop temporary table t');
  expect(await remove(session, '1')).toBe('ok 1');
  expect(await rows(other, 'select count(*) from t')).toEqual([[0]]);
});

test('sql_mode, checks and types of parameters are those of the moment', async () => {
  const { session } = await filled('id int primary key, v tinyint, u int unsigned default 1, check (v < 100)');
  const [insert, update] = [prepared(INSERT), prepared('update t set v = u + ? where id = ?')];
  expect(await insert(session, 1, 300)).toBe('1264');
  await session.query("set sql_mode = '', check_constraint_checks = 0");
  expect(await insert(session, 1, 300)).toBe('ok 1');
  expect(await rows(session, 'select v from t')).toEqual([[127]]);
  await session.query("set sql_mode = 'STRICT_TRANS_TABLES', check_constraint_checks = 1");
  expect(await insert(session, 2, 100)).toBe('3819');
  expect(await insert(session, 2, '99')).toBe('ok 1');
  expect(await update(session, 1, 1)).toBe('ok 1');
  expect(await update(session, 300, 1)).toBe('1264');
  await session.query("set sql_mode = '', check_constraint_checks = 0");
  expect(await update(session, 300, 1)).toBe('ok 1');
  expect(await rows(session, 'select v from t where id = 1')).toEqual([[127]]);
  expect(await update(session, '2.6', 1)).toBe('ok 1');
  expect(await rows(session, 'select v from t where id = 1')).toEqual([[4]]);
  expect(await update(session, 2, 1)).toBe('ok 1');
  expect(await rows(session, 'select v from t where id = 1')).toEqual([[3]]);
  await session.query("set sql_mode = 'STRICT_TRANS_TABLES', check_constraint_checks = 1");
  expect(await update(session, 300, 1)).toBe('1264');
  expect(await update(session, 99, 1)).toBe('3819');
});

test('defaults, user variables and ids are made anew for each row', async () => {
  const { database, session } = await filled(
    'id int auto_increment primary key, at datetime default current_timestamp on update current_timestamp, v int, r double default (rand())',
  );
  const insert = prepared('insert into t (v) values (@x)');
  const update = prepared('update t set v = @x where id = 1');
  await session.query('set @x = 1');
  expect(await insert(session)).toBe('ok 1');
  database.environment.tick(60_000);
  await session.query('set @x = 2');
  expect(await insert(session)).toBe('ok 1');
  expect(await rows(session, 'select id, cast(at as char), v from t')).toEqual([
    [1, '2024-01-02 03:04:05', 1],
    [2, '2024-01-02 03:05:05', 2],
  ]);
  expect(await rows(session, 'select count(distinct r) from t')).toEqual([[2]]);
  database.environment.tick(60_000);
  expect(await update(session)).toBe('ok 1');
  await session.query('set @x = "3"');
  expect(await update(session)).toBe('ok 1');
  expect(await rows(session, 'select cast(at as char), v from t where id = 1')).toEqual([['2024-01-02 03:06:05', 3]]);
});

test('other branches have other tables', async () => {
  const { session } = await filled();
  const [insert, update, remove] = [prepared(INSERT), prepared(UPDATE), prepared(DELETE)];
  await session.query("call dolt_commit('-Am', 'one'); call dolt_branch('other')");
  expect(await insert(session, 1, 1)).toBe('ok 1');
  expect(await update(session, 1, 1)).toBe('ok 1');
  await session.query('use `shop/other`');
  expect(await update(session, 1, 1)).toBe('ok 0');
  expect(await insert(session, 1, 5)).toBe('ok 1');
  expect(await update(session, 1, 1)).toBe('ok 1');
  await session.query('use `shop/main`');
  expect(await remove(session, 1)).toBe('ok 1');
  await session.query('use `shop/other`');
  expect(await rows(session, 'select * from t')).toEqual([[1, 6]]);
});

test('a privilege that is taken away counts at once', async () => {
  const { database, session: root } = await filled();
  const [insert, update, remove] = [prepared(INSERT), prepared(UPDATE), prepared(DELETE)];
  await root.query(
    'create user ada; grant insert, update, delete, select on shop.* to ada; insert into t values (1, 1)',
  );
  const ada = await database.logIn('ada', 'localhost');
  await ada.query('use shop');
  expect(await insert(ada, 2, 2)).toBe('ok 1');
  expect(await update(ada, 1, 2)).toBe('ok 1');
  expect(await remove(ada, 2)).toBe('ok 1');
  await root.query('revoke select on shop.* from ada; grant select (id) on shop.t to ada');
  expect(await update(ada, 1, 1)).toBe('1143');
  expect(await remove(ada, 2)).toBe('ok 0');
  expect(await update(root, 1, 1)).toBe('ok 1');
  expect(await update(ada, 1, 1)).toBe('1143');
  await root.query('revoke insert, update, delete on shop.* from ada');
  for (const run of [insert, update, remove]) expect(await run(ada, 3, 3)).toBe('1142');
});

test('a query that several sessions have under way at once: each has its own parameters, snapshot and rows', async () => {
  const { database, session } = await filled();
  const other = database.session();
  const values = Array.from({ length: 500 }, (_, i) => `(${i}, ${i % 7})`);
  await session.query(`insert into t values ${values.join(', ')}`);
  for (const sql of [
    'select id from t where id >= ? and id < ?',
    'select id from t where id >= ? and id < ? order by v desc, id',
    'select distinct id from t where v < 100 and id >= ? and id < ?',
    'select a.id from t a join t b on a.id = b.v + 400 where b.id >= ? and b.id < ? order by a.id',
    'select id from t where id >= ? and id < ? and id in (select v + 1 from t)',
  ]) {
    const parsed = parseStatement(sql);
    const expected = async (from: number, to: number) =>
      (await session.query(sql, [from, to].map(typedParameter))).rows.map(([id]) => id);
    const [low, high] = [await expected(0, 200), await expected(200, 500)];
    const start = async (runner: Session, from: number, to: number) => {
      const { result } = await runner.run(parsed, [from, to].map(typedParameter));
      if (result.kind !== 'rows') throw new Error('it gives rows');
      return runner.batches(result);
    };
    const rowsOf = async (batches: AsyncGenerator<{ length: number; columns: readonly unknown[][] }>) => {
      const found: unknown[] = [];
      for await (const { length, columns } of batches) found.push(...columns[0]!.slice(0, length));
      return found;
    };
    await start(session, 0, 1).then(rowsOf);
    const [first, second] = [await start(session, 0, 200), await start(other, 200, 500)];
    const begun = await first.next();
    const begunToo = await second.next();
    await database.session().query('insert into t values (1000 + (select count(*) from t), 3)');
    const ids = (batch: typeof begun) => (batch.done ? [] : batch.value.columns[0]!.slice(0, batch.value.length));
    expect([...ids(begun), ...(await rowsOf(first))]).toEqual(low);
    expect([...ids(begunToo), ...(await rowsOf(second))]).toEqual(high);
  }
});

test('ROW_COUNT() and FOUND_ROWS() are those of the statement before', async () => {
  const { session } = await filled();
  await session.query('insert into t values (1, 1), (2, 2), (3, 3)');
  expect(await rows(session, 'select row_count()')).toEqual([[3]]);
  expect(await rows(session, 'select row_count()')).toEqual([[-1]]);
  await session.query('select * from t where id < 3');
  expect(await rows(session, 'select found_rows()')).toEqual([[2]]);
  await session.query('select sql_calc_found_rows * from t limit 1');
  expect(await rows(session, 'select found_rows()')).toEqual([[3]]);
});
