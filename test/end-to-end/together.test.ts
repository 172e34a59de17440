/**
 * Two processes and more on one repository: a second writer waits, then says who writes; readers are not kept out; what
 * is acknowledged by any of several writers stays; readers see whole states while files are conjoined and collected.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { hostname } from 'node:os';
import { afterAll, expect, test } from 'vitest';
import { dolt, Scratch } from './command-line.ts';

const scratch = new Scratch();
const running = new Set<ChildProcess>();
afterAll(() => {
  for (const child of running) child.kill('SIGKILL');
  scratch.remove();
});

interface Running {
  readonly child: ChildProcess;
  out: string;
  err: string;
  readonly ended: Promise<number | null>;
}

function start(directory: string, args: readonly string[]): Running {
  const child = spawn(dolt, args, { cwd: scratch.path(directory), env: scratch.environment });
  running.add(child);
  const ended = once(child, 'close').then(([status]) => {
    running.delete(child);
    return status as number | null;
  });
  const run: Running = { child, out: '', err: '', ended };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    run.out += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    run.err += text;
  });
  return run;
}

async function until(condition: () => boolean): Promise<void> {
  for (let n = 0; !condition(); n++) {
    if (n > 1000) throw new Error('it never happened');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function made(name: string): string {
  scratch.repository(name);
  scratch.sql(name, 'create table t (id int primary key, writer int, v varchar(200))');
  return name;
}

test('a second writer waits, then says who writes; readers go on', async () => {
  const folder = made('held');
  const lock = scratch.path(folder, '.dolt', 'noms', 'LOCK.pid');
  const holder = start(folder, ['sql', '-q', 'insert into t values (1, 1, null); select sleep(600)']);
  await until(() => existsSync(lock));
  const started = performance.now();
  const second = scratch.try(folder, ['sql', '-q', 'insert into t values (2, 2, null)']);
  expect(second.err).toContain(
    `/held/.dolt/noms is locked by process ${holder.child.pid} on ${hostname()}; try again when it has finished`,
  );
  expect(second.status).toBe(1);
  expect(performance.now() - started).toBeGreaterThan(1_900);
  expect(scratch.rows(folder, 'select id from t')).toEqual([{ id: 1 }]);
  expect(scratch.run(folder, ['log', '--oneline'])).toContain('Initialize');
  // What a killed holder leaves keeps nobody out.
  holder.child.kill('SIGKILL');
  await holder.ended;
  scratch.sql(folder, 'insert into t values (3, 3, null)');
  expect(scratch.rows(folder, 'select id from t order by id')).toEqual([{ id: 1 }, { id: 3 }]);
});

test('the second writer goes on when the first ends in time', async () => {
  const folder = made('waiting');
  const first = start(folder, ['sql', '-q', 'insert into t values (1, 1, null); select sleep(0.5)']);
  await until(() => existsSync(scratch.path(folder, '.dolt', 'noms', 'LOCK.pid')));
  scratch.sql(folder, 'insert into t values (2, 2, null)');
  expect(await first.ended).toBe(0);
  expect(scratch.rows(folder, 'select id from t order by id')).toEqual([{ id: 1 }, { id: 2 }]);
});

test('what several writers are acknowledged is all there', async () => {
  const folder = made('writers');
  const acknowledged: number[] = [];
  const refusals: string[] = [];
  const writer = async (number: number): Promise<void> => {
    for (let n = 0; n < 6; n++) {
      const id = number * 100 + n;
      const run = start(folder, [
        'sql',
        '-q',
        `insert into t values (${id}, ${number}, null); call dolt_commit('-am', 'c${id}')`,
      ]);
      if ((await run.ended) === 0) acknowledged.push(id);
      else refusals.push(run.err);
    }
  };
  await Promise.all([1, 2, 3].map(writer));
  for (const refusal of refusals) expect(refusal).toMatch(/is locked by process \d+/);
  const rows = scratch.rows(folder, 'select id from t').map(({ id }) => Number(id));
  expect(rows).toEqual(expect.arrayContaining(acknowledged));
  const messages = scratch.rows(folder, 'select message from dolt_log').map(({ message }) => message);
  expect(messages).toEqual(expect.arrayContaining(acknowledged.map((id) => `c${id}`)));
  expect(acknowledged.length).toBeGreaterThan(8);
  expect(scratch.run(folder, ['fsck'])).toContain('No problems found.');
});

test('a reader sees whole states while commits, gc and conjoins go on', async () => {
  const folder = made('reader');
  const remote = scratch.directory('reader-remote');
  scratch.run(folder, ['remote', 'add', 'origin', `file://${remote}`]);
  scratch.run(folder, ['config', '--add', '--local', 'sqlserver.global.dolt_replicate_to_remote', 'origin']);
  scratch.sql(folder, "call dolt_commit('-Am', 'empty')");
  let done = false;
  const work = (async () => {
    for (let round = 0; round < 3; round++) {
      // Each commit adds two rows; the remote is conjoined on the way.
      const statements = Array.from({ length: 12 }, (_, i) => {
        const id = (round * 12 + i) * 2;
        return `insert into t values (${id}, 0, repeat('x', 200)), (${id + 1}, 0, null); call dolt_commit('-am', 'c${id}')`;
      });
      expect(await start(folder, ['sql', '-q', statements.join(';')]).ended).toBe(0);
      expect(await start(folder, ['gc']).ended).toBe(0);
    }
    done = true;
  })();
  let last = 0;
  const reader = async (read: () => Promise<string>): Promise<void> => {
    while (!done) {
      const count = Number((await read()).trim().split('\n').at(-1));
      expect(count % 2).toBe(0);
      expect(count).toBeGreaterThanOrEqual(0);
      last = Math.max(last, count);
    }
  };
  const query = (where: string) => async () => {
    const run = start(where, ['sql', '-r', 'csv', '-q', 'select count(*) from t']);
    if ((await run.ended) !== 0) throw new Error(run.err);
    return run.out;
  };
  let clones = 0;
  const cloned = async (): Promise<string> => {
    const name = `reader-clone-${clones++}`;
    const run = start('.', ['clone', `file://${remote}`, name]);
    if ((await run.ended) !== 0) throw new Error(run.err);
    return await query(name)();
  };
  await Promise.all([work, reader(query(folder)), reader(cloned)]);
  expect(scratch.rows(folder, 'select count(*) as n from t')).toEqual([{ n: 72 }]);
  expect(clones).toBeGreaterThan(1);
  expect(scratch.run(folder, ['fsck'])).toContain('No problems found.');
});
