/** Replication from the outside: the built command in its own processes, on real disks. */
import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { repositoryRoot, Scratch } from './command-line.ts';

const bin = join(repositoryRoot, 'bin/dolt');
let scratch: Scratch;
beforeEach(() => {
  scratch = new Scratch();
});
afterEach(() => scratch.remove());

const configure = (folder: string, settings: Readonly<Record<string, string>>): void => {
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}`);
  writeFileSync(
    scratch.path(folder, '.dolt/config'),
    `[user]\nname = A\nemail = a@b.c\n[sqlserver.global]\n${lines.join('\n')}\n`,
  );
};

const PRIMARY = { dolt_replicate_to_remote: 'origin' };
const REPLICA = { dolt_read_replica_remote: 'origin', dolt_replicate_heads: 'main, f*' };

/** A primary with one replicated commit; its remote is given as a path relative to it. */
function primary(remote = '../remote', settings: Readonly<Record<string, string>> = PRIMARY): void {
  scratch.repository('p');
  scratch.run('p', ['remote', 'add', 'origin', `file://${remote}`]);
  configure('p', settings);
  scratch.sql('p', "create table t (pk int primary key, c int); call dolt_commit('-Am', 'one')");
}

function replica(settings: Readonly<Record<string, string>> = REPLICA): void {
  scratch.run('.', ['clone', `file://${scratch.path('remote')}`, 'r']);
  configure('r', settings);
}

const subjects = (folder: string, branch = 'main'): string[] =>
  scratch.rows(folder, `select message from dolt_log('${branch}')`).map(({ message }) => String(message));
const insert = (pk: number, c = 0): string => `insert into t values (${pk}, ${c}); call dolt_commit('-am', 'c${pk}')`;
const keys = (folder: string): unknown[] => scratch.rows(folder, 'select pk from t order by pk').map(({ pk }) => pk);

test('a relative path with blanks that is not there yet; statements by -q, a file and standard input', () => {
  primary('../not there yet/my remote');
  const url = `file://${scratch.path('not there yet/my remote')}`;
  expect(scratch.run('p', ['remote', '-v'])).toContain(`origin ${url} `);
  scratch.run('.', ['clone', url, 'r']);
  configure('r', REPLICA);
  scratch.sql('p', `${insert(1)}; ${insert(2)}`);
  writeFileSync(scratch.path('script.sql'), `${insert(3)};\n${insert(4)};\n`);
  scratch.run('p', ['sql', '-f', scratch.path('script.sql')]);
  expect(keys('r')).toEqual([1, 2, 3, 4]);
  scratch.run('p', ['sql'], `${insert(5)};\ncall dolt_branch('f1');\ncall dolt_tag('v1');\n`);
  expect(scratch.run('r', ['sql'], 'select count(*) from t;\nselect name from dolt_branches;\n')).toContain('f1');
  expect(subjects('r', 'f1')[0]).toBe('c5');
  expect(scratch.run('r', ['log', '--oneline', '-n', '1'])).toMatch(
    /\(HEAD -> main, f1, origin\/f1, origin\/main\) c5/,
  );
});

test('statements that come slowly through a pipe', () => {
  scratch.repository('p');
  const slow = `(sleep 1; echo "select 'first';"; sleep 1; echo "select 'second';") | '${bin}' sql`;
  const { status, stdout, stderr } = spawnSync('sh', ['-c', slow], {
    cwd: scratch.path('p'),
    env: scratch.environment,
    encoding: 'utf8',
  });
  expect([status, stderr]).toEqual([0, '']);
  expect(stdout).toMatch(/first[\s\S]*second/);
});

test('a remote that is gone, or a file: exit 1, nothing moves; it comes back, and the next commit takes all along', () => {
  primary();
  replica();
  renameSync(scratch.path('remote'), scratch.path('away'));
  for (const text of ['there is no folder', 'there is no folder']) {
    const failed = scratch.try('p', ['sql', '-q', insert(1)]);
    expect(failed.status).toBe(1);
    expect(failed.err).toMatch(new RegExp(`^replication to 'origin' \\(file://.*/remote\\) failed: .*${text}`));
    expect(scratch.run('p', ['status'])).toContain('modified:');
    scratch.run('p', ['checkout', '.']);
    writeFileSync(scratch.path('remote'), '');
  }
  expect(scratch.run('p', ['log', '--oneline']).split('\n')[0]).toMatch(/one$/);
  const read = scratch.try('r', ['sql', '-q', 'select * from t']);
  expect([read.status, read.out]).toEqual([1, '']);
  expect(read.err).toMatch(/replica cannot read its remote 'origin' \(file:.*there is no folder/);
  configure('r', { ...REPLICA, dolt_skip_replication_errors: '1' });
  const skipped = scratch.try('r', ['sql', '-q', 'select count(*) from t']);
  expect(skipped.status).toBe(0);
  expect(skipped.err).toMatch(/replica cannot read its remote 'origin'/);
  rmSync(scratch.path('remote'));
  renameSync(scratch.path('away'), scratch.path('remote'));
  scratch.run('p', ['commit', '--allow-empty', '-m', 'by hand']);
  scratch.sql('p', insert(2));
  expect(subjects('r').slice(0, 3)).toEqual(['c2', 'by hand', 'one']);
});

test('commands on a replica: errno 1290 in words, exit 1, nothing moves; branches of its own are free', () => {
  primary();
  scratch.sql('p', `${insert(1)}; call dolt_branch('f1'); call dolt_branch('-D', 'f1')`);
  replica();
  scratch.sql('r', 'select 1');
  writeFileSync(scratch.path('rows.csv'), 'pk,c\n9,0\n');
  const before = scratch.run('r', ['branch', '-av']);
  const refused = [
    ['commit', '--allow-empty', '-m', 'x'],
    ['commit', '--amend', '-m', 'x'],
    ['reset', '--hard', 'HEAD~1'],
    ['checkout', '-b', 'f2'],
    ['branch', 'f2'],
    ['branch', '-m', 'main', 'other'],
    ['table', 'import', '-u', 't', scratch.path('rows.csv')],
    ['sql', '-q', 'insert into t values (9, 0)'],
    ['sql', '-q', "call dolt_commit('--allow-empty', '-m', 'x')"],
  ];
  for (const args of refused) {
    const { status, out, err } = scratch.try('r', args);
    expect([status, out], args.join(' ')).toEqual([1, '']);
    expect(err, args.join(' ')).toMatch(
      /this database is a read replica of 'origin': branch '(main|f2)' takes no changes here/,
    );
  }
  expect(scratch.run('r', ['branch', '-av'])).toBe(before);
  scratch.run('r', ['checkout', '-b', 'mine']);
  scratch.run('r', ['table', 'import', '-u', 't', scratch.path('rows.csv')]);
  scratch.run('r', ['commit', '-am', 'mine']);
  const merge = (): ReturnType<Scratch['try']> => scratch.try('r', ['merge', 'mine']);
  scratch.run('r', ['checkout', 'main']);
  expect(merge()).toMatchObject({ status: 1, out: '' });
  scratch.sql('p', insert(2));
  expect(keys('r')).toEqual([1, 2]);
  expect(subjects('r', 'mine')[0]).toBe('mine');
});

test('commands on a primary say that they do not replicate, and their changes go along with the next that does', () => {
  primary();
  const said = (...args: string[]): string => {
    const { status, err } = scratch.try('p', args);
    expect(status, args.join(' ')).toBe(0);
    return err;
  };
  const note = /^note: commands of the command line do not replicate to 'origin'.*\n?$/;
  expect(said('commit', '--allow-empty', '-m', 'by hand')).toMatch(note);
  expect(said('checkout', '-b', 'f1')).toMatch(note);
  expect(said('commit', '--allow-empty', '-m', 'on f1')).toMatch(note);
  expect(said('checkout', 'main')).toBe('');
  expect(said('tag', 'v1')).toMatch(note);
  expect(said('merge', 'f1')).toMatch(note);
  expect(said('reset', '--hard', 'HEAD~1')).toMatch(note);
  expect(said('log')).toBe('');
  replica({ dolt_read_replica_remote: 'origin', dolt_replicate_all_heads: '1' });
  expect(subjects('r')).toEqual(['one', 'Initialize data repository']);
  scratch.sql('p', "call dolt_branch('f2')");
  expect(subjects('r')[0]).toBe('by hand');
  expect(subjects('r', 'f1')[0]).toBe('on f1');
  expect(scratch.rows('r', 'select tag_name from dolt_tags')).toEqual([{ tag_name: 'v1' }]);
});

test('two clones write in turn, and at once; a replica of a replica reads what both did', async () => {
  primary();
  scratch.run('.', ['clone', `file://${scratch.path('remote')}`, 'q']);
  configure('q', PRIMARY);
  scratch.sql('p', insert(1));
  scratch.sql('q', insert(2));
  const run = (folder: string, pk: number): Promise<number | null> =>
    new Promise((resolve, reject) => {
      const child = spawn(bin, ['sql', '-q', insert(pk)], {
        cwd: scratch.path(folder),
        env: scratch.environment,
        stdio: 'ignore',
      });
      child.on('error', reject).on('close', resolve);
    });
  expect(await Promise.all([run('p', 3), run('q', 4)])).toEqual([0, 0]);
  scratch.sql('q', insert(5));
  const conflict = scratch.try('p', ['sql', '-q', insert(5, 1)]);
  expect(conflict.status).toBe(1);
  expect(conflict.err).toMatch(/replication to 'origin' conflicts in t: .*Try again/);
  scratch.run('p', ['checkout', '.']);
  scratch.sql('p', insert(6));
  replica();
  expect(keys('r')).toEqual([1, 2, 3, 4, 5, 6]);
  // What it pulled goes along with what it does itself, to a remote of its own.
  scratch.run('r', ['remote', 'add', 'up', `file://${scratch.path('up')}`]);
  configure('r', { ...REPLICA, dolt_replicate_to_remote: 'up' });
  scratch.sql('r', "call dolt_tag('seen')");
  scratch.run('.', ['clone', `file://${scratch.path('up')}`, 'rr']);
  configure('rr', REPLICA);
  expect(keys('rr')).toEqual([1, 2, 3, 4, 5, 6]);
});

describe('asynchronous', () => {
  const ASYNC = { ...PRIMARY, dolt_async_replication: '1' };

  test('drains before it exits', () => {
    primary('../remote', ASYNC);
    replica();
    scratch.run('p', ['sql'], `${[1, 2, 3].map(insert).join(';\n')};\n`);
    expect(keys('r')).toEqual([1, 2, 3]);
  });

  test('killed with its queue full: the next start, of whatever statement, pushes it', async () => {
    primary('../remote', ASYNC);
    replica();
    // Somebody holds the remote's lock, so that no push gets through.
    const holder = spawn('flock', [scratch.path('remote/LOCK'), 'sleep', '60'], { detached: true, stdio: 'ignore' });
    const shell = spawn(bin, ['sql'], {
      cwd: scratch.path('p'),
      env: scratch.environment,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    try {
      const acknowledged = new Promise<void>((resolve) => {
        let out = '';
        shell.stdout.on('data', (data) => {
          out += String(data);
          if (out.includes('acknowledged')) resolve();
        });
      });
      shell.stdin.end(`${insert(1)};\ncall dolt_tag('v1');\nselect 'acknowledged';\n`);
      await acknowledged;
      process.kill(shell.pid!, 'SIGKILL');
    } finally {
      process.kill(-holder.pid!, 'SIGKILL');
    }
    expect(keys('r')).toEqual([]);
    scratch.sql('p', 'select 1');
    expect(keys('r')).toEqual([1]);
    expect(scratch.run('p', ['status'])).toContain('nothing to commit');
  });
});

test('several databases in one folder, created later too, on a primary and on its replica', () => {
  scratch.directory('data');
  scratch.directory('replica');
  const global = (key: string, value: string): string => scratch.run('.', ['config', '--global', '--add', key, value]);
  global('user.name', 'A');
  global('user.email', 'a@b.c');
  global('sqlserver.global.dolt_replication_remote_url_template', `file://${scratch.path('remotes')}/{database}`);
  global('sqlserver.global.dolt_replicate_to_remote', 'origin');
  const made = (name: string): string =>
    `create database ${name}; use ${name}; create table t (pk int primary key, c int); ${insert(1)}`;
  scratch.sql('data', made('a'));
  scratch.sql('data', `${made('b')}; use a; ${insert(2)}`);
  expect(existsSync(scratch.path('remotes/b/manifest'))).toBe(true);
  scratch.run('.', ['config', '--global', '--unset', 'sqlserver.global.dolt_replicate_to_remote']);
  global('sqlserver.global.dolt_read_replica_remote', 'origin');
  global('sqlserver.global.dolt_replicate_all_heads', '1');
  expect(scratch.rows('replica', 'use a; select pk from t order by pk')).toEqual([{ pk: 1 }, { pk: 2 }]);
  expect(scratch.rows('replica', 'use b; select count(*) as n from t')).toEqual([{ n: 1 }]);
  expect(scratch.try('replica', ['sql', '-q', 'use b; delete from t']).err).toMatch(/read replica of 'origin'/);
});

test('configuration: unknown keys are refused with the nearest, and warned of at the start; both roles on one remote are refused', () => {
  primary();
  const misspelt = scratch.try('p', [
    'config',
    '--add',
    '--local',
    'sqlserver.global.dolt_replicate_to_remotes',
    'origin',
  ]);
  expect(misspelt.status).toBe(1);
  expect(misspelt.err).toMatch(/did you mean 'dolt_replicate_to_remote'/);
  configure('p', { dolt_misspelt: '1' });
  const warned = scratch.try('p', ['sql', '-q', 'select 1']);
  expect([warned.status, warned.err]).toEqual([0, expect.stringMatching(/dolt_misspelt/)]);
  configure('p', { ...PRIMARY, ...REPLICA });
  const both = scratch.try('p', ['sql', '-q', 'select 1']);
  expect(both.status).toBe(1);
  expect(both.err).toMatch(/'origin' cannot be both/);
  expect(readFileSync(scratch.path('p/.dolt/config'), 'utf8')).toContain('dolt_read_replica_remote');
});

test('a full disk under the remote: exit 1, and what is there stays whole', (context) => {
  const mount = scratch.path('small');
  mkdirSync(mount);
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', mount]).status === 0;
  if (!mounted) return context.skip();
  try {
    primary('../small/remote');
    const rows = Array.from({ length: 400 }, (_, i) => `(${i}, '${randomBytes(500).toString('hex')}')`).join(',');
    scratch.sql('p', 'create table big (pk int primary key, c text)');
    const full = scratch.try('p', ['sql'], `insert into big values ${rows};\ncall dolt_commit('-Am', 'too much');\n`);
    expect(full.status).toBe(1);
    expect(full.err).toMatch(/replication to 'origin' .*(ENOSPC|no space)/i);
    expect(scratch.run('p', ['log', '--oneline', '-n', '1'])).toMatch(/one\n$/);
    scratch.sql('p', "delete from big; call dolt_commit('-Am', 'little')");
    scratch.run('.', ['clone', `file://${mount}/remote`, 'c']);
    expect(subjects('c')[0]).toBe('little');
  } finally {
    spawnSync('umount', [mount]);
  }
});
