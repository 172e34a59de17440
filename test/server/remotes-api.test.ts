/** The databases of a running server as remotes: cloned, fetched and pushed to while sessions work on them. */
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { addressBytes } from '../../src/base/address.ts';
import { GrpcError, GrpcStatus } from '../../src/base/network.ts';
import { nodeNetwork } from '../../src/node-network.ts';
import { cloneInto } from '../../src/remote/clone.ts';
import { fetchFrom } from '../../src/remote/fetch.ts';
import { basicAuthorization } from '../../src/remote/grpc/authorization.ts';
import { GrpcRemote } from '../../src/remote/grpc/grpc-remote.ts';
import { type Method, methods, PushConcurrency } from '../../src/remote/grpc/messages.ts';
import { type PushOptions, pushTo } from '../../src/remote/push.ts';
import { readRemoteRefs, swapRemoteRefs } from '../../src/remote/remote-refs.ts';
import { workingSetRef } from '../../src/repo/refs.ts';
import { newRemote } from '../../src/repo/repo-state.ts';
import type { Environment, Repository } from '../../src/repo/repository.ts';
import { referencesOf } from '../../src/serial/references.ts';
import { serverConfig } from '../../src/server/config.ts';
import { type RunningServer, startServer } from '../../src/server/server-process.ts';
import { openLog } from '../../src/service/log.ts';
import { addCommit, assertComplete, pushSpec } from '../remote/remote-fixture.ts';
import { memoryEnvironment } from '../sql/memory-engine.ts';

let environment: Environment;
let running: RunningServer;
let client: Connection;
const remotes: GrpcRemote[] = [];

const log = openLog('error', 'text', () => {});
const timers = { sleep: (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)) };

async function start(remotesapi: object = {}): Promise<void> {
  const { config } = serverConfig({
    listener: { host: '127.0.0.1', port: 0 },
    behavior: { event_scheduler: 'DISABLED' },
    remotesapi: { port: 0, ...remotesapi },
    system_variables: { dolt_author_name: 'Test', dolt_author_email: 'test@example.com' },
  });
  running = await startServer({ environment: { ...environment, logger: log }, directory: '/srv', config, log });
  const [endpoint] = running.endpoints;
  const port = endpoint !== undefined && 'port' in endpoint ? endpoint.port : 0;
  client = await createConnection({ host: '127.0.0.1', port, user: 'root', multipleStatements: true });
}

beforeEach(async () => {
  const memory = memoryEnvironment();
  // Time goes faster: a stop waits for pushes that have not come to their end.
  const clock = { ...memory.clock, monotonic: () => performance.now() * 20 };
  environment = { ...memory, clock, network: nodeNetwork, timers };
  environment.disk.makeDirectory('test', '/srv');
  await start();
  await client.query(
    "create database shop; use shop; create table t (id int primary key, v varchar(20)); insert into t values (1,'one'); call dolt_commit('-Am','one')",
  );
});

afterEach(async () => {
  for (const remote of remotes.splice(0)) remote.close();
  await client.end();
  await running.stop();
});

const url = (path = 'shop'): string => `http://127.0.0.1:${running.remotesPort}/${path}`;

function remote(user?: string, password = user ?? '', path = 'shop'): GrpcRemote {
  const place = url(path);
  const named = user === undefined ? place : place.replace('://', `://${user}:${password}@`);
  const opened = new GrpcRemote(environment, named);
  remotes.push(opened);
  return opened;
}

const rows = async (sql: string): Promise<unknown[][]> => {
  const [found] = await client.query<RowDataPacket[]>({ sql, rowsAsArray: true });
  return found as unknown as unknown[][];
};

async function cloned(): Promise<Repository> {
  return await cloneInto(environment, remote(), url(), `/clone/${remotes.length}`);
}

const origin = () => newRemote('origin', url());

/** A call with bytes of our own making. */
async function call<Request, Response>(
  method: Method<Request, Response>,
  request: Partial<Request>,
  user = 'root',
  password = '',
): Promise<Response> {
  const channel = nodeNetwork.openChannel({ authority: `127.0.0.1:${running.remotesPort}`, isSecure: false });
  try {
    const metadata = { authorization: basicAuthorization(user, password) };
    const bytes = method.request.encode({ repoPath: 'shop', ...request });
    return method.response.decode(await channel.call(method.path, bytes, { metadata }));
  } finally {
    channel.close();
  }
}

const codeOf = async (promise: Promise<unknown>): Promise<number> => {
  try {
    await promise;
    return GrpcStatus.ok;
  } catch (error) {
    if (!(error instanceof GrpcError)) throw error;
    return error.code;
  }
};

test('what sessions have committed is cloned and fetched, from the journal and after garbage was collected', async () => {
  const clone = await cloned();
  assertComplete(clone);
  expect(clone.headOf('main')).toBe((await rows("select hashof('main')"))[0]![0]);
  await client.query("insert into t values (2,'two'); call dolt_commit('-am','two')");
  const head = async () => (await rows("select hashof('main')"))[0]![0];
  const fetched = async (): Promise<unknown> => {
    await fetchFrom(clone, remote(), origin());
    return clone.refs().get('refs/remotes/origin/main');
  };
  expect(await fetched()).toBe(await head());
  await client.query("call dolt_gc(); insert into t values (3,'three'); call dolt_commit('-am','three')");
  expect(await fetched()).toBe(await head());
  assertComplete(clone);
  clone.close();
  const again = await cloned();
  expect(again.headOf('main')).toBe(await head());
  assertComplete(again);
  again.close();
});

test('a push moves the branch and its working set, and sessions see it', async () => {
  const clone = await cloned();
  const next = addCommit(clone, 'main', 'pushed');
  addCommit(clone, 'other', 'pushed too');
  expect(await remote().assertsWorkingSet()).toBe(true);
  await pushTo(clone, remote(), origin(), [pushSpec('main'), pushSpec('other')]);
  expect(await rows("select hashof('main'), (select count(*) from dolt_status)")).toEqual([[next, 0]]);
  expect(await rows('show tables')).toEqual([]);
  expect(await rows('select name from dolt_branches')).toEqual([['main'], ['other']]);
  // The working set moved in the same record.
  const refs = await readRemoteRefs(remote());
  expect(refs.get(workingSetRef('main'))).toBeDefined();
  await client.query("create table u (id int primary key); call dolt_commit('-Am','on top')");
  await fetchFrom(clone, remote(), origin());
  expect(clone.refs().get('refs/remotes/origin/main')).toBe((await rows("select hashof('main')"))[0]![0]);
  await pushTo(clone, remote(), origin(), [pushSpec(':other')]);
  expect(await rows('select name from dolt_branches')).toEqual([['main']]);
  clone.close();
});

test('a push to a branch with uncommitted changes is refused, by the client and by the server', async () => {
  const clone = await cloned();
  const before = clone.headOf('main');
  const next = addCommit(clone, 'main', 'pushed');
  await client.query("insert into t values (9,'dirty')");
  await expect(pushTo(clone, remote(), origin(), [pushSpec('main')])).rejects.toThrow(/uncommitted changes/);
  // One that does not look, or has looked before.
  const there = await readRemoteRefs(remote());
  const file = await remote().uploadChunks([], recordsOf(clone, next));
  const swap = swapRemoteRefs(remote(), there, () => new Map([['refs/heads/main', next]]), {
    files: [file],
    held: new Map(),
  });
  await expect(swap).rejects.toMatchObject({ kind: 'conflict' });
  expect(await rows("select hashof('main'), (select count(*) from t)")).toEqual([[before, 2]]);
  await client.query("call dolt_commit('-am','clean again')");
  const [rejected] = await pushTo(clone, remote(), origin(), [pushSpec('main')]);
  expect(rejected!.outcome).toBe('rejected');
  // Forced, it overwrites them, as it does on Dolt's server.
  await client.query("insert into t values (10,'lost')");
  const [forced] = await pushTo(clone, remote(), origin(), [pushSpec('main')], { force: true });
  expect(forced!.outcome).toBe('forced');
  expect(await rows("select hashof('main'), (select count(*) from dolt_status)")).toEqual([[next, 0]]);
  clone.close();
});

test('tables that dolt_ignore names stand in the way of no push, and stay; but for one of the same name', async () => {
  await client.query("insert into dolt_ignore values ('tmp%', true); call dolt_commit('-Am', 'patterns')");
  const clone = await cloned();
  await client.query(
    'create table tmp (id int primary key, t int, body text, foreign key (t) references t (id), fulltext (body)); insert into tmp values (5, 1, "a word")',
  );
  const here = async () =>
    await rows(
      "select hashof('main'), (select count(*) from dolt_status), (select id from tmp where match (body) against ('word'))",
    );
  const one = addCommit(clone, 'main', 'pushed', (root) => root);
  const push = (options?: PushOptions) => pushTo(clone, remote(), origin(), [pushSpec('main')], options);
  const [pushed] = await push();
  expect(pushed!.outcome).toBe('fast-forward');
  expect(await here()).toEqual([[one, 0, 5]]);
  // Of what else there is nothing may be changed.
  await client.query('create table other (id int primary key)');
  addCommit(clone, 'main', 'not pushed', (root) => root);
  await expect(push()).rejects.toThrow(/uncommitted changes/);
  await client.query('drop table other; insert into t values (2, "two")');
  await expect(push()).rejects.toThrow(/uncommitted changes/);
  await client.query('call dolt_add("t")');
  await expect(push()).rejects.toThrow(/uncommitted changes/);
  await client.query('call dolt_reset("--hard")');
  const two = addCommit(clone, 'main', 'one of that name', (root) => root.withTable('tmp', root.tableAddress('t')!));
  await expect(push()).rejects.toThrow(/uncommitted changes/);
  await push({ force: true });
  expect(await rows("select hashof('main'), (select v from tmp)")).toEqual([[two, 'one']]);
  clone.close();
});

test('of who replaces the working set the ignored tables stay, too', async () => {
  await client.query("insert into dolt_ignore values ('tmp%', true); call dolt_commit('-Am', 'patterns')");
  const clone = await cloned();
  await client.query(
    "create table tmp (id int primary key); insert into tmp values (5); insert into t values (2, 'lost')",
  );
  addCommit(clone, 'main', 'pushed', (root) => root);
  await pushTo(clone, remote(), origin(), [pushSpec('main')], { force: true });
  expect(
    await rows('select (select count(*) from t), (select id from tmp), (select count(*) from dolt_status)'),
  ).toEqual([[1, 5, 0]]);
  clone.close();
});

function recordsOf(repository: Repository, commit: Parameters<typeof addressBytes>[0]) {
  const { chunks } = repository;
  return [[commit, chunks.getRecord(commit)!] as const, ...closureOf(repository, commit)];
}

/** All that the head reaches: more than is missing does no harm. */
function* closureOf(repository: Repository, commit: Parameters<typeof addressBytes>[0]) {
  const seen = new Set([commit]);
  for (const address of seen) {
    if (address !== commit) yield [address, repository.chunks.getRecord(address)!] as const;
    for (const next of referencesOf(repository.chunks.get(address)!)) seen.add(next);
  }
}

test('only branches and tags are pushed, and only commits', async () => {
  const there = await readRemoteRefs(remote());
  const head = there.get('refs/heads/main')!;
  const swap = (name: string, value: typeof head | undefined): Promise<boolean> =>
    swapRemoteRefs(remote(), there, () => new Map([[name, value]]));
  for (const name of ['refs/internal/x', 'refs/remotes/origin/main', 'workingSets/heads/main', 'anything'])
    await expect(swap(name, name.startsWith('working') ? undefined : head), name).rejects.toMatchObject({
      kind: 'denied',
    });
  await expect(swap('refs/heads/x', there.get(workingSetRef('main')))).rejects.toMatchObject({ kind: 'invalid' });
  await expect(swap('refs/heads/a b', head)).rejects.toMatchObject({ kind: 'invalid' });
  await expect(swap('refs/heads/main', undefined)).rejects.toMatchObject({ kind: 'denied' });
  expect((await remote().root()).root).toBe(there.root);
  expect(await swap('refs/heads/fine', head)).toBe(true);
  // What was read before is the past now.
  expect(await swap('refs/heads/late', head)).toBe(false);
});

const someFile = {
  id: new Uint8Array(20),
  contentLength: 100,
  contentHash: new Uint8Array(16),
  numChunks: 1,
  suffix: '',
  splitOffset: 52,
};

test('a push that has begun comes to its end while the server stops, and no other begins', async () => {
  const clone = await cloned();
  const next = addCommit(clone, 'main', 'pushed');
  await client.query('create database other');
  const pusher = remote();
  const there = await readRemoteRefs(pusher);
  const file = await pusher.uploadChunks([], recordsOf(clone, next));
  const edits = () => new Map([['refs/heads/main', next]]);
  let goOn = (): void => {};
  const ready = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  await client.end();
  const stopped = running.stop();
  const swap = swapRemoteRefs(pusher, there, edits, { files: [file], held: new Map() }, ready);
  expect(await codeOf(call(methods.getUploadLocations, { repoPath: 'other', tableFileDetails: [someFile] }))).toBe(
    GrpcStatus.unavailable,
  );
  goOn();
  expect(await swap).toBe(true);
  await stopped;
  await start();
  await client.query('use shop');
  expect(await rows("select hashof('main'), (select count(*) from dolt_status)")).toEqual([[next, 0]]);
  clone.close();
});

test('pushes and sessions at the same time lose nothing of each other', async () => {
  const clones = await Promise.all(Array.from({ length: 6 }, () => cloned()));
  const pushing = clones.map((clone, i) => {
    addCommit(clone, `b${i}`, `of ${i}`);
    return pushTo(clone, remote(), origin(), [pushSpec(`b${i}`)]);
  });
  const writing = (async () => {
    for (let i = 10; i < 40; i++) {
      await client.query(`insert into t values (${i}, 'x')`);
      if (i % 5 === 0) await client.query(`call dolt_commit('-am','${i}')`);
    }
  })();
  await Promise.all([...pushing, writing]);
  expect(await rows('select count(*) from t')).toEqual([[31]]);
  expect((await rows('select name from dolt_branches')).length).toBe(7);
  for (const clone of clones) clone.close();
  await client.query('call dolt_gc()');
  const whole = await cloned();
  assertComplete(whole);
  whole.close();
});

describe('rights', () => {
  beforeEach(async () => {
    await client.query(
      "create user cloner@'%' identified by 'cloner'; grant clone_admin on *.* to cloner@'%';" +
        "create user nobody@'%' identified by 'nobody'; grant select on *.* to nobody@'%';" +
        "create user pusher@'%' identified with mysql_native_password by 'pusher'; grant super on *.* to pusher@'%';" +
        "create user locked@'%' identified by 'locked' account lock; grant super on *.* to locked@'%'",
    );
  });

  test('reading takes CLONE_ADMIN, pushing SUPER, both a password that is right', async () => {
    const { rootHash } = await call(methods.root, {});
    const commit = { current: rootHash, last: rootHash, chunkTableInfo: [] };
    const id = new Uint8Array(20).fill(1);
    const tableFileDetails = [
      { id, contentLength: 1, contentHash: new Uint8Array(16), numChunks: 1, suffix: '', splitOffset: 0 },
    ];
    const reads: Parameters<typeof call>[] = [
      [methods.root as never, {}],
      [methods.rebase as never, {}],
      [methods.hasChunks as never, {}],
      [methods.listTableFiles as never, {}],
      [methods.getDownloadLocations as never, {}],
      [methods.getRepoMetadata as never, { clientRepoFormat: { nbfVersion: '__DOLT__', nbsVersion: '5' } } as never],
    ];
    const writes: Parameters<typeof call>[] = [
      [methods.commit as never, commit as never],
      [methods.addTableFiles as never, { chunkTableInfo: [] } as never],
      [methods.getUploadLocations as never, { tableFileDetails } as never],
    ];
    for (const [user, mayRead, mayWrite] of [
      ['cloner', true, false],
      ['nobody', false, false],
      ['pusher', true, true],
    ] as const) {
      for (const [method, request] of reads)
        expect(await codeOf(call(method, request, user, user)), `${user} ${method.path}`).toBe(
          mayRead ? GrpcStatus.ok : GrpcStatus.permissionDenied,
        );
      for (const [method, request] of writes)
        expect(await codeOf(call(method, request, user, user)), `${user} ${method.path}`).toBe(
          mayWrite ? GrpcStatus.ok : GrpcStatus.permissionDenied,
        );
    }
    for (const [user, password] of [
      ['cloner', 'x'],
      ['cloner', ''],
      ['pusher', ''],
      ['root', 'x'],
      ['locked', 'locked'],
      ['unknown', ''],
      ['', ''],
    ] as const)
      expect(await codeOf(call(methods.root, {}, user, password)), user).toBe(GrpcStatus.unauthenticated);
  });

  test('a right that is taken away is gone for URLs that were handed out, too', async () => {
    const { tableFileInfo } = await call(methods.listTableFiles, {}, 'cloner', 'cloner');
    const [{ url: file } = { url: '' }] = tableFileInfo;
    expect((await fetch(file)).status).toBe(200);
    await client.query("revoke clone_admin on *.* from cloner@'%'");
    expect((await fetch(file)).status).toBe(403);
    await client.query("drop user cloner@'%'");
    expect((await fetch(file)).status).toBe(401);
  });

  test('a database that is not there', async () => {
    const root = call(methods.root, { repoPath: 'nothing' });
    await expect(root).rejects.toMatchObject({ code: GrpcStatus.unknown, details: 'database not found: nothing' });
  });
});

test('who only reads is told so', async () => {
  await client.end();
  await running.stop();
  await start({ read_only: true });
  const clone = await cloned();
  addCommit(clone, 'main', 'pushed');
  await expect(pushTo(clone, remote(), origin(), [pushSpec('main')])).rejects.toThrow(/read-only/);
  const { pushConcurrencyControl } = await call(methods.getRepoMetadata, {
    clientRepoFormat: { nbfVersion: '__DOLT__', nbsVersion: '5' },
  });
  expect(pushConcurrencyControl).toBe(PushConcurrency.assertWorkingSet);
  clone.close();
});

test('a replica takes no pushes, and a primary replicates what is pushed to it', async () => {
  const { disk } = environment;
  disk.makeDirectory('test', '/remote');
  await client.query(
    "use shop; call dolt_remote('add','backup','file:///remote'); set global dolt_replicate_to_remote = 'backup'; set global dolt_replicate_all_heads = 1",
  );
  await client.query("insert into t values (5,'five'); call dolt_commit('-am','replicated')");
  const clone = await cloned();
  const next = addCommit(clone, 'main', 'pushed');
  await pushTo(clone, remote(), origin(), [pushSpec('main')]);
  const { openRemote } = await import('../../src/remote/open-remote.ts');
  const backup = openRemote(environment, 'file:///remote');
  expect((await readRemoteRefs(backup)).get('refs/heads/main')).toBe(next);
  backup.close();
  await client.query("set global dolt_replicate_to_remote = ''; set global dolt_read_replica_remote = 'backup'");
  addCommit(clone, 'main', 'late');
  await expect(pushTo(clone, remote(), origin(), [pushSpec('main')])).rejects.toThrow(/read replica/);
  expect((await rows("select hashof('main')"))[0]![0]).toBe(next);
  clone.close();
});
