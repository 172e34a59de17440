/** What ends statements and connections before they end themselves: KILL, max_execution_time, the times of the wire. */

import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { CommandCode } from '../../src/wire/capabilities.ts';
import { memoryEnvironment } from '../sql/memory-engine.ts';
import { RawClient } from './raw-client.ts';
import { realTime } from './real-time.ts';
import { errnoOf, type Served, serve } from './served-accounts.ts';

let served: Served;
let root: Awaited<ReturnType<Served['client']>>;

beforeEach(async () => {
  const environment = {
    ...memoryEnvironment(),
    ...realTime,
  };
  served = await serve({ environment });
  root = await served.client({ database: 'shop' });
  await root.query('set global local_infile = 1');
});

afterEach(async () => {
  await served.stop();
});

/** What is asked for within a tenth of a second, with what a busy machine takes besides. */
const SOON_MS = 400;

const COUNT = (to: number) =>
  `with recursive n (i) as (select 0 union all select i + 1 from n where i < ${to}) select i from n`;

async function fill(rows: number): Promise<void> {
  await root.query('create table t (id int primary key, k int, s varchar(40))');
  await root.query('set cte_max_recursion_depth = 4294967295');
  await root.query(`insert into t select i, i * 7919 % 10007, concat('row ', i) from (${COUNT(rows)}) as n`);
}

/** Starts a statement, kills it after a while, and gives its error with how long it took to come. */
async function killed(client: typeof root, sql: string, afterMs = 150) {
  const [[{ id }]] = (await client.query<RowDataPacket[]>('select connection_id() as id')) as unknown as [
    [{ id: number }],
  ];
  let isRunning = true;
  const running = client.query(sql).then(
    () => 'it ended',
    (error: { errno: number }) => error.errno,
  );
  void running.then(() => {
    isRunning = false;
  });
  await sleep(afterMs);
  expect(isRunning).toBe(true);
  const asked = performance.now();
  await root.query(`kill query ${id}`);
  return { outcome: await running, ms: performance.now() - asked };
}

describe('KILL QUERY', () => {
  test.each([
    ['a scan', 'select sum(a.k * b.k) from t a, t b'],
    ['a sort', 'select a.id from t a, t b order by a.k + b.k limit 10'],
    ['a join', 'select count(*) from t a join t b on a.k = b.k + 0 join t c on c.k >= b.k'],
    ['an INSERT … SELECT', 'insert into u select a.id * 20001 + b.id from t a, t b'],
    ['an UPDATE', 'update t set k = (select count(*) from (select t1.k from t t1, t t2 where t1.s < t2.s) x)'],
    ['a SLEEP', 'select sleep(100)'],
    ['a SLEEP that gives no rows', 'do sleep(100)'],
  ])('%s', async (_, sql) => {
    await fill(20_000);
    await root.query('create table u (id bigint primary key)');
    const victim = await served.client({ database: 'shop' });
    const { outcome, ms } = await killed(victim, sql);
    expect(outcome).toBe(1317);
    expect(ms).toBeLessThan(SOON_MS);
    expect((await victim.query('select count(*) as n from u'))[0]).toEqual([{ n: 0 }]);
  });

  test('a LOAD DATA whose client sends nothing: its rows are gone, and the client can go on', async () => {
    await root.query('create table t (id int primary key)');
    const victim = await served.client({ database: 'shop' });
    const sent = new EventEmitter();
    async function* slow(): AsyncGenerator<Buffer> {
      yield Buffer.from('1\n2\n');
      sent.emit('all');
      await once(sent, 'end');
    }
    const sentAll = once(sent, 'all');
    const loading = errnoOf(
      victim.query({
        sql: "load data local infile 'x' into table t",
        infileStreamFactory: () => Readable.from(slow()),
      }),
    );
    await sentAll;
    const [list] = await root.query<RowDataPacket[]>('show processlist');
    await root.query(`kill query ${list.find(({ Info }) => /^load/.test(Info))!['Id']}`);
    await sleep(100);
    sent.emit('end');
    expect(await loading).toBe(1317);
    expect((await victim.query('select count(*) as n from t'))[0]).toEqual([{ n: 0 }]);
  });
});

describe('max_execution_time', () => {
  test.each([
    ['the session', 'set max_execution_time = 200', 'select count(*) from t a, t b where a.s < b.s'],
    ['a hint', 'set @x = 1', 'select /*+ MAX_EXECUTION_TIME(200) */ count(*) from t a, t b where a.s < b.s'],
    ['a wait', 'set max_execution_time = 200', 'select sleep(100)'],
  ])('of %s', async (_, before, sql) => {
    await fill(20_000);
    const client = await served.client({ database: 'shop' });
    await client.query(before);
    const asked = performance.now();
    expect(await errnoOf(client.query(sql))).toBe(3024);
    expect(performance.now() - asked).toBeLessThan(200 + SOON_MS);
    expect((await client.query('select 1 as n'))[0]).toEqual([{ n: 1 }]);
  });

  test('is for SELECT alone', async () => {
    await fill(20_000);
    await root.query('set max_execution_time = 1');
    await root.query('update t set k = k + 1');
  });
});

describe('clients that do not do their part', () => {
  test('one that does not read is dropped after net_write_timeout, and costs little memory', async () => {
    await fill(20_000);
    await root.query('set global net_write_timeout = 1');
    const { port } = served.running.endpoints[0] as { port: number };
    const lazy = await RawClient.open(port);
    lazy.pause();
    lazy.tell(CommandCode.query, Buffer.from('select a.s, b.s from shop.t a, shop.t b'));
    await expect.poll(() => served.running.server.connections().size, { timeout: 20_000 }).toBe(1);
    const held = process.memoryUsage().arrayBuffers;
    expect(held).toBeLessThan(200_000_000);
    lazy.close();
  });

  test('one that stops in the middle of its file is dropped after net_read_timeout', async () => {
    await root.query('create table t (id int primary key)');
    await root.query('set global net_read_timeout = 1');
    const client = await served.client({ database: 'shop' });
    async function* stuck(): AsyncGenerator<Buffer> {
      yield Buffer.from('1\n');
      await new Promise(() => {});
    }
    void client
      .query({ sql: "load data local infile 'x' into table t", infileStreamFactory: () => Readable.from(stuck()) })
      .catch(() => {});
    await sleep(300);
    expect(served.running.server.connections().size).toBe(2);
    await expect.poll(() => served.running.server.connections().size, { timeout: 10_000 }).toBe(1);
    expect((await root.query('select count(*) as n from t'))[0]).toEqual([{ n: 0 }]);
  });
});
