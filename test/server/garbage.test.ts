/** Garbage collection while sessions work: nothing that anybody still holds goes, and the store stays small. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { checkIntegrity } from '../../src/repo/integrity.ts';
import { Repository } from '../../src/repo/repository.ts';
import { complete } from '../../src/repo/steps.ts';
import { seeded } from '../replication/world.ts';
import { memoryEnvironment } from '../sql/memory-engine.ts';
import { realTime } from './real-time.ts';
import { errnoOf, FOLDER, type Served, serve } from './served-accounts.ts';

let served: Served;
/** Milliseconds that the sync of a copy takes. */
let copySyncMs = 0;
const disk = () =>
  new MemoryDisk(undefined, async (moment) => {
    if (copySyncMs > 0 && moment.startsWith('table:')) await sleep(copySyncMs);
  });
const environment = () => ({
  ...memoryEnvironment(disk()),
  ...realTime,
});
let root: Awaited<ReturnType<Served['client']>>;
const GARBAGE_BYTES = 1 << 16;

beforeEach(async () => {
  const world = environment();
  world.disk.makeDirectory('test', FOLDER);
  const repository = Repository.init(world, FOLDER, { name: 'A B', email: 'a@b.c', initialBranch: 'main' });
  repository.config.set(
    'local',
    new Map([
      ['user.name', 'A B'],
      ['user.email', 'a@b.c'],
    ]),
  );
  repository.close();
  served = await serve({ environment: world, garbageBytes: GARBAGE_BYTES });
  root = await served.client({ database: 'shop' });
  await root.query('set cte_max_recursion_depth = 10000');
});

afterEach(async () => {
  copySyncMs = 0;
  await served.stop();
});

/** The repository, as the next process finds it, is whole. */
async function assertWhole(): Promise<void> {
  await served.stop();
  const report = await complete(checkIntegrity(served.environment, FOLDER));
  expect(report.problems).toEqual([]);
}

/** Of the store; the redo log always has the same. */
function bytes(): number {
  const { disk } = served.environment;
  const of = (folder: string): number =>
    (disk.list(folder) ?? []).reduce((sum, name) => {
      if (name === 'redo.log') return sum;
      const stat = disk.stat(`${folder}/${name}`)!;
      return sum + (stat.kind === 'file' ? stat.size : 0);
    }, 0);
  return of(`${FOLDER}/.dolt/noms`) + of(`${FOLDER}/.dolt/noms/oldgen`);
}

const rows = (sql: string) => `insert into t select i, repeat(char(65 + i % 26), 200), 0 from (
  with recursive n (i) as (select 1 union all select i + 1 from n where i < ${sql}) select i from n) as n`;

test('an open transaction, its savepoint, a temporary table and a result that is being read survive dolt_gc', async () => {
  await root.query('create table t (id int primary key, s varchar(250), n int)');
  await root.query(rows('900'));
  const open = await served.client({ database: 'shop' });
  await open.query('create temporary table mine (id int primary key, s varchar(250))');
  await open.query('insert into mine select id, s from t');
  await open.query('start transaction');
  await open.query("update t set s = concat('first ', id)");
  await open.query('savepoint a');
  await open.query("update t set s = concat('second ', id)");
  const reader = await served.client({ database: 'shop' });
  await reader.query('start transaction');
  const reading = reader.query<RowDataPacket[]>('select a.s, sleep(0.0005) as z from t a');
  await sleep(50);
  for (let round = 0; round < 5; round++) {
    await root.query(`update t set n = n + 1, s = concat('${round} ', id)`);
    await root.query(`call dolt_commit('-Am', 'round ${round}')`);
    if (round > 0) await root.query("call dolt_reset('--hard', 'HEAD~1')");
  }
  await root.query('call dolt_gc()');
  const [read] = await reading;
  expect(read.length).toBe(900);
  expect(read[7]!['s']).toBe('I'.repeat(200));
  expect((await reader.query<RowDataPacket[]>('select count(distinct s) as n from t'))[0]).toEqual([{ n: 26 }]);
  expect((await open.query<RowDataPacket[]>("select count(*) as n from t where s like 'second %'"))[0]).toEqual([
    { n: 900 },
  ]);
  // The statement fails behind some rows, and its transaction is as it was.
  expect(await errnoOf(open.query('update t set id = if(id < 500, id + 1000, 1001)'))).toBe(1062);
  await root.query('call dolt_gc()');
  expect((await open.query<RowDataPacket[]>("select count(*) as n from t where s like 'second %'"))[0]).toEqual([
    { n: 900 },
  ]);
  await open.query('rollback to a');
  expect((await open.query<RowDataPacket[]>("select count(*) as n from t where s like 'first %'"))[0]).toEqual([
    { n: 900 },
  ]);
  expect((await open.query<RowDataPacket[]>('select count(*) as n, max(length(s)) as l from mine'))[0]).toEqual([
    { n: 900, l: 200 },
  ]);
  await open.query('rollback');
  await assertWhole();
});

test('it is collected by itself while clients write, and the store stays within a bound', async () => {
  const random = seeded(7);
  const clients = await Promise.all([1, 2, 3].map(() => served.client({ database: 'shop' })));
  await root.query('create table t (id int primary key, s varchar(250), n int)');
  const model = clients.map(() => new Map<number, string>());
  let largest = 0;
  const collected = () => served.logged.some((line) => line.includes('auto gc"'));
  const work = clients.map(async (client, c) => {
    // It looks once a second, in which a fast machine writes all of 250 rounds.
    for (let i = 0; i < 250 || (i < 20_000 && !collected()); i++) {
      const isLong = random() < 0.3;
      if (isLong) await client.query('start transaction');
      for (let k = 0; k < (isLong ? 4 : 1); k++) {
        const id = c * 1000 + Math.floor(random() * 300);
        const s = `${i} ${random()} `.repeat(5).slice(0, 240);
        await client.query('replace into t values (?, ?, ?)', [id, s, i]);
        model[c]!.set(id, s);
      }
      if (isLong) await client.query('commit');
      largest = Math.max(largest, bytes());
    }
  });
  await Promise.all(work);
  expect(collected()).toBe(true);
  expect(served.logged.filter((line) => line.includes('auto gc failed'))).toEqual([]);
  // What is written goes beyond that within each second in which nobody looks.
  expect(largest).toBeLessThan(20 * GARBAGE_BYTES);
  for (const rowsOf of model) {
    for (const [id, s] of rowsOf) {
      const [found] = await root.query<RowDataPacket[]>('select s from t where id = ?', [id]);
      expect(found[0]!['s']).toBe(s);
    }
  }
  await assertWhole();
});

test('statements that run go on while dolt_gc does, and what they store is whole', async () => {
  await root.query('create table t (id int primary key, s varchar(250), n int)');
  await root.query(rows('3000'));
  const clients = await Promise.all([1, 2].map(() => served.client({ database: 'shop' })));
  let isDone = false;
  const collecting = (async () => {
    let count = 0;
    while (!isDone) {
      await root.query('call dolt_gc()');
      count++;
    }
    return count;
  })();
  collecting.catch(() => {});
  for (let round = 0; round < 6; round++) {
    await Promise.all(
      clients.map(async (client, c) => {
        await client.query('create table if not exists u? (id int primary key, s varchar(250), n int)', [c]);
        await client.query(
          `replace into u${c} select a.id, concat(a.s, ${round}), b.n from t a join t b on a.id = b.id`,
        );
        await client.query(`update t set n = n + 1 where id % 2 = ${c}`);
        if (round % 2 === c) await client.query(`call dolt_commit('-Am', 'round ${round}')`);
      }),
    );
  }
  // Results of every kind are read, and hold nothing up.
  await clients[0]!.query('show tables');
  await clients[1]!.query("call dolt_branch('b')");
  isDone = true;
  expect(await collecting).toBeGreaterThan(1);
  expect((await root.query('select sum(n) as n from t'))[0]).toEqual([{ n: '18000' }]);
  for (const c of [0, 1]) {
    expect((await root.query(`select count(*) as n from u${c} where s like '%5'`))[0]).toEqual([{ n: 3000 }]);
  }
  await assertWhole();
});

test('KILL ends it, and the next one collects', async () => {
  await root.query('create table t (id int primary key, s varchar(250), n int)');
  await root.query(rows('9000'));
  const slow = await served.client({ database: 'shop' });
  const writer = await served.client({ database: 'shop' });
  // What runs is waited for.
  const running = writer.query(
    'update t set n = sleep(0) + (select count(*) from (select a.id from t a, t b limit 3000000) x)',
  );
  const collecting = errnoOf(slow.query('call dolt_gc()'));
  await sleep(100);
  const [list] = await root.query<RowDataPacket[]>('show processlist');
  await root.query(`kill query ${list.find(({ Info }) => Info === 'call dolt_gc()')!['Id']}`);
  expect(await collecting).toBe(1317);
  await running;
  await root.query('call dolt_gc()');
  await assertWhole();
});

test('statements are not held up while the copies of dolt_gc are synced', async () => {
  await root.query('create table t (id int primary key, s varchar(250), n int)');
  await root.query(rows('3000'));
  await root.query("call dolt_commit('-Am', 'rows')");
  const client = await served.client({ database: 'shop' });
  copySyncMs = 1000;
  let isDone = false;
  const asked = performance.now();
  const collecting = root.query('call dolt_gc()').then(() => {
    isDone = true;
  });
  let longest = 0;
  let statements = 0;
  while (!isDone) {
    const began = performance.now();
    await client.query('update t set n = n + 1 where id = ?', [1 + (statements++ % 3000)]);
    longest = Math.max(longest, performance.now() - began);
    await sleep(1);
  }
  await collecting;
  expect(performance.now() - asked).toBeGreaterThan(1000);
  expect(statements).toBeGreaterThan(20);
  expect(longest).toBeLessThan(500);
  copySyncMs = 0;
  await assertWhole();
});
