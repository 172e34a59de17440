/**
 * No room and no permission: a limit on the size of files stands for a full disk, since any user can set one. The error
 * names the file and what is wrong with it, the repository is as it was, and with room again the same command works.
 */
import { type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dolt, Scratch } from './command-line.ts';

const scratch = new Scratch();
afterAll(() => {
  spawnSync('chmod', ['-R', 'u+w', scratch.folder]);
  scratch.remove();
});

/** Runs a command that may write no file larger than `blocks` of 512 or 1024 bytes. */
function limited(blocks: number, directory: string, args: readonly string[], input = ''): SpawnSyncReturns<string> {
  const script = `trap '' XFSZ; ulimit -f ${blocks}; exec "$@"`;
  return spawnSync('/bin/sh', ['-c', script, 'sh', dolt, ...args], {
    cwd: scratch.path(directory),
    env: scratch.environment,
    encoding: 'utf8',
    input,
  });
}

const digest = (directory: string): unknown[] => [
  scratch.rows(directory, 'select commit_hash from dolt_log'),
  scratch.rows(directory, 'select dolt_hashof_db() as working'),
  scratch.run(directory, ['status']),
];

/** Files that belong to no store: what a failed write may leave. */
function leftovers(...folders: readonly string[]): string[] {
  return folders
    .filter((folder) => existsSync(scratch.path(folder)))
    .flatMap((folder) => readdirSync(scratch.path(folder)))
    .filter((name) => /^nbs_|\.tmp$/.test(name));
}

beforeAll(() => {
  scratch.repository('p');
  scratch.sql('p', 'create table t (id int primary key, v varchar(4000))');
  const noise = (i: number): string =>
    Array.from({ length: 12 }, (_, k) => Math.imul(i * 12 + k + 1, 0x9e3779b1) >>> 0).join('');
  const rows = Array.from({ length: 4000 }, (_, i) => `${i},${noise(i)}`);
  writeFileSync(scratch.path('rows.csv'), `id,v\n${rows.join('\n')}\n`);
  scratch.run('p', ['table', 'import', '-u', 't', scratch.path('rows.csv')]);
  scratch.sql('p', "call dolt_commit('-Am', 'one')");
  writeFileSync(scratch.path('more.csv'), `id,v\n${rows.map((row) => `1${row}!`).join('\n')}\n`);
  for (const name of ['remote', 'replicated']) scratch.directory(name);
  scratch.run('p', ['remote', 'add', 'origin', `file://${scratch.path('remote')}`]);
  scratch.run('p', ['remote', 'add', 'replicated', `file://${scratch.path('replicated')}`]);
});

describe('a full disk', () => {
  test('takes what fits, and says where it ends', () => {
    const inserts = Array.from(
      { length: 400 },
      (_, i) => `insert into t values (${10_000 + i}, repeat(md5(${i}), 100)); select 'row ${10_000 + i}' as said;`,
    );
    scratch.repository('q');
    scratch.sql('q', 'create table t (id int primary key, v varchar(4000))');
    const { status, stdout, stderr } = limited(120, 'q', ['sql', '-r', 'csv'], inserts.join('\n'));
    expect(status).toBe(1);
    expect(stderr).toMatch(/\.dolt\/noms\/v{32}: the file would become larger than is allowed/);
    const said = Array.from(stdout.matchAll(/^row (\d+)/gm), ([, id]) => Number(id));
    expect(said.length).toBeGreaterThan(10);
    expect(scratch.rows('q', 'select id from t').map(({ id }) => id)).toEqual(said);
    expect(scratch.run('q', ['fsck'])).toContain('No problems found.');
    scratch.sql('q', "insert into t values (1, 'more')");
    expect(scratch.rows('q', 'select count(*) as n from t')).toEqual([{ n: said.length + 1 }]);
  });

  test.each<[string, string[]]>([
    ['gc', ['gc']],
    ['an import', ['table', 'import', '-u', 't', 'more.csv']],
    ['a push', ['push', 'origin', 'main']],
  ])('%s changes nothing, and works with room again', (_name, args) => {
    const words = args.map((word) => (word === 'more.csv' ? scratch.path(word) : word));
    const before = digest('p');
    const { status, stderr } = limited(60, 'p', words);
    expect(stderr).toContain('the file would become larger than is allowed');
    expect(stderr).toContain(scratch.folder);
    expect(status).toBe(1);
    expect(leftovers('p/.dolt', 'p/.dolt/noms', 'p/.dolt/noms/oldgen', 'p/.dolt/temptf', 'remote')).toEqual([]);
    expect(digest('p')).toEqual(before);
    scratch.run('p', words);
    expect(scratch.run('p', ['fsck'])).toContain('No problems found.');
  });

  test('an import leaves no new table without its rows', () => {
    scratch.repository('n');
    const args = ['table', 'import', '-c', '--pk', 'id', 't', scratch.path('rows.csv')];
    const { status, stderr } = limited(60, 'n', args);
    expect(stderr).toContain('the file would become larger than is allowed');
    expect(status).toBe(1);
    expect(scratch.run('n', ['ls'])).toBe('No tables in working set\n');
    scratch.run('n', args);
    expect(scratch.rows('n', 'select count(*) as n from t')).toEqual([{ n: 4000 }]);
  });

  test('a clone leaves nothing', () => {
    const args = ['clone', `file://${scratch.path('remote')}`, 'clone'];
    const { status, stderr } = limited(60, '.', args);
    expect(stderr).toContain('the file would become larger than is allowed');
    expect(status).toBe(1);
    expect(existsSync(scratch.path('clone'))).toBe(false);
    scratch.run('.', args);
    expect(digest('clone')[0]).toEqual(digest('p')[0]);
  });

  test('a replicated commit that the remote cannot take does not happen', () => {
    scratch.run('p', ['config', '--add', '--local', 'sqlserver.global.dolt_replicate_to_remote', 'replicated']);
    // The journal is to have room.
    scratch.run('p', ['gc']);
    const before = digest('p');
    const query = "call dolt_commit('--allow-empty', '-m', 'two')";
    const { status, stderr } = limited(60, 'p', ['sql', '-q', query]);
    expect(status).toBe(1);
    expect(stderr).toContain(`replication to 'replicated'`);
    expect(stderr).toContain('the file would become larger than is allowed');
    expect(digest('p')).toEqual(before);
    scratch.sql('p', query);
    scratch.run('.', ['clone', `file://${scratch.path('replicated')}`, 'replica']);
    expect(digest('replica')[0]).toEqual(digest('p')[0]);
  });
});

describe('a folder that may only be read', () => {
  /** Permissions do not hold the superuser back: then the command runs as somebody else, where that one can start it. */
  const nobody = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};
  const run = (...args: string[]): SpawnSyncReturns<string> =>
    spawnSync(dolt, args, {
      cwd: scratch.path('r'),
      env: { ...scratch.environment, HOME: '/nonexistent' },
      encoding: 'utf8',
      ...nobody,
    });

  beforeAll(() => {
    scratch.repository('r');
    scratch.sql('r', "create table t (id int primary key); insert into t values (1); call dolt_commit('-Am', 'x')");
    chmodSync(scratch.folder, 0o755);
    spawnSync('chmod', ['-R', 'a+rX,a-w', scratch.path('r')]);
  });
  const startable = (): boolean => run('version').status === 0;

  test.each<[string, string, ...string[]]>([
    ['rows', '| 1  |', 'sql', '-q', 'select * from t'],
    ['the log', '(HEAD -> main) x', 'log', '--oneline'],
    ['the status', 'nothing to commit', 'status'],
    ['fsck', 'No problems found.', 'fsck'],
  ])('shows %s', (_name, expected, ...args) => {
    if (!startable()) return;
    expect(run(...args)).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining(expected) });
  });

  test.each<[string, ...string[]]>([
    ['an insert', 'sql', '-q', 'insert into t values (2)'],
    ['a commit', 'sql', '-q', "call dolt_commit('--allow-empty', '-m', 'y')"],
    ['a branch', 'branch', 'b'],
    ['gc', 'gc'],
    ['a remote', 'remote', 'add', 'origin', 'file:///nowhere'],
    ['a setting', 'config', '--add', '--local', 'user.name', 'B'],
  ])('refuses %s', (_name, ...args) => {
    if (!startable()) return;
    const { status, stdout, stderr } = run(...args);
    expect(stderr).toMatch(/\/r\/\.dolt\/.*: (permission denied|the file system is read-only)/);
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' });
  });
});

test('a newer format is refused with words', () => {
  scratch.repository('newer');
  const manifest = scratch.path('newer', '.dolt', 'noms', 'manifest');
  const text = spawnSync('cat', [manifest], { encoding: 'utf8' }).stdout;
  writeFileSync(manifest, text.replace(/^5:/, '6:'));
  for (const args of [['log'], ['sql', '-q', 'show tables'], ['gc'], ['fsck']]) {
    const { status, err } = scratch.try('newer', args);
    expect(err).toContain(`${manifest}: storage version 6 is newer than this program; update it`);
    expect(status).toBe(1);
  }
  writeFileSync(manifest, text);
  scratch.run('newer', ['log']);
  rmSync(scratch.path('newer'), { recursive: true });
});
