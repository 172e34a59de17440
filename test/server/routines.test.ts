/** Stored programs over the wire: several results of a CALL, errors behind them, and loops that can be ended. */
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from 'mysql2';
import type { RowDataPacket } from 'mysql2/promise';
import { afterEach, expect, test } from 'vitest';
import { memoryEnvironment } from '../sql/memory-engine.ts';
import { realTime } from './real-time.ts';
import { type Served, serve } from './served-accounts.ts';

let served: Served | undefined;

afterEach(async () => {
  await served?.stop();
  served = undefined;
});

const start = async (): Promise<Served> => {
  served = await serve({ environment: { ...memoryEnvironment(), ...realTime } });
  return served;
};

test('a CALL gives each result set, then how it ended; in both protocols', async () => {
  const { client } = await start();
  const root = await client({ database: 'shop', multipleStatements: true });
  await root.query('create table t (id int primary key)');
  // A body's semicolons do not end the statement.
  await root.query(
    'create procedure p(n int) begin insert into t values (n), (n + 1); select n; select id from t; update t set id = id + 10; end',
  );
  const [results] = await root.query<RowDataPacket[]>('call p(1)');
  expect(results).toMatchObject([[{ n: 1 }], [{ id: 1 }, { id: 2 }], { affectedRows: 2 }]);
  const [prepared] = await root.execute<RowDataPacket[]>('call p(?)', [5]);
  expect(prepared).toMatchObject([[{ n: 5 }], [{ id: 5 }, { id: 6 }, { id: 11 }, { id: 12 }], { affectedRows: 4 }]);
  const [many] = await root.query<RowDataPacket[][]>('select 1 as a; call p(50); select 2 as b');
  expect(many).toHaveLength(5);
  expect(many[4]).toEqual([{ b: 2 }]);
  await root.query('create procedure quiet() set @done = 1');
  expect((await root.query('call quiet()'))[0]).toMatchObject({ affectedRows: 0 });
});

test('what a CALL gave before it failed comes first, then its error', async () => {
  const { client } = await start();
  const root = await client({ database: 'shop' });
  await root.query(
    "create procedure fails() begin select 1; signal sqlstate '45000' set message_text = 'no further', mysql_errno = 4711; end",
  );
  await expect(root.query('call fails()')).rejects.toMatchObject({
    errno: 4711,
    sqlState: '45000',
    message: 'no further',
  });
  const seen: unknown[] = [];
  const { connection } = root as unknown as { connection: Connection };
  await new Promise<void>((resolve) => {
    const query = connection.query('call fails()');
    query.on('result', (row: object) => seen.push({ ...row }));
    query.on('error', ({ errno }: { errno: number }) => {
      seen.push(errno);
      resolve();
    });
  });
  expect(seen).toEqual([{ 1: 1 }, 4711]);
  expect((await root.query('select 7 as n'))[0]).toEqual([{ n: 7 }]);
});

test('an endless loop gives others their turn and can be killed, whatever handlers it has', async () => {
  const { client } = await start();
  const root = await client({ database: 'shop' });
  const other = await client({ database: 'shop' });
  await root.query(
    'create procedure endless() begin declare continue handler for sqlexception begin end; while true do set @n = 1; end while; end',
  );
  await root.query('create table t (id int primary key)');
  await root.query(
    'create trigger t_bi before insert on t for each row begin while true do set @n = 1; end while; end',
  );
  for (const statement of ['call endless()', 'insert into t values (1)']) {
    const running = root.query(statement).then(
      () => 'ended',
      (error: { errno: number }) => error.errno,
    );
    await sleep(50);
    expect((await other.query('select 7 as n'))[0]).toEqual([{ n: 7 }]);
    await other.query(`kill query ${root.threadId}`);
    expect(await running).toBe(1317);
  }
  expect((await other.query('select count(*) as n from t'))[0]).toEqual([{ n: 0 }]);
});

test('results of a CALL are sent while it runs', async () => {
  const { client } = await start();
  const root = await client({ database: 'shop' });
  const other = await client({ database: 'shop' });
  await root.query("create procedure waits() begin select 1 as n; do get_lock('l', 100); select 2 as n; end");
  await other.query("select get_lock('l', 0)");
  const seen: unknown[] = [];
  const { connection } = root as unknown as { connection: Connection };
  const query = connection.query('call waits()');
  query.on('result', ({ n }: { n?: number }) => seen.push(n ?? 'end'));
  await once(query, 'result');
  expect(seen).toEqual([1]);
  await other.query("do release_lock('l')");
  await once(query, 'end');
  expect(seen).toEqual([1, 2, 'end']);
});

test('a result set that fails half-way is ended before a handler sends its own', async () => {
  const { client } = await start();
  const root = await client({ database: 'shop' });
  await root.query('create table t (id int primary key, j varchar(20))');
  await root.query(
    `insert into t values ${Array.from({ length: 3000 }, (_, i) => `(${i}, '{}')`).join()}, (3000, 'no')`,
  );
  await root.query(
    "create procedure p() begin declare continue handler for sqlexception select 'handled' as h; select json_length(j) as n from t; end",
  );
  const [results] = await root.query<RowDataPacket[][]>('call p()');
  expect(results[0]!.length).toBeGreaterThan(0);
  expect(results.slice(1)).toMatchObject([[{ h: 'handled' }], { affectedRows: 0 }]);
});

test('a prepared CALL sends what its OUT parameters got, to clients that take it', async () => {
  const { client } = await start();
  const root = await client({ database: 'shop', flags: ['PS_MULTI_RESULTS'] });
  await root.query(
    "create procedure p(n int, out name varchar(10), inout price decimal(6,2), out nothing date) begin select n; set name = 'pen', price = price * n; end",
  );
  const [results] = await root.execute<RowDataPacket[]>('call p(?, ?, ?, ?)', [3, null, '1.25', null]);
  expect(results).toMatchObject([[{ n: 3 }], [{ name: 'pen', price: '3.75', nothing: null }], { affectedRows: 0 }]);
  // A variable takes its value itself.
  const [some] = await root.execute<RowDataPacket[]>('call p(?, @name, ?, @nothing)', [2, '1.25']);
  expect(some).toMatchObject([[{ n: 2 }], [{ price: '2.50' }], {}]);
  expect((await root.query('select @name as name'))[0]).toEqual([{ name: 'pen' }]);
  await expect(root.execute('call p(?, 1, ?, ?)', [3, 2, 1])).rejects.toMatchObject({ errno: 1414 });

  const plain = await client({ database: 'shop' });
  const [without] = await plain.execute<RowDataPacket[]>('call p(?, ?, ?, ?)', [3, null, '1.25', null]);
  expect(without).toMatchObject([[{ n: 3 }], { affectedRows: 0 }]);
});
