/** Statements in processes of their own, which are ended where a function does not come to an end. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { Readings } from '../../../src/hub/content/reading.ts';
import { runStatement } from '../../../src/hub/content/run-statement.ts';
import { SQL_LIMITS, type SqlLimits } from '../../../src/hub/content/sql-limits.ts';
import { StatementProcess } from '../../../src/hub/statements/statement-process.ts';
import { StatementProcesses } from '../../../src/hub/statements/statement-processes.ts';
import { init } from '../../../src/index.ts';
import { realEnvironment } from '../../../src/real-environment.ts';
import { golden } from '../../remote/remote-fixture.ts';

const environment = realEnvironment({ warn() {}, info() {} });
const scratch = mkdtempSync(join(tmpdir(), 'dolt-ts-statements-'));
const folder = join(scratch, 'remote');
/** Beside the packages that it asks for. */
const module = join(import.meta.dirname, `../../../node_modules/.statements-of-test-${process.pid}.cjs`);
const readings = new Readings(environment);
let started: StatementProcess[];
let processes: StatementProcesses | undefined;

beforeAll(async () => {
  buildSync({
    ...{ entryPoints: [join(import.meta.dirname, '../../../src/hub/statements/child.ts')], outfile: module },
    ...{ bundle: true, platform: 'node', packages: 'external', define: { 'import.meta.url': '__filename' } },
  });
  mkdirSync(folder);
  const database = await init(join(scratch, 'shop'), { name: 'Ada', email: 'ada@example.com' });
  await database.query('create table t (id int primary key, price decimal(8,2), kind enum("a","b"), raw varbinary(9))');
  await database.query("insert into t values (9007, 1.50, 'b', x'00ff'), (9008, null, 'a', '')");
  await database.commit('Rows');
  await database.query("call dolt_remote('add', 'origin', ?)", [pathToFileURL(folder).href]);
  await database.push();
  await database.close();
});
afterAll(() => {
  readings.close();
  rmSync(scratch, { recursive: true });
  rmSync(module);
});
beforeEach(() => {
  started = [];
});
afterEach(() => processes?.close());

function runner(limits: Partial<SqlLimits> = {}) {
  processes = new StatementProcesses({
    ...{ clock: environment.clock, timers: environment.timers, limits: { ...SQL_LIMITS, ...limits } },
    start: (heapBytes) => {
      const process = StatementProcess.start(module, heapBytes);
      started.push(process);
      return process;
    },
  });
  const runs = processes;
  return (sql: string) =>
    readings.read(folder, 'shop', (reading) => runs.run(reading, reading.point(undefined).commit, sql));
}

test('an answer is that of this process, and one process serves one statement after the other', async () => {
  const run = runner();
  const sql = 'select *, id * 900719925474099 as large from t';
  const { columns, rows } = await run(sql);
  const here = await readings.read(folder, 'shop', (reading) =>
    runStatement(reading, reading.point(undefined).commit, sql, SQL_LIMITS),
  );
  expect(rows).toEqual(here.rows);
  expect(rows.map((row) => typeof row[4])).toEqual(['bigint', 'bigint']);
  expect(columns).toEqual(here.columns);
  await expect(run('drop table t')).rejects.toMatchObject({ kind: 'denied' });
  await expect(run('select nothing from t')).rejects.toMatchObject({ kind: 'notFound' });
  expect(started).toHaveLength(1);
});

test('archives are read there, too', async () => {
  runner();
  const archives = join(golden, 'remote-small');
  await readings.read(archives, 'small', async (reading) => {
    const { commit } = reading.point(undefined);
    for (const sql of ['show tables', 'select message from dolt_log']) {
      const here = await runStatement(reading, commit, sql, SQL_LIMITS);
      expect(here.rows.length).toBeGreaterThan(0);
      expect((await processes!.run(reading, commit, sql)).rows).toEqual(here.rows);
    }
  });
});

/** One call of a function that takes long, and nothing can interrupt. */
const SLOW = "select length(replace(repeat('a', 60000000), 'a', 'b')) from t, t a, t b, t c, t d, t e, t f, t g";

test('what does not come to an end is ended, and others are answered meanwhile', async () => {
  const run = runner({ time: 300 });
  await run('select 1');
  let turns = 0;
  const turn = setInterval(() => turns++, 10);
  await expect(run(SLOW)).rejects.toThrow('it ran longer than 0.3 s');
  clearInterval(turn);
  expect(turns).toBeGreaterThan(20);
  expect(started[0]!.isAlive).toBe(false);
  expect((await run('select 2')).rows).toEqual([[2]]);
  expect(started).toHaveLength(2);
});

test('what takes all memory ends its process alone', async () => {
  const run = runner({ time: 20_000, memoryBytes: 64 << 20 });
  const filling = "select json_length(json_array(space(9000000), replace(space(9000000), ' ', 'ab')))";
  await expect(run(`${filling} from t, t a, t b, t c, t d, t e`)).rejects.toThrow('it took more than 64 MiB of memory');
  expect(started[0]!.isAlive).toBe(false);
  expect((await run('select 2')).rows).toEqual([[2]]);
});

test('a process that somebody ends is told of, and another takes its place', async () => {
  const run = runner();
  const sleeping = run('select sleep(4)');
  setTimeout(() => started[0]!.stop(), 300);
  await expect(sleeping).rejects.toThrow('the statement was broken off; try again');
  expect((await run('select 2')).rows).toEqual([[2]]);
});
