/**
 * The redo log of a server's small commits: what was acknowledged is there after any crash, once, and what was refused is
 * not; damage and other programs' changes are told from crashes.
 */
import { describe, expect, test } from 'vitest';
import { DiskError } from '../../src/base/disk.ts';
import type { Random } from '../../src/base/environment.ts';
import { DoltError } from '../../src/base/errors.ts';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { type OpenedEngine, openEngine } from '../../src/open.ts';
import { checkIntegrity } from '../../src/repo/integrity.ts';
import { readRedoLog } from '../../src/repo/redo/redo-log.ts';
import { Refs } from '../../src/repo/refs.ts';
import { Repository } from '../../src/repo/repository.ts';
import { complete } from '../../src/repo/steps.ts';
import { Dice } from '../dice.ts';
import { realTime } from '../server/real-time.ts';
import { memoryEnvironment } from '../sql/memory-engine.ts';

const FOLDER = '/shop';
const LOG = '/shop/.dolt/noms/redo.log';

const environmentOf = (disk: MemoryDisk | FailingDisk) => ({ ...memoryEnvironment(), disk, timers: realTime.timers });

/** A server's engine over the repository, or, without `exclusive`, what a command has. */
function opened(disk: MemoryDisk | FailingDisk, exclusive = true): OpenedEngine {
  return openEngine(environmentOf(disk), FOLDER, { exclusive });
}

function prepared(): MemoryDisk {
  const disk = new MemoryDisk();
  disk.makeDirectory('test', FOLDER);
  const author = { name: 'A B', email: 'a@b.c' };
  const repository = Repository.init(environmentOf(disk), FOLDER, { ...author, initialBranch: 'main' });
  repository.config.set(
    'local',
    new Map([
      ['user.name', author.name],
      ['user.email', author.email],
    ]),
  );
  repository.close();
  return disk;
}

async function run(engine: OpenedEngine, ...statements: string[]): Promise<void> {
  const session = engine.engine.session({ database: 'shop' });
  for (const statement of statements) await session.query(statement);
}

async function rows(engine: OpenedEngine, query: string): Promise<unknown[][]> {
  const found = await engine.engine.session({ database: 'shop' }).query(query);
  return found.rows.map((row) => row.map((value) => value as unknown));
}

/** What a command finds when the power went. */
async function afterCrash(disk: MemoryDisk, query: string, random: Random = () => 0): Promise<unknown[][]> {
  const crashed = disk.crash(random);
  const engine = opened(crashed, false);
  const found = await rows(engine, query);
  engine.close();
  const { problems } = await complete(checkIntegrity(environmentOf(crashed), FOLDER));
  expect(problems).toEqual([]);
  return found;
}

const TABLE = 'create table t (id int primary key auto_increment, k int, s varchar(200), key (k))';

async function served(): Promise<{ disk: MemoryDisk; server: OpenedEngine }> {
  const disk = prepared();
  const server = opened(disk);
  await run(server, TABLE);
  return { disk, server };
}

describe('after a crash', () => {
  test('rows, indexes and the counter are as they were acknowledged', async () => {
    const { disk, server } = await served();
    await run(
      server,
      "insert into t (k, s) values (1, 'one'), (2, 'two'), (3, 'three')",
      "update t set s = 'deux', k = 20 where id = 2",
      'delete from t where k = 3',
      "insert into t (k, s) values (4, 'four')",
    );
    expect(readRedoLog(disk, LOG, { epoch: 0, sequence: 0 })).toHaveLength(4);
    const all = [
      [1, 1, 'one'],
      [2, 20, 'deux'],
      [4, 4, 'four'],
    ];
    expect(await afterCrash(disk, 'select * from t order by id')).toEqual(all);
    expect(await afterCrash(disk, 'select id from t where k = 20')).toEqual([[2]]);
    const crashed = disk.crash(() => 0);
    const again = opened(crashed);
    await run(again, "insert into t (k, s) values (5, 'five')");
    expect(await rows(again, 'select max(id) from t')).toEqual([[5]]);
    again.close();
    server.close();
    expect(await afterCrash(disk, 'select * from t order by id')).toEqual(all);
    expect(disk.stat(LOG)).toBeUndefined();
  });

  test('what was made into chunks is not made once more', async () => {
    const { disk, server } = await served();
    await run(server, "insert into t values (1, 1, 'old')", "call dolt_commit('-Am', 'one')");
    expect(disk.stat(LOG)).toBeDefined();
    await run(server, 'alter table t add column x int default 7', "update t set s = 'new'");
    expect(await afterCrash(disk, 'select * from t')).toEqual([[1, 1, 'new', 7]]);
    const crashed = disk.crash(() => 0);
    const command = opened(crashed, false);
    await run(command, 'delete from t');
    command.close();
    expect(await afterCrash(crashed, 'select * from t')).toEqual([]);
    server.close();
  });

  test('so it is when the log has begun anew, many times', async () => {
    const { disk, server } = await served();
    const session = server.engine.session({ database: 'shop' });
    let largest = 0;
    let made = 0;
    for (let i = 1; i <= 1300; i++) {
      const row = `(${i % 7}, repeat('${i % 10}', 150))`;
      await session.query(`insert into t (k, s) values ${Array(20).fill(row).join()}`);
      if (i % 50 !== 0) continue;
      largest = Math.max(largest, disk.stat(LOG)!.size);
      made = Math.max(made, Buffer.from(disk.readFile(LOG)!).readUInt32BE(16));
    }
    expect(largest).toBe(1 << 20);
    expect(made).toBeGreaterThan(3);
    expect(await afterCrash(disk, 'select count(*), sum(k), count(distinct s) from t')).toEqual([[26_000, 78_000, 10]]);
    server.close();
  }, 120_000);

  test('a change is not for the log that is large, that has text of its own chunks, or that is no change of rows', async () => {
    const { disk, server } = await served();
    const session = server.engine.session({ database: 'shop' });
    const position = () => readRedoLog(disk, LOG, { epoch: 0, sequence: 0 }).length;
    await session.query('create table b (id int primary key, s longtext, j json)');
    await session.query(`insert into b values (1, repeat('long ', 2000), '{"a": 1}')`);
    await session.query(`insert into t (k, s) with recursive n (i) as (select 1 union all select i + 1 from n where i < 900)
      select i, repeat('x', 150) from n`);
    expect(position()).toBe(0);
    await session.query("insert into t (k, s) values (1, 'small')");
    expect(position()).toBe(1);
    expect(await afterCrash(disk, 'select length(s), j from b')).toEqual([[10000, '{"a":1}']]);
    expect(await afterCrash(disk, 'select count(*) from t')).toEqual([[901]]);
    server.close();
  });

  test('changes of several branches are there, each on its own', async () => {
    const { disk, server } = await served();
    await run(server, "call dolt_commit('-Am', 'table')", "call dolt_branch('other')");
    await run(server, "insert into t values (1, 1, 'main')");
    await run(server, "insert into `shop/other`.t values (2, 2, 'other')");
    await run(server, "insert into t values (3, 3, 'main')");
    expect(await afterCrash(disk, 'select id from t order by id')).toEqual([[1], [3]]);
    expect(await afterCrash(disk, "select id from t as of 'other'")).toEqual([]);
    expect(await afterCrash(disk, 'select id from `shop/other`.t')).toEqual([[2]]);
    server.close();
  });
});

/** What is under way when the disk dies, or the power goes, at any operation. */
describe('whatever fails, what was acknowledged is there, and what was refused is not', () => {
  const SCRIPT = [
    ['a', "insert into t (id, k, s) values (1, 1, 'a')"],
    ['b', "insert into t (id, k, s) values (2, 2, 'b')"],
    ['a', "update t set s = 'a2' where id = 1"],
    ['b', "call dolt_commit('-Am', 'one')"],
    ['a', "insert into t (id, k, s) values (3, 3, 'c')"],
    ['b', 'delete from t where id = 2'],
    ['a', 'create table u (id int primary key)'],
    ['b', 'insert into u values (1)'],
    ['a', "replace into t (id, k, s) values (3, 4, 'd')"],
  ] as const;

  /** The state after each statement that was acknowledged, the last being the newest, and of one that may stand. */
  async function play(disk: FailingDisk): Promise<{ acknowledged: number; failed: boolean }> {
    let server: OpenedEngine;
    try {
      server = opened(disk);
    } catch {
      return { acknowledged: 0, failed: true };
    }
    const sessions = { a: server.engine.session({ database: 'shop' }), b: server.engine.session({ database: 'shop' }) };
    let acknowledged = 0;
    for (const [who, statement] of SCRIPT) {
      try {
        await sessions[who].query(statement);
      } catch {
        return { acknowledged, failed: true };
      }
      acknowledged++;
    }
    server.close();
    return { acknowledged, failed: disk.failed };
  }

  const QUERY = `select concat_ws(';', (select group_concat(id, k, s order by id) from t),
    (select count(*) from information_schema.tables where table_name = 'u'),
    (select count(*) from dolt_log))`;

  async function states(): Promise<string[]> {
    const disk = prepared();
    const server = opened(disk);
    await run(server, TABLE);
    const seen = [JSON.stringify(await rows(server, QUERY))];
    for (const [, statement] of SCRIPT) {
      await run(server, statement);
      seen.push(JSON.stringify(await rows(server, QUERY)));
    }
    server.close();
    return seen;
  }

  test.each([
    ['an error', false, false],
    ['a disk that dies', true, false],
    ['the power goes', true, true],
  ])(
    '%s',
    async (_name, sticky, losesPower) => {
      const expected = await states();
      const base = prepared();
      const first = opened(base, false);
      await run(first, TABLE);
      first.close();
      for (let failAt = 1; ; failAt++) {
        const memory = base.crash(() => 1);
        const disk = new FailingDisk(memory, {
          failAt,
          sticky,
          counts: (operation) => !operation.startsWith('openRead'),
        });
        const { acknowledged } = await play(disk);
        const dice = new Dice(failAt);
        const left = losesPower ? memory.crash(() => dice.below(1000) / 1000) : memory.crash(() => 1);
        const again = opened(left, false);
        const found = JSON.stringify(await rows(again, QUERY));
        again.close();
        // The statement that failed may be told of as undecided; nothing beyond it, and all before.
        const wanted = expected.slice(acknowledged, acknowledged + 2);
        expect(wanted, `operation ${failAt}: ${disk.lastOperation}`).toContain(found);
        if (!disk.failed) break;
      }
    },
    240_000,
  );
});

test('recovery that fails, or is cut off, at any operation loses nothing and makes nothing twice', async () => {
  const { disk, server } = await served();
  await run(server, "insert into t values (1, 1, 'one')", "call dolt_commit('-Am', 'one')");
  await run(server, "insert into t values (2, 2, 'two')", "update t set s = 'uno' where id = 1");
  const left = disk.crash(() => 0);
  server.close();
  const rowsThen = [
    [1, 1, 'uno'],
    [2, 2, 'two'],
  ];
  for (let failAt = 1; ; failAt++) {
    const memory = left.crash(() => 1);
    const failing = new FailingDisk(memory, { failAt, sticky: true });
    try {
      opened(failing, false).close();
    } catch (error) {
      expect(error).toBeInstanceOf(DoltError);
    }
    const dice = new Dice(failAt);
    expect(await afterCrash(memory, 'select * from t order by id', () => dice.below(1000) / 1000)).toEqual(rowsThen);
    if (!failing.failed) break;
  }
}, 60_000);

test('where nothing can be written, it is seen all the same', async () => {
  const { disk, server } = await served();
  await run(server, "insert into t values (1, 1, 'one')");
  const left = disk.crash(() => 0);
  server.close();
  const readOnly = new Proxy(left, {
    get(target, key) {
      if (key === 'tryLock') {
        return (path: string) => {
          throw new DiskError('denied', 'EROFS', path, `${path}: read-only file system`);
        };
      }
      const member = Reflect.get(target, key);
      return typeof member === 'function' ? member.bind(target) : member;
    },
  });
  const engine = opened(readOnly, false);
  expect(await rows(engine, 'select id from t')).toEqual([[1]]);
  await expect(run(engine, 'delete from t')).rejects.toThrow('read-only file system');
  engine.close();
  expect(await afterCrash(left, 'select id from t')).toEqual([[1]]);
});

describe('damage', () => {
  async function crashed(): Promise<MemoryDisk> {
    const { disk, server } = await served();
    for (let id = 1; id <= 3; id++) await run(server, `insert into t values (${id}, ${id}, 'row ${id}')`);
    const left = disk.crash(() => 0);
    server.close();
    return left;
  }

  function flip(disk: MemoryDisk, position: number): void {
    const file = disk.openWrite('test', LOG);
    const byte = new Uint8Array(1);
    file.read(byte, 0, 1, position);
    file.write('test', Uint8Array.of(byte[0]! ^ 0x10), position);
    file.close();
  }

  const ends = (disk: MemoryDisk): number[] => {
    const bytes = Buffer.from(disk.readFile(LOG)!);
    const found: number[] = [];
    for (let at = 0; bytes.toString('latin1', at, at + 4) === 'DTRL'; ) {
      at += 24 + bytes.readUInt32BE(at + 4);
      found.push(at);
    }
    return found;
  };

  test('of a commit that others follow is named, wherever it is', async () => {
    const disk = await crashed();
    const [, second] = ends(disk);
    for (let position = 0; position < second!; position += 7) {
      const damaged = disk.crash(() => 1);
      flip(damaged, position);
      expect(() => opened(damaged, false), `byte ${position}`).toThrow(
        /redo\.log: damaged at offset \d+, with commits after it/,
      );
    }
  });

  test('of the last block is a write that was not completed', async () => {
    const disk = await crashed();
    const [, second, third] = ends(disk);
    for (let position = second!; position < third!; position += 11) {
      const torn = disk.crash(() => 1);
      flip(torn, position);
      expect(await afterCrash(torn, 'select id from t order by id', () => 1)).toEqual([[1], [2]]);
    }
  });
});

describe('another program that went on from an older state', () => {
  /** What a server left that was killed, and what the other made of it without the log. */
  async function wentOn(...statements: string[]): Promise<MemoryDisk> {
    const { disk, server } = await served();
    await run(server, "insert into t values (1, 1, 'one'), (2, 2, 'two')", "call dolt_commit('-Am', 'rows')");
    await run(server, "update t set s = 'of the server' where id = 1", "insert into t values (3, 3, 'of the server')");
    const left = disk.crash(() => 0);
    server.close();
    left.rename('test', LOG, '/shop/aside');
    const other = opened(left, false);
    await run(other, ...statements);
    other.close();
    left.rename('test', '/shop/aside', LOG);
    return left;
  }

  test('keeps what it changed, and gets the rest', async () => {
    const disk = await wentOn(
      "update t set s = 'of the other' where id = 2",
      "insert into t values (4, 4, 'of the other')",
    );
    expect(await afterCrash(disk, 'select * from t order by id', () => 1)).toEqual([
      [1, 1, 'of the server'],
      [2, 2, 'of the other'],
      [3, 3, 'of the server'],
      [4, 4, 'of the other'],
    ]);
  });

  test('and changed the same cell keeps its own', async () => {
    const disk = await wentOn("update t set s = 'of the other' where id = 1");
    expect(await afterCrash(disk, 'select id, s from t order by id', () => 1)).toEqual([
      [1, 'of the other'],
      [2, 'two'],
      [3, 'of the server'],
    ]);
  });

  test('and removed the branch: the log is set aside, with a warning', async () => {
    const disk = await wentOn("call dolt_checkout('-b', 'other')", "call dolt_branch('-D', 'main')");
    const warnings: string[] = [];
    const environment = {
      ...environmentOf(disk),
      logger: { warn: (message: string) => void warnings.push(message), info() {} },
    };
    Repository.open(environment, FOLDER).close();
    expect(warnings).toEqual([
      expect.stringMatching(/2 commits .* are kept in .*redo\.log\.1: branch main was deleted meanwhile/),
    ]);
    expect(disk.stat(`${LOG}.1`)).toBeDefined();
    expect(disk.stat(LOG)).toBeUndefined();
    warnings.length = 0;
    Repository.open(environment, FOLDER).close();
    expect(warnings).toEqual([]);
  });
});

describe('whoever reads while the server is there', () => {
  test('finds what was acknowledged, and leaves the log alone', async () => {
    const { disk, server } = await served();
    await run(server, "insert into t values (1, 1, 'one')");
    const before = disk.readFile(LOG);
    const reader = Repository.open(environmentOf(disk), FOLDER);
    expect(reader.workingSet('main').working.table('t')!.entryCount).toBe(1);
    await run(server, "insert into t values (2, 2, 'two'), (3, 3, 'three')");
    expect(reader.workingSet('main').working.table('t')!.entryCount).toBe(1);
    reader.rebase();
    expect(reader.workingSet('main').working.table('t')!.entryCount).toBe(3);
    reader.close();
    expect(disk.readFile(LOG)!.subarray(0, 100)).toEqual(before!.subarray(0, 100));
    server.close();
    expect(await afterCrash(disk, 'select count(*) from t')).toEqual([[3]]);
  });

  test('finds it in the files themselves after a second', async () => {
    const { disk, server } = await served();
    await run(server, "insert into t values (1, 1, 'one')");
    const opened = () => Repository.open(environmentOf(disk), FOLDER);
    const stored = (repository: Repository) => Refs.read(repository.nodes, repository.chunks.root());
    const count = () => {
      const repository = opened();
      const { entryCount } = repository.workingSet('main', stored(repository)).working.table('t')!;
      repository.close();
      return entryCount;
    };
    expect(count()).toBe(0);
    await expect.poll(count, { timeout: 5000 }).toBe(1);
    server.close();
  });

  test('never sees less than was acknowledged before, while the log begins anew again and again', async () => {
    const { disk, server } = await served();
    const reader = opened(disk, false);
    const session = server.engine.session({ database: 'shop' });
    const reading = reader.engine.session({ database: 'shop' });
    const epochs = new Set<number>();
    for (let i = 1; i <= 700; i++) {
      const row = `(${i % 7}, repeat('${i % 10}', 180))`;
      await session.query(`insert into t (k, s) values ${Array(20).fill(row).join()}`);
      if (i % 9 !== 0) continue;
      epochs.add(Buffer.from(disk.readFile(LOG)!).readUInt32BE(16));
      expect((await reading.query('select count(*), max(id) from t')).rows).toEqual([[20 * i, 20 * i]]);
    }
    expect(epochs.size).toBeGreaterThan(2);
    await expect(reading.query('delete from t')).rejects.toThrow(/is locked by/);
    reader.close();
    server.close();
  }, 120_000);
});
