/**
 * Two servers, a remote, and writers that do not stop: the primary is killed, the standby promoted. Every commit that was
 * acknowledged is there, once; the old primary, started again, takes no writes until it follows.
 */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { SqlError } from '../../src/sql/types/sql-error.ts';
import { repositoryRoot, Scratch } from './command-line.ts';
import { freePort, ServerProcess, Session } from './sql-server.ts';

let scratch: Scratch;
let servers: ServerProcess[] = [];
let proxy: ChildProcess | undefined;

afterEach(async () => {
  proxy?.kill('SIGKILL');
  proxy = undefined;
  for (const server of servers) await server.end('SIGKILL');
  servers = [];
  scratch.remove();
});

/** `one/shop` is the primary's repository, `two/shop` the standby's. */
function prepare(settings: Readonly<Record<string, string>> = {}): void {
  scratch = new Scratch();
  mkdirSync(scratch.path('one', 'shop'), { recursive: true });
  mkdirSync(scratch.path('two'));
  mkdirSync(scratch.path('three'));
  scratch.run('one/shop', ['init', '--name', 'A B', '--email', 'a@b.c']);
  scratch.sql('one/shop', 'create table t (id int primary key, v varchar(20))');
  const url = `file://${scratch.path('remote')}`;
  scratch.run('one/shop', ['remote', 'add', 'origin', url]);
  configure('one/shop', { ...settings, dolt_replicate_to_remote: 'origin' });
  scratch.sql('one/shop', "call dolt_commit('-Am', 'table')");
  scratch.run('two', ['clone', url, 'shop']);
  configure('two/shop', { ...settings, dolt_read_replica_remote: 'origin', dolt_replicate_all_heads: '1' });
}

function configure(directory: string, settings: Readonly<Record<string, string>>): void {
  const all = { 'user.name': 'A B', 'user.email': 'a@b.c', ...prefixed(settings) };
  for (const [key, value] of Object.entries(all)) scratch.run(directory, ['config', '--local', '--add', key, value]);
}

const prefixed = (settings: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [`sqlserver.global.${name}`, value]));

async function start(directory: string, ports?: { mysql: number; http: number }): Promise<ServerProcess> {
  const server = await ServerProcess.start(scratch, directory, ports);
  servers.push(server);
  return server;
}

/** Clients that commit one row after the other, and remember what was acknowledged; after an error they log in again. */
class Writers {
  readonly acknowledged = new Set<number>();
  readonly errors: string[] = [];
  #next = 1;
  #isEnding = false;
  readonly #port: () => number;
  readonly #running: readonly Promise<void>[];

  constructor(count: number, port: () => number) {
    this.#port = port;
    this.#running = Array.from({ length: count }, () => this.#write());
  }

  async #write(): Promise<void> {
    let session: Session | undefined;
    while (!this.#isEnding) {
      const id = this.#next++;
      try {
        session ??= await Session.open(this.#port());
        await session.rows('start transaction');
        await session.rows(`insert into t values (${id}, 'row ${id}')`);
        await session.rows(`call dolt_commit('-am', 'row ${id}')`);
        this.acknowledged.add(id);
      } catch (error) {
        this.errors.push(error instanceof Error ? error.message : String(error));
        // A conflict leaves the session usable; anything else may have ended it.
        if (!(error instanceof SqlError) || error.errno === 2013) session = undefined;
        await pause(20);
      }
    }
    session?.close();
  }

  /** Waits for `count` more acknowledgements. */
  async more(count: number): Promise<void> {
    const wanted = this.acknowledged.size + count;
    await until(
      () => this.acknowledged.size >= wanted,
      () => this.errors.slice(-3).join('; '),
    );
  }

  async end(): Promise<void> {
    this.#isEnding = true;
    await Promise.all(this.#running);
  }
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

async function until(isDone: () => boolean | Promise<boolean>, why: () => string = () => ''): Promise<void> {
  const end = performance.now() + 60_000;
  while (!(await isDone())) {
    if (performance.now() > end) throw new Error(`it did not happen: ${why()}`);
    await pause(50);
  }
}

/** Each acknowledged row has one commit, and is there. */
async function assertAllThere(server: ServerProcess, acknowledged: ReadonlySet<number>): Promise<void> {
  const messages = (await server.rows('select message from dolt_log')).map(([message]) => message);
  const counts = new Map<string | null, number>();
  for (const message of messages) counts.set(message ?? null, (counts.get(message ?? null) ?? 0) + 1);
  const ids = new Set((await server.rows('select id from t')).map(([id]) => Number(id)));
  for (const id of acknowledged) {
    expect(counts.get(`row ${id}`), `commits of row ${id}`).toBe(1);
    expect(ids.has(id), `row ${id}`).toBe(true);
  }
}

/** A primary that is stopped while it holds the lock of a remote in a folder holds up everybody: then at another moment. */
async function promoteWhilePaused(primary: ServerProcess, standby: ServerProcess): Promise<void> {
  for (let isPromoted = false; !isPromoted; ) {
    primary.signal('SIGSTOP');
    try {
      await standby.rows("call dolt_promote('origin')");
      isPromoted = true;
    } catch (error) {
      if (!(error instanceof SqlError) || !/lock/.test(error.message)) throw error;
    } finally {
      primary.signal('SIGCONT');
    }
    await pause(10);
  }
}

/** The old primary is started again: it serves reads, takes no writes, and then follows. */
async function assertComesBack(current: ServerProcess, ports?: { mysql: number; http: number }): Promise<void> {
  const old = await start('one/shop', ports);
  expect(old.log).toMatch(/this server is fenced: '[^']+' took over as primary of remote 'origin' \(epoch 1\)/);
  expect(await old.get('/healthz')).toMatchObject({ status: 200 });
  expect(await old.get('/healthz/primary')).toMatchObject({ status: 503, text: expect.stringMatching(/fenced/) });
  expect(await old.get('/healthz/replica')).toEqual({ status: 503, text: 'not a replica\n' });
  expect((await old.get('/metrics')).text).toMatch(/dss_replication_failing\{database="shop",remote="origin"\} 1/);
  for (const write of [
    "insert into t values (100000, 'late')",
    "call dolt_commit('--allow-empty', '-m', 'late')",
    "call dolt_branch('late')",
  ]) {
    expect(await old.error(write)).toMatchObject({ errno: 1290, message: expect.stringMatching(/fenced/) });
  }
  expect(Number((await old.rows('select count(*) from t'))[0]?.[0])).toBeGreaterThan(0);
  await old.rows("call dolt_demote('origin')");
  expect(await old.get('/healthz/replica')).toEqual({ status: 200, text: 'ok\n' });
  expect((await old.get('/metrics')).text).toMatch(/dss_is_replica\{database="shop",remote="origin"\} 1/);
  const state = 'select count(*), sum(id) from t';
  expect(await old.rows(state)).toEqual(await current.rows(state));
  expect(await old.rows("select dolt_hashof('main')")).toEqual(await current.rows("select dolt_hashof('main')"));
  // It is a replica after the next start too.
  await old.end();
  const again = await start('one/shop', ports);
  expect(await again.error("insert into t values (100000, 'late')")).toMatchObject({
    errno: 1290,
    message: expect.stringMatching(/read replica/),
  });
  expect(await again.get('/healthz/replica')).toMatchObject({ status: 200 });
}

describe('the primary is killed under load, and the standby promoted', () => {
  test('every acknowledged commit is there, once', async () => {
    prepare();
    const one = await start('one/shop');
    const two = await start('two/shop');
    expect(await one.get('/healthz/primary')).toEqual({ status: 200, text: 'ok\n' });
    expect(await one.get('/healthz/replica')).toEqual({ status: 503, text: 'not a replica\n' });
    expect(await two.get('/healthz/primary')).toEqual({ status: 503, text: 'not a primary\n' });
    expect(await two.get('/healthz/replica')).toEqual({ status: 200, text: 'ok\n' });
    let port = one.port;
    const writers = new Writers(3, () => port);
    await writers.more(30);
    await one.end('SIGKILL');
    await pause(200);
    await two.rows("call dolt_promote('origin')");
    port = two.port;
    await writers.more(15);
    await writers.end();
    expect(await two.get('/healthz/primary')).toEqual({ status: 200, text: 'ok\n' });
    await assertAllThere(two, writers.acknowledged);
    await assertComesBack(two);
    scratch.run('.', ['clone', `file://${scratch.path('remote')}`, 'clone']);
    const ids = scratch.rows('clone', 'select id from t').map((row) => Number(row['id']));
    expect(ids).toEqual(expect.arrayContaining([...writers.acknowledged]));
    for (const server of servers) await server.end();
    for (const directory of ['one/shop', 'two/shop']) scratch.run(directory, ['fsck']);
  });

  test('promoted while the primary is only paused: it can do no harm when it goes on', async () => {
    prepare();
    const one = await start('one/shop');
    const two = await start('two/shop');
    const writers = new Writers(2, () => one.port);
    await writers.more(10);
    await promoteWhilePaused(one, two);
    const promoted = writers.acknowledged.size;
    await until(() => writers.errors.some((error) => /this server is fenced/.test(error)));
    await writers.end();
    // What was on its way when the server was paused.
    expect(writers.acknowledged.size).toBeLessThanOrEqual(promoted + 2);
    expect(await one.get('/healthz/primary')).toMatchObject({ status: 503 });
    await two.rows("insert into t values (100000, 'new')", "call dolt_commit('-am', 'new')");
    await assertAllThere(two, writers.acknowledged);
    // Nor does the command line write there.
    await one.end();
    const { status, err } = scratch.try('one/shop', ['commit', '--allow-empty', '-m', 'late']);
    expect([status, err]).toEqual([1, expect.stringMatching(/this server is fenced/)]);
  });

  test('asynchronous: what waits at the stop is pushed, and what a kill leaves is kept aside', async () => {
    prepare({ dolt_async_replication: '1' });
    const one = await start('one/shop');
    for (let id = 1; id <= 20; id++)
      await one.rows(`insert into t values (${id}, 'a')`, `call dolt_commit('-am', 'row ${id}')`);
    await one.end('SIGTERM');
    const two = await start('two/shop');
    expect(await two.rows('select count(*) from t')).toEqual([['20']]);
    const again = await start('one/shop');
    const session = await again.session();
    for (let id = 21; id <= 60; id++) {
      await session.rows(`insert into t values (${id}, 'a')`);
      await session.rows(`call dolt_commit('-am', 'row ${id}')`);
    }
    await again.end('SIGKILL');
    await two.rows(
      "call dolt_promote('origin')",
      "insert into t values (1000, 'new')",
      "call dolt_commit('-am', 'new')",
    );
    const back = await start('one/shop');
    await back.rows("call dolt_demote('origin')");
    const kept = await back.rows("select name from dolt_branches where name like 'unreplicated/%'");
    const branches = ['main', ...kept.map(([name]) => String(name))];
    const ids = new Set<number>();
    for (const branch of branches) {
      for (const [id] of await back.rows(`select id from t as of '${branch}'`)) ids.add(Number(id));
    }
    for (let id = 1; id <= 60; id++) expect(ids.has(id), `row ${id}`).toBe(true);
    expect(ids.has(1000)).toBe(true);
  });
});

/** `FAILOVER_COMMITS` makes it shorter or longer. */
const COMMITS = Number(process.env['FAILOVER_COMMITS'] ?? 1000);

test('three primaries of one epoch: every acknowledged commit is there, once, and no update is lost', async () => {
  prepare();
  scratch.run('.', ['clone', `file://${scratch.path('remote')}`, 'three/shop']);
  configure('three/shop', { dolt_read_replica_remote: 'origin', dolt_replicate_all_heads: '1' });
  const all = [await start('one/shop'), await start('two/shop'), await start('three/shop')];
  const [one, two, three] = all as [ServerProcess, ServerProcess, ServerProcess];
  await one.rows(
    'create table counter (id int primary key, n int, latest varchar(20))',
    "insert into counter values (1, 0, '')",
  );
  await one.rows("call dolt_commit('-Am', 'counter')", "call dolt_promote('origin')");
  for (const server of [two, three]) await server.rows("call dolt_promote('origin', '--join')");
  let next = 0;
  let conflicts = 0;
  const acknowledged = new Set<number>();
  const write = async (server: ServerProcess): Promise<void> => {
    const session = await server.session();
    for (let id = ++next; id <= COMMITS; ) {
      try {
        await session.rows('start transaction');
        // Two that make the same of a cell agree, and would count as one; who was the latest, they cannot agree on.
        await session.rows(`update counter set n = n + 1, latest = 'row ${id}'`);
        await session.rows(`insert into t values (${id}, 'row ${id}')`);
        await session.rows(`call dolt_commit('-am', 'row ${id}')`);
        acknowledged.add(id);
        id = ++next;
      } catch (error) {
        // Another server was faster: its update has arrived, and this one is made again on top of it.
        if (!(error instanceof SqlError) || error.errno !== 1213) throw error;
        conflicts++;
        await session.rows('rollback');
        await pause(Math.random() * 20);
      }
    }
    session.close();
  };
  await Promise.all(all.map(write));
  expect(acknowledged.size).toBe(COMMITS);
  expect(conflicts).toBeGreaterThan(0);
  await one.rows("call dolt_pull('origin', 'main')");
  expect(await one.rows('select n from counter')).toEqual([[String(COMMITS)]]);
  await assertAllThere(one, acknowledged);
  for (const server of all) {
    expect(await server.get('/healthz/primary')).toMatchObject({ status: 200 });
    await server.end();
  }
  for (const directory of ['one/shop', 'two/shop', 'three/shop']) scratch.run(directory, ['fsck']);
});

/** HAProxy with the configuration of the guide, on ports of this test. */
async function startProxy(ports: { write: number; read: number; one: Ports; two: Ports }): Promise<void> {
  const guide = readFileSync(join(repositoryRoot, 'docs/failover.md'), 'utf8');
  const [, config = ''] = /```haproxy\n([\s\S]*?)```/.exec(guide) ?? [];
  const mine = config
    .replaceAll('bind :3306', `bind 127.0.0.1:${ports.write}`)
    .replaceAll('bind :3307', `bind 127.0.0.1:${ports.read}`)
    .replaceAll('10.0.0.1:3306', `127.0.0.1:${ports.one.mysql} port ${ports.one.http}`)
    .replaceAll('10.0.0.2:3306', `127.0.0.1:${ports.two.mysql} port ${ports.two.http}`);
  expect(mine).not.toMatch(/10\.0\.0|bind :/);
  const path = scratch.path('haproxy.cfg');
  writeFileSync(path, mine);
  const child = spawn('haproxy', ['-db', '-f', path], { stdio: ['ignore', 'ignore', 'pipe'] });
  proxy = child;
  let log = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    log += text;
  });
  await until(
    () => isServed(ports.write),
    () => log,
  );
}

/** Does a server answer behind a port of the proxy, and as it should? */
async function isServed(
  port: number,
  isRight: (session: Session) => Promise<boolean> = async () => true,
): Promise<boolean> {
  try {
    const session = await Session.open(port);
    try {
      return await isRight(session);
    } finally {
      session.close();
    }
  } catch (error) {
    const isGone = (error as NodeJS.ErrnoException).code?.startsWith('ECONN') === true;
    if (error instanceof SqlError || isGone) return false;
    throw error;
  }
}

interface Ports {
  readonly mysql: number;
  readonly http: number;
}

const freePorts = async (): Promise<Ports> => ({ mysql: await freePort(), http: await freePort() });

const hasProxy = spawnSync('haproxy', ['-v']).status === 0;
if (hasProxy) {
  describe('through HAProxy (this test is there where haproxy is installed)', () => {
    test('writers and readers are sent on to the promoted server', async () => {
      prepare();
      const ports = { write: await freePort(), read: await freePort(), one: await freePorts(), two: await freePorts() };
      const one = await start('one/shop', ports.one);
      const two = await start('two/shop', ports.two);
      await startProxy(ports);
      const writers = new Writers(2, () => ports.write);
      await writers.more(20);
      // HAProxy takes every server for well until its first checks have answered, and may close what it sent to one that is not.
      await until(() =>
        isServed(ports.read, async (reader) => {
          const [row] = await reader.rows('select @@dolt_read_replica_remote');
          return row?.[0] === 'origin';
        }),
      );
      await one.end('SIGKILL');
      await pause(100);
      await two.rows("call dolt_promote('origin')");
      await writers.more(10);
      await writers.end();
      await assertAllThere(two, writers.acknowledged);
      // The old primary is back, and nobody is sent there but who reads.
      await assertComesBack(two, ports.one);
      const follower = servers.at(-1)!;
      await until(() => isServed(ports.read));
      const again = await Session.open(ports.write);
      await again.rows("insert into t values (200000, 'after')");
      await again.rows("call dolt_commit('-am', 'after')");
      again.close();
      expect(await follower.rows('select v from t where id = 200000')).toEqual([['after']]);
    });
  });
}
