/** Stored programs over the wire: several results of a CALL, errors behind them, and loops that can be ended. */
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
