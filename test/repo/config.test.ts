import { expect, test } from 'vitest';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { Config } from '../../src/repo/config.ts';

function write(disk: MemoryDisk, path: string, text: string): void {
  disk.makeDirectory('test', path.slice(0, path.lastIndexOf('/')));
  const file = disk.create('test', path);
  file.write('test', Buffer.from(text), 0);
  file.close();
}
const text = (disk: MemoryDisk, path: string): string => Buffer.from(disk.readFile(path) ?? []).toString();
const open = (disk: MemoryDisk): Config => new Config(disk, '/repo/.dolt', '/home/me');

test('local INI, local JSON, global INI, global JSON, in this order', () => {
  const disk = new MemoryDisk();
  write(disk, '/home/me/.dolt/config_global.json', '{"a.k":"1","b.k":"1","c.k":"1","d.k":"1"}');
  write(disk, '/home/me/.dolt/config', '[a]\nk = 2\n[b]\nk = 2\n[c]\nk = 2\n');
  write(disk, '/repo/.dolt/config.json', '{"a.k":"3","b.k":"3"}');
  write(disk, '/repo/.dolt/config', '[a]\nk = 4\n');
  const config = open(disk);
  expect(['a.k', 'b.k', 'c.k', 'd.k', 'e.k'].map((key) => config.get(key))).toEqual(['4', '3', '2', '1', undefined]);
  expect(config.get('a.k', 'global')).toBe('2');
  expect([...config.entries()]).toEqual([
    ['a.k', '4'],
    ['b.k', '3'],
    ['c.k', '2'],
    ['d.k', '1'],
  ]);
});

test('what is written is Git-like INI and reads back', () => {
  const disk = new MemoryDisk();
  const values = new Map([
    ['user.name', 'A; "Person" = me'],
    ['user.email', 'a@example.com'],
    ['sqlserver.global.dolt_replicate_to_remote', 'origin'],
    ['sqlserver.global.dolt_skip_replication_errors', '1'],
    ['user', 'a section of this name exists'],
    ['pad.k', '  blanks  '],
    ['bool.k', 'true'],
  ]);
  open(disk).set('local', values);
  expect(text(disk, '/repo/.dolt/config')).toContain('[sqlserver.global]\ndolt_replicate_to_remote = origin\n');
  expect(new Map(open(disk).entries('local'))).toEqual(values);
  expect(open(disk).get('User.Name')).toBe('A; "Person" = me');
});

test('Git spells a subsection in quotes', () => {
  const disk = new MemoryDisk();
  write(disk, '/repo/.dolt/config', '# by hand\n[sqlserver "global"]\n\tdolt_transaction_commit = 1\n');
  expect(open(disk).get('sqlserver.global.dolt_transaction_commit')).toBe('1');
});

test('unset removes, and names what is not there', () => {
  const disk = new MemoryDisk();
  const config = open(disk);
  config.set(
    'global',
    new Map([
      ['a.b', '1'],
      ['a.c', '2'],
    ]),
  );
  expect(() => config.unset('global', ['a.b', 'a.x'])).toThrow("'a.x' is not set");
  expect(config.get('a.b')).toBe('1');
  config.unset('global', ['A.B']);
  expect([...config.entries()]).toEqual([['a.c', '2']]);
});

test('what a person has written stays: comments, order, blanks, spelling', () => {
  const disk = new MemoryDisk();
  const path = '/repo/.dolt/config';
  write(
    disk,
    path,
    '# Who I am\n[User]\n\tName=Ada ; of course\n\tEmail = ada@example.com\n\n; of replication\n[sqlserver "global"]\n  dolt_transaction_commit = 1\n# the end\n',
  );
  const config = open(disk);
  config.set(
    'local',
    new Map([
      ['user.name', 'Eve #2'],
      ['user.signingkey', 'k'],
      ['sqlserver.global.dolt_async_replication', '1'],
      ['init.defaultbranch', 'main'],
    ]),
  );
  expect(text(disk, path)).toBe(
    '# Who I am\n[User]\n\tName=Eve \\#2\n\tEmail = ada@example.com\n\tsigningkey = k\n\n; of replication\n[sqlserver "global"]\n  dolt_transaction_commit = 1\n  dolt_async_replication = 1\n# the end\n\n[init]\ndefaultbranch = main\n',
  );
  expect(open(disk).get('user.name')).toBe('Eve #2');
  config.unset('local', ['init.defaultBranch', 'user.email', 'sqlserver.global.dolt_async_replication']);
  expect(text(disk, path)).toBe(
    '# Who I am\n[User]\n\tName=Eve \\#2\n\tsigningkey = k\n\n; of replication\n[sqlserver "global"]\n  dolt_transaction_commit = 1\n# the end\n\n',
  );
  expect([...open(disk).entries().keys()]).toEqual([
    'sqlserver.global.dolt_transaction_commit',
    'user.name',
    'user.signingkey',
  ]);
  write(disk, path, '[a]\r\nk = 1\r\nk = 2\r\nflag\r\n');
  const windows = open(disk);
  windows.set(
    'local',
    new Map([
      ['a.k', '3'],
      ['a.flag', '0'],
    ]),
  );
  expect(text(disk, path)).toBe('[a]\r\nk = 1\r\nk = 3\r\nflag = 0\r\n');
  windows.unset('local', ['a.k']);
  expect([...open(disk).entries()]).toEqual([['a.flag', '0']]);
});

test('JSON files are never written', () => {
  const disk = new MemoryDisk();
  write(disk, '/repo/.dolt/config.json', '{"a.b":"1"}');
  const config = open(disk);
  config.set('local', new Map([['a.b', '2']]));
  expect(text(disk, '/repo/.dolt/config.json')).toBe('{"a.b":"1"}');
  expect(() => config.unset('local', ['a.b'])).toThrow('/repo/.dolt/config.json');
  expect(config.get('a.b')).toBe('2');
});

test('keys another process wrote meanwhile stay', () => {
  const disk = new MemoryDisk();
  const mine = open(disk);
  mine.set('local', new Map([['a.b', '1']]));
  open(disk).set('local', new Map([['a.c', '2']]));
  mine.set('local', new Map([['a.d', '3']]));
  expect([...open(disk).entries().keys()]).toEqual(['a.b', 'a.c', 'a.d']);
});

test('damaged JSON and bad keys are refused', () => {
  const disk = new MemoryDisk();
  write(disk, '/repo/.dolt/config.json', '{');
  expect(() => open(disk).get('a.b')).toThrow('/repo/.dolt/config.json is not JSON');
  for (const key of ['', 'a b', 'a..b', '.a', 'a.', '__proto__.x', 'a.__proto__']) {
    expect(() => open(new MemoryDisk()).set('local', new Map([[key, '1']]))).toThrow('is not a configuration key');
  }
});

test('a write that fails leaves the old file', () => {
  for (let n = 1, failed = true; failed; n++) {
    const memory = new MemoryDisk();
    open(memory).set('local', new Map([['a.b', 'old']]));
    const disk = new FailingDisk(memory, { failAt: n });
    let error: unknown;
    try {
      new Config(disk, '/repo/.dolt', undefined).set('local', new Map([['a.b', 'new']]));
    } catch (thrown) {
      error = thrown;
    }
    failed = disk.failed;
    expect(error !== undefined, `silent at ${disk.lastOperation}`).toBe(failed);
    expect(['old', 'new']).toContain(open(memory).get('a.b'));
  }
});
