/** Bare stores as they are read: what it costs, what stays open, what SQL may take. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Disk } from '../../../src/base/disk.ts';
import { changedRows, differenceOf, parentOf } from '../../../src/hub/content/difference.ts';
import { ReadOnlySql } from '../../../src/hub/content/read-only-sql.ts';
import { Readings } from '../../../src/hub/content/reading.ts';
import { replicationOf } from '../../../src/hub/content/replication.ts';
import { rowByKey, rowsFrom } from '../../../src/hub/content/rows.ts';
import { runStatement } from '../../../src/hub/content/run-statement.ts';
import { SQL_LIMITS } from '../../../src/hub/content/sql-limits.ts';
import { Replicas } from '../../../src/hub/replicas.ts';
import { init } from '../../../src/index.ts';
import { realEnvironment } from '../../../src/real-environment.ts';

const ROWS = 60_000;
let scratch: string;
let folder: string;
let reads = 0;
let open = 0;

/** Counts reads and files that are open. */
function counting(disk: Disk): Disk {
  return new Proxy(disk, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name);
      if (name !== 'openRead') return typeof value === 'function' ? value.bind(target) : value;
      return (path: string) => {
        const file = target.openRead(path);
        if (file === undefined) return undefined;
        open++;
        return {
          read: (...args: Parameters<typeof file.read>) => {
            reads++;
            return file.read(...args);
          },
          size: () => file.size(),
          close: () => {
            open--;
            file.close();
          },
        };
      };
    },
  });
}

const environment = realEnvironment({ warn() {}, info() {} });
const readings = () => new Readings({ ...environment, disk: counting(environment.disk) });

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'dolt-ts-reading-'));
  folder = join(scratch, 'remote');
  mkdirSync(folder);
  const database = await init(join(scratch, 'big'), { name: 'Ada', email: 'ada@example.com' });
  await database.query('create table t (id int primary key, name varchar(40), n int)');
  await database.query(`set cte_max_recursion_depth = ${ROWS}`);
  await database.query(
    `insert into t with recursive c as (select 1 as i union all select i + 1 from c where i < ${ROWS})
      select i, concat('name ', i), 0 from c`,
  );
  await database.commit('Many rows');
  await database.query('update t set n = 1 where id in (1, 30000, 59999)');
  await database.commit('Three of them');
  await database.query("call dolt_remote('add', 'origin', ?)", [pathToFileURL(folder).href]);
  await database.push();
  await database.close();
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test('a page of a large table, a row, and a small difference read a few nodes', async () => {
  for (const [look, most] of [
    [
      async (reading) => {
        const { rows } = await rowsFrom(reading, reading.point(undefined), 't', 40_000, 50);
        expect(rows.map(({ values }) => values[0])).toEqual(Array.from({ length: 50 }, (_, i) => 40_001 + i));
      },
      40,
    ],
    [
      async (reading) => {
        const { row } = await rowByKey(reading, reading.point('main'), 't', ['30000']);
        expect(row.values).toEqual([30_000, 'name 30000', 1]);
      },
      40,
    ],
    [
      async (reading) => {
        const { commit } = reading.point('main');
        const [difference] = differenceOf(reading, parentOf(reading, commit), commit);
        expect(difference).toMatchObject({ added: 0, removed: 0, modified: 3, isCounted: true });
        const { rows } = changedRows(difference!.delta, 0, 50);
        expect(rows.map(({ to }) => to[0])).toEqual([1, 30_000, 59_999]);
      },
      60,
    ],
  ] as const satisfies readonly (readonly [Parameters<typeof looked>[0], number])[]) {
    expect(await looked(look)).toBeLessThan(most);
  }
});

/** What a look at a repository that was not open before has read. */
async function looked(look: Parameters<Readings['read']>[2]): Promise<number> {
  const all = readings();
  reads = 0;
  await all.read(folder, 'big', look);
  all.close();
  return reads;
}

test('a list of rows reads the beginnings of long values, a row all of it', async () => {
  const other = join(scratch, 'long-values');
  mkdirSync(other);
  const database = await init(join(scratch, 'long'), { name: 'Ada', email: 'ada@example.com' });
  await database.query('create table t (id int primary key, text longtext, bytes longblob)');
  await database.query("insert into t values (1, repeat('häh', 500000), repeat('x', 500000))");
  await database.commit('Long values');
  await database.query("call dolt_remote('add', 'origin', ?)", [pathToFileURL(other).href]);
  await database.push();
  await database.close();
  const all = readings();
  await all.read(other, 'long', async (reading) => {
    const point = reading.point(undefined);
    const before = reads;
    const { rows } = await rowsFrom(reading, point, 't', 0, 50, 'beginnings');
    expect(reads - before).toBeLessThan(20);
    expect(String(rows[0]!.values[1]).slice(0, 300)).toBe('häh'.repeat(100));
    const { row } = await rowByKey(reading, point, 't', ['1']);
    expect(row.values[1]).toBe('häh'.repeat(500_000));
  });
  all.close();
});

test('so many stay open, and no more', async () => {
  const all = new Readings({ ...environment, disk: counting(environment.disk) }, { keptOpen: 2 });
  const before = open;
  await all.read(folder, 'big', () => {});
  const each = open - before;
  expect(each).toBeGreaterThan(0);
  // Names of one folder, so that one store is many.
  const names = Array.from({ length: 6 }, (_, i) => `${folder}${'/.'.repeat(i + 1)}`);
  const held = names.map((name) => all.hold(name, 'big'));
  expect(open - before).toBe(7 * each);
  held[5]!.release();
  for (const { reading } of held.slice(0, 5)) expect(reading.branches).toEqual(['main']);
  for (const { release } of held.slice(0, 5)) release();
  expect(open - before).toBe(2 * each);
  all.close();
  expect(open).toBe(before);
});

test('a statement that takes too much memory is stopped', async () => {
  let used = 0;
  const limits = { ...SQL_LIMITS, time: 60_000, memoryBytes: 1000 };
  const all = readings();
  await all.read(folder, 'big', async (reading) => {
    const statement = 'select count(*) from t a join t b on a.n = b.n';
    const run = runStatement(reading, reading.point(undefined).commit, statement, limits, () => (used += 400));
    await expect(run).rejects.toThrow(/took more than 0 MiB of memory/);
  });
  all.close();
});

test('an answer is as large as was allowed, and no larger', async () => {
  const limits = { ...SQL_LIMITS, answerBytes: 1 << 20 };
  const all = readings();
  await all.read(folder, 'big', async (reading) => {
    const { commit } = reading.point(undefined);
    const run = (sql: string) => runStatement(reading, commit, sql, limits);
    await expect(run("select repeat('x', 500) from t limit 1000")).resolves.toMatchObject({ isCut: false });
    await expect(run("select repeat('x', 2000) from t limit 1000")).rejects.toThrow(
      'the answer is larger than 1 MiB: ask for fewer rows, or shorter values',
    );
  });
  all.close();
});

test('a few statements run at a time, and too many are refused', async () => {
  const limits = { ...SQL_LIMITS, time: 60_000, memoryBytes: 1 << 30 };
  const sql = new ReadOnlySql((reading, commit, text) => runStatement(reading, commit, text, limits));
  const all = readings();
  await all.read(folder, 'big', async (reading) => {
    const point = reading.point(undefined);
    const runs = Array.from({ length: 50 }, () => sql.run(reading, point, 'select sleep(0.02)'));
    const ends = await Promise.allSettled(runs);
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(36);
    const refused = ends.find((end) => end.status === 'rejected');
    expect(refused?.reason).toMatchObject({ kind: 'unavailable' });
    expect((await sql.run(reading, point, 'select 1')).rows).toEqual([[1]]);
  });
  all.close();
});

test('how far behind a replica is, is told in commits and time', async () => {
  const all = readings();
  const other = join(scratch, 'replicated');
  mkdirSync(other);
  const database = await init(join(scratch, 'small'), { name: 'Ada', email: 'ada@example.com' });
  await database.query('create table t (id int primary key)');
  await database.commit('A table');
  await database.query("call dolt_remote('add', 'origin', ?)", [pathToFileURL(other).href]);
  await database.push();
  const replicas = new Replicas(environment.clock);
  const poll = (name: string) =>
    all.read(other, 'small', ({ refs }) => {
      replicas.polled({ repository: 'a/small', name, account: undefined, root: refs.storeRoot });
    });
  await poll('slow');
  for (let i = 0; i < 3; i++) {
    await database.query('insert into t values (?)', [i]);
    await database.commit('One more');
  }
  await database.push();
  await poll('quick');
  await all.read(other, 'small', (reading) => {
    const panel = replicationOf(reading, 'a/small', replicas);
    const behind = new Map(panel.replicas.map(({ replica, behind }) => [replica.name, behind]));
    expect(behind.get('quick')).toEqual({ commits: 0, isMore: false, milliseconds: 0 });
    expect(behind.get('slow')).toMatchObject({ commits: 3, isMore: false });
    expect(behind.get('slow')!.milliseconds).toBeGreaterThan(0);
  });
  await database.close();
  all.close();
});
