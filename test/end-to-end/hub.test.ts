/** `dolt hub` from the command line: from nothing to a hub, several hubs over one folder, and hubs that are killed. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Address } from '../../src/base/address.ts';
import { DoltError } from '../../src/base/errors.ts';
import { NodeDisk } from '../../src/base/node-disk.ts';
import { checkStore } from '../../src/chunks/store-check.ts';
import { realEnvironment } from '../../src/real-environment.ts';
import { cloneInto } from '../../src/remote/clone.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import { pushTo } from '../../src/remote/push.ts';
import { readRemoteRefs } from '../../src/remote/remote-refs.ts';
import { newRemote } from '../../src/repo/repo-state.ts';
import { Repository } from '../../src/repo/repository.ts';
import { addCommit, assertComplete, pushSpec } from '../remote/remote-fixture.ts';
import { Scratch } from './command-line.ts';
import { HubProcess } from './hub-process.ts';
import { freePort } from './sql-server.ts';

const environment = realEnvironment({ warn() {}, info() {} });
let scratch: Scratch;
let hubs: HubProcess[];

beforeEach(() => {
  scratch = new Scratch({ DOLT_HUB_PASSWORD: 'correct horse', DOLT_REMOTE_PASSWORD: 'correct horse' });
  hubs = [];
  scratch.directory('data');
});
afterEach(async () => {
  for (const hub of hubs) await hub.end();
  scratch.remove();
});

async function start(...flags: readonly string[]): Promise<HubProcess> {
  const hub = await HubProcess.start(scratch, 'data', ...flags);
  hubs.push(hub);
  return hub;
}

const hub = (...args: readonly string[]): string => scratch.run('data', ['hub', ...args]);
const refused = (...args: readonly string[]): string => scratch.try('data', ['hub', ...args]).err;

test('from nothing to users who push, clone and are refused', async () => {
  for (const [key, value] of Object.entries({ 'user.name': 'A', 'user.email': 'a@b.c' })) {
    scratch.run('.', ['config', '--global', '--add', key, value]);
  }
  hub('user', 'add', 'ada');
  hub('user', 'add', 'ben');
  hub('user', 'add', 'robot', '--no-password');
  const running = await start();
  scratch.repository('work');
  scratch.sql('work', "create table t (a int primary key); insert into t values (1); call dolt_commit('-Am', 'one')");
  scratch.run('work', ['remote', 'add', 'origin', running.url('ada/shop')]);
  expect(scratch.try('work', ['push', 'origin', 'main']).err).toContain('access denied');
  expect(scratch.try('work', ['push', '--user', 'ben', 'origin', 'main']).err).toContain('there is no repository');
  scratch.run('work', ['push', '--user', 'ada', 'origin', 'main']);
  expect(hub('repo', 'ls')).toBe('ada/shop\tprivate\n');

  // Rights hold at once, in the hub that runs.
  expect(scratch.try('.', ['clone', '--user', 'ben', running.url('ada/shop'), 'copy']).status).not.toBe(0);
  hub('grant', 'ben', 'reader', 'ada/shop');
  scratch.run('.', ['clone', '--user', 'ben', running.url('ada/shop'), 'copy']);
  expect(scratch.rows('copy', 'select a from t')).toEqual([{ a: 1 }]);
  scratch.sql('copy', "insert into t values (2); call dolt_commit('-am', 'two')");
  expect(scratch.try('copy', ['push', '--user', 'ben', 'origin', 'main']).err).toContain('permission denied');
  hub('grant', 'ben', 'writer', 'ada/shop');
  scratch.run('copy', ['push', '--user', 'ben', 'origin', 'main']);
  expect(hub('grant')).toBe('ben\twriter\tada/shop\n');

  // A key pair and a token, for programs.
  const publicKey = /pub key: (\S+)/.exec(scratch.run('.', ['creds', 'new']))![1]!;
  hub('key', 'add', 'robot', publicKey);
  expect(hub('key', 'ls')).toContain(`robot\t${publicKey}`);
  expect(scratch.run('.', ['creds', 'check', '--endpoint', `http://127.0.0.1:${running.grpcPort}`])).toContain(
    'User: robot',
  );
  hub('grant', 'robot', 'reader', 'ada');
  scratch.run('.', ['clone', running.url('ada/shop'), 'by-key']);
  expect(scratch.rows('by-key', 'select count(*) n from t')).toEqual([{ n: 2 }]);
  hub('key', 'rm', 'robot', publicKey);
  expect(scratch.try('by-key', ['fetch']).err).toContain('access denied');
  const token = hub('token', 'new', 'robot', '--name', 'ci', '--days', '9').trim();
  expect(hub('token', 'ls')).toMatch(/^robot\t[0-9a-f]{16}\tci\tsince \d{4}-\d\d-\d\d\tuntil \d{4}-\d\d-\d\d\n$/);
  const withToken = new Scratch({ DOLT_REMOTE_PASSWORD: token });
  withToken.run('.', ['clone', '--user', 'robot', running.url('ada/shop'), 'by-token']);
  withToken.remove();
  expect(hub('user', 'ls')).toBe('ada\tpassword\nben\tpassword\nrobot\t1 token\n');

  // Everybody may read a public one, and nobody one that is gone.
  const nobody = new Scratch();
  expect(nobody.try('.', ['clone', running.url('ada/shop'), 'x']).status).not.toBe(0);
  hub('repo', 'public', 'ada/shop');
  nobody.run('.', ['clone', running.url('ada/shop'), 'x']);
  hub('repo', 'rm', 'ada/shop');
  expect(nobody.try('.', ['clone', running.url('ada/shop'), 'y']).status).not.toBe(0);
  nobody.remove();
  expect(hub('repo', 'ls')).toBe('');
  hub('repo', 'create', 'ada/shop');
  expect(hub('repo', 'ls'), 'what the old one allowed is forgotten').toBe('ada/shop\tprivate\n');

  expect(await running.end()).toBe(0);
  for (const secret of ['correct horse', token.slice(-43)]) {
    expect(running.log).not.toContain(secret);
    for (const file of readdirSync(scratch.path('data/.hub'), { recursive: true, encoding: 'utf8' })) {
      if (statSync(scratch.path('data/.hub', file)).isDirectory()) continue;
      expect(readFileSync(scratch.path('data/.hub', file), 'latin1')).not.toContain(secret);
    }
  }
});

test('what is wrong is said', () => {
  expect(refused('user', 'add', 'a/b')).toContain("'a/b' is no name for a user");
  expect(refused('user', 'ad', 'ada')).toContain("unknown action 'ad'; did you mean 'add'?");
  expect(refused('user', 'passwd', 'nobody')).toContain("there is no user 'nobody'");
  expect(refused('grant', 'nobody', 'reader', 'x')).toContain("there is no user 'nobody'");
  expect(refused('grant', 'nobody', 'king', 'x')).toContain("the right is one of reader, writer, owner, not 'king'");
  expect(refused('repo', 'create', '../x')).toContain("'../x' is not an owner/database");
  expect(refused('repo', 'rm', 'a/b')).toContain('there is no repository a/b');
  expect(refused('key', 'add', 'x', 'y')).toContain("'y' is no public key");
  expect(refused('gr')).toContain('Did you mean `dolt hub gc`?');
  expect(refused('--open', '--host', '0.0.0.0')).toContain('--open: everybody could change everything from 0.0.0.0');
  expect(refused('--require-tls')).toContain('--require-tls: there is no certificate');
  expect(refused('--config', 'nowhere.yaml')).toContain('cannot read');
  expect(refused('--data-dir', 'nowhere')).toContain('there is no folder');
  const short = new Scratch({ DOLT_HUB_PASSWORD: 'short' });
  expect(short.try('.', ['hub', 'user', 'add', 'ada']).err).toContain('8 characters or more');
  short.remove();
});

interface Pushed {
  readonly branch: string;
  readonly head: Address;
}

/** Pushes commits to a branch of its own until told to stop; those that were acknowledged, in order. */
async function pusher(
  branch: string,
  url: () => string,
  goesOn: (pushed: number) => boolean,
  acknowledged: Pushed[] = [],
): Promise<Pushed[]> {
  const repository = Repository.init(environment, scratch.path(branch), {
    ...{ name: 'A', email: 'a@b.c', initialBranch: 'main' },
  });
  for (let i = 0; goesOn(acknowledged.length); i++) {
    const head = addCommit(repository, branch, `${branch} ${i}`);
    const remote = openRemote(environment, url());
    try {
      await pushTo(repository, remote, newRemote('origin', url()), [pushSpec(branch)]);
      acknowledged.push({ branch, head });
    } catch (error) {
      // The hub was killed, or is not there yet.
      if (!(error instanceof DoltError) || !['unavailable', 'unknown', 'invalid'].includes(error.kind)) throw error;
      await sleep(20);
    } finally {
      remote.close();
    }
  }
  repository.close();
  return acknowledged;
}

/** What was acknowledged is there, with all before it, and the store has no damage. */
async function assertAllThere(url: string, name: string, pushes: readonly (readonly Pushed[])[]): Promise<void> {
  const remote = openRemote(environment, url);
  const refs = await readRemoteRefs(remote);
  const clone = await cloneInto(environment, remote, url, scratch.path('clone'));
  assertComplete(clone);
  for (const { branch, head } of pushes.flat()) {
    // A later push, whose answer was lost, may have moved it on.
    expect(refs.get(`refs/heads/${branch}`)).toBeDefined();
    expect(clone.chunks.has(head), `${branch} ${head}`).toBe(true);
  }
  clone.close();
  remote.close();
  expect([...checkStore(new NodeDisk(), scratch.path('data', name), false)]).toEqual([]);
}

test('two hubs over one folder, and twenty pushers: no update is lost', async () => {
  const both = [await start('--open'), await start('--open')];
  const pushes = await Promise.all(
    Array.from({ length: 20 }, (_, i) => {
      const url = both[i % 2]!.url('acme/shop');
      return pusher(
        `b${i}`,
        () => url,
        (pushed) => pushed < 3,
      );
    }),
  );
  const remote = openRemote(environment, both[0]!.url('acme/shop'));
  const refs = await readRemoteRefs(remote);
  remote.close();
  for (const each of pushes) expect(refs.get(`refs/heads/${each[0]!.branch}`)).toBe(each.at(-1)!.head);
  await assertAllThere(both[1]!.url('acme/shop'), 'acme/shop', pushes);
});

test('a hub is killed during pushes, again and again: what it acknowledged is there, and nothing is torn', async () => {
  const port = await freePort();
  const flags = ['--open', '--grpc-port', String(port), '--gc-grace', '1h'];
  const url = `http://127.0.0.1:${port}/acme/shop`;
  let isOver = false;
  const branches = ['one', 'two', 'three'].map((branch) => ({ branch, pushed: [] as Pushed[] }));
  const pushing = Promise.all(
    branches.map(({ branch, pushed }) =>
      pusher(
        branch,
        () => url,
        () => !isOver,
        pushed,
      ),
    ),
  );
  const acknowledged = (): number => branches.reduce((sum, { pushed }) => sum + pushed.length, 0);
  const more = async (): Promise<void> => {
    const before = acknowledged();
    for (let i = 0; i < 600 && acknowledged() < before + 3; i++) await sleep(50);
    expect(acknowledged()).toBeGreaterThan(before);
  };
  for (let round = 0; round < 4; round++) {
    const victim = await start(...flags);
    await more();
    // In the middle of another push, each time somewhere else.
    await sleep(17 * round);
    await victim.end('SIGKILL');
  }
  const last = await start(...flags);
  await more();
  isOver = true;
  const pushes = await pushing;
  await assertAllThere(url, 'acme/shop', pushes);
  expect(await last.end('SIGINT')).toBe(0);
});
