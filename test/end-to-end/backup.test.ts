/** Backups by the built command: what is in them, and what is restored. */
import { existsSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { Scratch } from './command-line.ts';

let scratch: Scratch;
const url = (name: string): string => `file://${scratch.path(name)}`;

beforeAll(() => {
  scratch = new Scratch();
  scratch.repository('shop');
  scratch.sql(
    'shop',
    "create table t (a int primary key, b text); insert into t values (1, 'x'); call dolt_commit('-Am', 'c')",
  );
  scratch.run('shop', ['branch', 'feature']);
  scratch.run('shop', ['tag', 'v1']);
  scratch.sql('shop', "insert into t values (2, 'not committed')");
});
afterAll(() => scratch.remove());

test('backups are added, listed and removed', () => {
  expect(scratch.run('shop', ['backup', 'add', 'nightly', url('backups/nightly')])).toBe('');
  scratch.run('shop', ['backup', 'add', 'other', url('backups/other')]);
  expect(scratch.run('shop', ['backup'])).toBe('nightly\nother\n');
  expect(scratch.run('shop', ['backup', '-v'])).toContain(`nightly ${url('backups/nightly')} \n`);
  expect(scratch.try('shop', ['backup', 'add', 'nightly', url('x')])).toMatchObject({
    status: 1,
    err: "backup 'nightly' already exists\n",
  });
  expect(scratch.try('shop', ['backup', 'add', 'again', url('backups/other')])).toMatchObject({
    status: 1,
    err: `address conflict with a remote: 'other' -> ${url('backups/other')}\n`,
  });
  scratch.run('shop', ['backup', 'rm', 'other']);
  expect(scratch.rows('shop', 'select name, url from dolt_backups')).toEqual([
    { name: 'nightly', url: url('backups/nightly') },
  ]);
  for (const args of [
    ['rm', 'other'],
    ['sync', 'other'],
  ]) {
    expect(scratch.try('shop', ['backup', ...args])).toMatchObject({ status: 1, err: "backup 'other' not found\n" });
  }
  expect(scratch.try('shop', ['backup', 'nope']).status).toBe(1);
});

test('what killed syncs have left is pruned where nothing else was written lately', () => {
  const [folder, left] = [scratch.path('backups/pruned'), `${scratch.path('backups/pruned')}/${'0'.repeat(32)}`];
  const sync = (...args: string[]) => scratch.try('shop', ['backup', 'sync-url', url('backups/pruned'), ...args]);
  const age = (...names: string[]): void => {
    const seconds = Date.now() / 1000 - 7200;
    for (const name of names) utimesSync(`${folder}/${name}`, seconds, seconds);
  };
  sync();
  writeFileSync(left, 'half of a file');
  age(...readdirSync(folder));
  writeFileSync(`${folder}/LOCK`, '');
  expect(sync('--prune-with-grace-period', '1h30m').out).toMatch(
    /^Pruning file:.*: deleted 0 file\(s\), reclaimed 0 bytes; skipped: "LOCK" was modified \ds ago \(grace period 1h30m\)\n$/,
  );
  expect(existsSync(left)).toBe(true);
  age('LOCK');
  expect(sync('--prune-with-grace-period', '1h').out).toBe(
    `Pruning ${url('backups/pruned')}: deleted 1 file(s), reclaimed 14 bytes\n`,
  );
  expect(existsSync(left)).toBe(false);
  for (const [args, words] of [
    [['sync', 'nightly', '--prune-with-grace-period', '9m59s'], 'must be at least 10m0s, got 9m59s'],
    [['sync', 'nightly', '--prune-with-grace-period', '1x'], 'time: invalid duration "1x"'],
    [['rm', 'nightly', '--prune-with-grace-period', '1h'], "only supported with 'sync' and 'sync-url'"],
    [['restore', '--prune-with-grace-period', '1h', url('x'), 'y'], "only supported with 'sync' and 'sync-url'"],
  ] as const) {
    const { status, err } = scratch.try('shop', ['backup', ...args]);
    expect({ status, err }).toMatchObject({ status: 1, err: expect.stringContaining(words) });
  }
});

test('a backup holds branches, tags and what is not committed, and follows what changes', () => {
  scratch.run('shop', ['backup', 'sync', 'nightly']);
  scratch.directory('elsewhere');
  scratch.run('elsewhere', ['backup', 'restore', url('backups/nightly'), 'copy']);
  const there = (query: string) => scratch.rows('elsewhere/copy', query);
  expect(there('select * from t')).toEqual(scratch.rows('shop', 'select * from t'));
  expect(there('select name, hash from dolt_branches')).toEqual(
    scratch.rows('shop', 'select name, hash from dolt_branches'),
  );
  expect(there('select tag_name, tag_hash from dolt_tags')).toEqual(
    scratch.rows('shop', 'select tag_name, tag_hash from dolt_tags'),
  );
  expect(there('select table_name, status from dolt_status')).toEqual([{ table_name: 't', status: 'modified' }]);
  expect(scratch.run('elsewhere/copy', ['fsck'])).toContain('No problems found');

  scratch.sql('shop', "call dolt_branch('-D', 'feature'); update t set b = 'later' where a = 2");
  scratch.sql('shop', "call dolt_backup('sync', 'nightly')");
  expect(scratch.try('elsewhere', ['backup', 'restore', url('backups/nightly'), 'copy'])).toMatchObject({
    status: 1,
    err: "database 'copy' already exists, use '--force' to overwrite\n",
  });
  scratch.run('elsewhere', ['backup', 'restore', '--force', url('backups/nightly'), 'copy']);
  expect(there('select b from t where a = 2')).toEqual([{ b: 'later' }]);
  expect(there('select name from dolt_branches')).toEqual([{ name: 'main' }]);
  expect(existsSync(scratch.path('elsewhere', 'copy', '.restoring'))).toBe(false);
});

test('a restore that fails leaves what was there', () => {
  scratch.run('elsewhere', ['backup', 'restore', url('backups/nightly'), 'kept']);
  const { status, err } = scratch.try('elsewhere', ['backup', 'restore', '--force', url('backups/gone'), 'kept']);
  expect(status).toBe(1);
  expect(err).toContain('there is no folder');
  expect(scratch.rows('elsewhere/kept', 'select count(*) as n from t')).toEqual([{ n: 2 }]);
});

test('procedures: to a URL, and a database beside the others', () => {
  scratch.directory('data');
  scratch.run('data', ['backup', 'restore', url('backups/nightly'), 'one']);
  scratch.sql('data', `use one; call dolt_backup('sync-url', '${url('backups/two')}')`);
  scratch.sql('data', `call dolt_backup('restore', '${url('backups/two')}', 'two')`);
  expect(scratch.rows('data', 'select count(*) as n from two.t')).toEqual([{ n: 2 }]);
  scratch.sql('data', `use two; delete from t; call dolt_backup('restore', '--force', '${url('backups/two')}', 'two')`);
  expect(scratch.rows('data', 'select count(*) as n from two.t')).toEqual([{ n: 2 }]);
  for (const [call, message] of [
    ["dolt_backup('restore', 'file:///x', 'one')", "database 'one' already exists, use '--force' to overwrite"],
    ['dolt_backup()', "use 'dolt_backups' table to list backups"],
    ["dolt_backup('restore')", 'takes a url and a name'],
    ["dolt_backup('sync', 'zz')", "backup 'zz' not found"],
  ]) {
    const { status, err } = scratch.try('data', ['sql', '-q', `use one; call ${call}`]);
    expect(status, call).toBe(1);
    expect(err).toContain(message);
  }
});

test('a primary that is restored knows that it was', () => {
  scratch.directory('elsewhere');
  scratch.repository('primary');
  scratch.run('primary', ['remote', 'add', 'origin', url('remote')]);
  scratch.directory('remote');
  scratch.run('primary', ['config', '--local', '--add', 'sqlserver.global.dolt_replicate_to_remote', 'origin']);
  scratch.sql('primary', "create table t (a int primary key); call dolt_commit('-Am', 'c')");
  scratch.run('primary', ['backup', 'sync-url', url('backups/primary')]);
  scratch.run('elsewhere', ['backup', 'restore', url('backups/primary'), 'primary']);
  scratch.run('elsewhere/primary', ['remote', 'add', 'origin', url('remote')]);
  scratch.run('elsewhere/primary', [
    'config',
    '--local',
    '--add',
    'sqlserver.global.dolt_replicate_to_remote',
    'origin',
  ]);
  const { status, err } = scratch.try('elsewhere/primary', ['sql', '-q', "call dolt_branch('x')"]);
  expect(status).toBe(1);
  expect(err).toContain('restored from a backup');
});
