/** The command line and remotes over the network: a hub in a process of its own, users, key pairs, kills. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seeded } from '../replication/world.ts';
import { dolt, outcomeOf, Scratch } from './command-line.ts';
import { HubProcess } from './hub-process.ts';

const KILLS = Number(process.env['DOLT_KILL_ROUNDS'] ?? 1) * 6;
const SEED = Number(process.env['DOLT_KILL_SEED'] ?? 1);

const scratch = new Scratch();
let hub: HubProcess;

const commits = (directory: string): readonly unknown[] => scratch.rows(directory, 'select commit_hash from dolt_log');

beforeAll(async () => {
  scratch.directory('served');
  hub = await HubProcess.start(scratch, 'served', '--open');
  scratch.run('.', ['config', '--global', '--add', 'remotes.default_host', hub.origin]);
  scratch.run('.', ['config', '--global', '--add', 'user.name', 'A B']);
  scratch.run('.', ['config', '--global', '--add', 'user.email', 'a@b.c']);
  scratch.repository('ours');
  scratch.sql('ours', 'create table t (id int primary key, v varchar(600))');
  // Contents that differ, so that there is something to copy.
  const values = Array.from({ length: 3000 }, (_, i) => `(${i}, repeat(sha2('${i}', 512), 4))`);
  scratch.run('ours', ['sql'], `insert into t values ${values.join(', ')}; call dolt_commit('-Am', 'one');`);
  scratch.run('ours', ['remote', 'add', 'origin', 'ada/shop']);
  scratch.run('ours', ['push', 'origin', 'main']);
});
afterAll(async () => {
  await hub?.end();
  scratch.remove();
});

test('owner/database is pushed to, cloned and pulled from, with the words of the documentation', () => {
  expect(scratch.run('ours', ['remote', '-v'])).toBe(`origin ${hub.origin}/ada/shop \n`);
  const { status, err } = scratch.try('.', ['clone', 'ada/shop', 'theirs']);
  expect(err).toMatch(
    /^cloning http:\/\/127.0.0.1:\d+\/ada\/shop\n(\d+) of \1 chunks complete. 0 chunks being downloaded currently.\n$/,
  );
  expect(status).toBe(0);
  expect(commits('theirs')).toEqual(commits('ours'));
  scratch.sql('theirs', "insert into t values (-1, 'theirs'); call dolt_commit('-am', 'two')");
  scratch.run('theirs', ['push', 'origin', 'main']);
  expect(scratch.run('ours', ['pull', 'origin', 'main'])).toContain('Fast-forward');
  expect(commits('ours')).toEqual(commits('theirs'));
  scratch.run('ours', ['push', `${hub.origin}/ada/elsewhere`, 'main']);
  scratch.run('.', ['clone', `${hub.origin}/ada/elsewhere`, 'elsewhere']);
  expect(commits('elsewhere')).toEqual(commits('ours'));
});

test('procedures and backups go there, too', () => {
  scratch.sql(
    'ours',
    `call dolt_remote('add', 'second', '${hub.origin}/ada/second'); call dolt_push('second', 'main')`,
  );
  scratch.directory('databases');
  scratch.sql(
    'ours',
    `call dolt_backup('add', 'nightly', '${hub.origin}/ada/nightly'); call dolt_backup('sync', 'nightly')`,
  );
  scratch.run('ours', ['backup', 'sync', 'nightly']);
  scratch.run('ours', ['backup', 'sync-url', `${hub.origin}/ada/other`]);
  scratch.run('.', ['backup', 'restore', `${hub.origin}/ada/nightly`, 'restored']);
  expect(commits('restored')).toEqual(commits('ours'));
  scratch.run('databases', ['sql'], `call dolt_clone('ada/second', 'second');`);
  expect(commits('databases/second')).toEqual(commits('ours'));
});

test.each([
  ['clone', KILLS, ['clone', 'ada/shop']],
  ['clone of a limited depth', KILLS / 2, ['clone', '--depth', '1', 'ada/shop']],
  ['restore', KILLS / 2, ['backup', 'restore', 'ada/shop']],
])('a %s that is killed, as often as you like, goes on and ends with the same', async (name, kills, command) => {
  const random = seeded(SEED);
  const whole = `whole ${name}`;
  const killed = `killed ${name}`;
  scratch.run('.', ['config', '--global', '--add', 'backups.default_host', hub.origin]);
  const started = Date.now();
  scratch.run('.', [...command, whole]);
  const took = Date.now() - started;
  for (let kill = 0; kill < kills && !existsSync(scratch.path(`${killed}/.dolt`)); kill++) {
    const child = spawn(dolt, [...command, killed], { cwd: scratch.folder, env: scratch.environment });
    const timer = setTimeout(() => child.kill('SIGKILL'), took * random());
    await outcomeOf(child, '');
    clearTimeout(timer);
  }
  const { status, err } = scratch.try('.', [...command, killed]);
  if (status !== 0) expect(err).toMatch(/already exists/);
  expect(readdirSync(scratch.path(killed))).toEqual(['.dolt']);
  expect(commits(killed)).toEqual(commits(whole));
  expect(scratch.run(killed, ['fsck'])).toMatch(/No problems found/);
});

describe('a hub with accounts', () => {
  const as = (password: string | undefined, ...args: readonly string[]) => {
    const before = scratch.environment['DOLT_REMOTE_PASSWORD'];
    if (password === undefined) delete scratch.environment['DOLT_REMOTE_PASSWORD'];
    else scratch.environment['DOLT_REMOTE_PASSWORD'] = password;
    try {
      return scratch.try('private', args);
    } finally {
      if (before !== undefined) scratch.environment['DOLT_REMOTE_PASSWORD'] = before;
    }
  };
  let closed: HubProcess;

  beforeAll(async () => {
    scratch.directory('accounts');
    for (const name of ['ada', 'eve']) {
      scratch.environment['DOLT_HUB_PASSWORD'] = `${name}'s own password`;
      scratch.run('accounts', ['hub', 'user', 'add', name]);
    }
    scratch.run('accounts', ['hub', 'grant', 'ada', 'owner', 'ada']);
    closed = await HubProcess.start(scratch, 'accounts');
    scratch.repository('private');
    scratch.run('private', ['remote', 'add', 'origin', `${closed.origin}/ada/private`]);
  });
  afterAll(() => closed?.end());

  test('lets in who has the password, and says what others can do', () => {
    expect(as(undefined, 'push', 'origin', 'main').err).toMatch(/access denied|permission denied|no repository/);
    expect(as(undefined, 'push', '--user', 'ada', 'origin', 'main').err).toMatch(/must set DOLT_REMOTE_PASSWORD/);
    expect(as('guess', 'push', '--user', 'ada', 'origin', 'main').err).toMatch(
      /access denied: .*name the user by --user and set DOLT_REMOTE_PASSWORD/,
    );
    expect(as("eve's own password", 'push', '--user', 'eve', 'origin', 'main').err).toMatch(
      /permission denied: .*ask its owner for the right|there is no repository 'ada\/private'/,
    );
    const { status, err } = as("ada's own password", 'push', '--user', 'ada', 'origin', 'main');
    expect(status, err).toBe(0);
    for (const command of ['fetch', 'pull']) {
      const { status, err } = as(
        "ada's own password",
        command,
        '--user',
        'ada',
        'origin',
        ...(command === 'pull' ? ['main'] : []),
      );
      expect(status, err).toBe(0);
    }
    const cloned = as("ada's own password", 'clone', '--user', 'ada', `${closed.origin}/ada/private`, '../mine');
    expect(cloned.status, cloned.err).toBe(0);
    // Who cloned is who fetches.
    scratch.environment['DOLT_REMOTE_PASSWORD'] = "ada's own password";
    scratch.run('mine', ['fetch']);
    delete scratch.environment['DOLT_REMOTE_PASSWORD'];
    expect(scratch.try('.', ['clone', `${closed.origin}/ada/private`, 'stolen']).status).toBe(1);
    expect(existsSync(scratch.path('stolen'))).toBe(false);
  });

  test('lets in who has a key pair that it knows, with nothing to type', () => {
    const [, key] = /pub key: (\S+)/.exec(scratch.run('private', ['creds', 'new']))!;
    expect(as(undefined, 'fetch').err).toMatch(/access denied/);
    scratch.run('accounts', ['hub', 'key', 'add', 'ada', key!]);
    const check = ['creds', 'check', '--endpoint', closed.origin];
    expect(scratch.run('private', check)).toMatch(/Success.\n {2}User: ada\n/);
    scratch.sql('private', "create table t (id int primary key); call dolt_commit('-Am', 'by key')");
    scratch.run('private', ['push', 'origin', 'main']);
    scratch.run('.', ['clone', `${closed.origin}/ada/private`, 'by-key']);
    expect(commits('by-key')).toEqual(commits('private'));
    const again = scratch.run('.', ['login', '-e', closed.origin, key!]);
    expect(again).toBe('Key successfully associated with user: ada email \n');
    scratch.run('private', ['creds', 'rm', key!]);
    expect(as(undefined, 'fetch').err).toMatch(/user.creds: there is no key pair .*dolt creds use/);
  });

  test('login makes a key pair, opens the page where it is added, and waits until it is', async () => {
    writeFileSync(scratch.path('browser'), '#!/bin/sh\necho "$1" > opened\n', { mode: 0o755 });
    const environment = { ...scratch.environment, BROWSER: scratch.path('browser') };
    const args = ['login', '--auth-endpoint', closed.origin];
    const child = spawn(dolt, args, { cwd: scratch.folder, env: environment });
    const outcome = outcomeOf(child, '');
    const said = await new Promise<string>((resolve) => {
      let text = '';
      child.stdout.on('data', (piece) => {
        text += piece;
        if (text.includes('Checking')) resolve(text);
      });
    });
    const [, key] = /^Credentials created successfully.\npub key: (\S+)\n/.exec(said)!;
    const page = `${closed.origin}/keys?key=${key}`;
    expect(said).toContain(`\t${page}\n`);
    scratch.run('accounts', ['hub', 'key', 'add', 'ada', key!]);
    const { status, out } = await outcome;
    expect({ status, out }).toMatchObject({ status: 0, out: expect.stringContaining('associated with user: ada') });
    expect(readFileSync(scratch.path('opened'), 'utf8')).toBe(`${page}\n`);
    expect(as(undefined, 'fetch').status).toBe(0);
    // What nobody will ever answer otherwise is not waited for.
    const open = scratch.try('.', ['login', '-e', hub.origin]);
    expect(open).toMatchObject({ status: 1, err: expect.stringContaining('this hub is open') });
  });
});
