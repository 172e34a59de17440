/** DROP DATABASE: what it takes out of the folder that is served, what it leaves, and how that is taken back. */
import { describe, expect, test } from 'vitest';
import type { Disk } from '../../../src/base/disk.ts';
import { FailingDisk } from '../../../src/base/failing-disk.ts';
import { MemoryDisk } from '../../../src/base/memory-disk.ts';
import { type OpenEngineOptions, type OpenedEngine, openEngine } from '../../../src/open.ts';
import { Repository } from '../../../src/repo/repository.ts';
import { memoryEnvironment } from '../memory-engine.ts';

const DROPPED = '/data/shop/.dolt_dropped_databases';

/** The folder of a database `shop`, with `nested` in it; each has a table `t` with its own row. */
async function folder(): Promise<MemoryDisk> {
  const disk = new MemoryDisk();
  disk.makeDirectory('test', '/data/shop');
  Repository.init(memoryEnvironment(disk), '/data/shop', { name: 'A', email: 'a@b.c', initialBranch: 'main' }).close();
  await using(disk, async (sql) => {
    await sql('create table t (id int primary key); insert into t values (1)');
    await sql('create database nested; use nested; create table t (id int primary key); insert into t values (2)');
  });
  return disk;
}

type Sql = (text: string) => Promise<readonly unknown[]>;

/** Runs `act` on the folder as a process of its own would. */
async function using(
  disk: Disk,
  act: (sql: Sql, opened: OpenedEngine) => Promise<void>,
  options: OpenEngineOptions & { readonly directory?: string } = {},
): Promise<void> {
  const environment = { ...memoryEnvironment(), disk };
  const opened = openEngine(environment, options.directory ?? '/data/shop', { mayBeEmpty: true, ...options });
  const session = opened.engine.session({ database: opened.database, user: 'root@localhost' });
  try {
    await act(async (text) => (await session.query(text)).rows, opened);
  } finally {
    await session.close();
    opened.close();
  }
}

const databases = async (sql: Sql): Promise<unknown> =>
  (await sql('show databases')).flat().filter((name) => name !== 'information_schema' && name !== 'mysql');

describe('the database that is the folder itself', () => {
  test('goes alone: others stay where they are, and nobody stands on it any more', async () => {
    const disk = await folder();
    await using(disk, async (sql) => {
      await sql('drop database shop');
      expect(await sql('select database()')).toEqual([[null]]);
      expect(await databases(sql)).toEqual(['nested']);
      expect(await sql('select * from nested.t')).toEqual([[2]]);
      await expect(sql('select * from shop.t')).rejects.toThrow("Unknown database 'shop'");
    });
    expect(disk.stat('/data/shop/.dolt')).toBeUndefined();
    await using(disk, async (sql, { database }) => {
      expect(database).toBeUndefined();
      expect(await databases(sql)).toEqual(['nested']);
    });
  });

  test('made again is a folder in it; each that was dropped can be taken back', async () => {
    const disk = await folder();
    await using(disk, async (sql) => {
      await sql('drop database SHOP; create database shop; use shop');
      expect(disk.stat('/data/shop/shop/.dolt')?.kind).toBe('directory');
      expect(await sql('show tables')).toEqual([]);
      await sql('create table t (id int primary key); insert into t values (3)');
      await expect(sql("call dolt_undrop('shop')")).rejects.toThrow('another database already exists with the same');
      await sql('drop database shop');
      const [older = '', newer = ''] = [...disk.list(DROPPED)!].reverse();
      expect([older, newer]).toEqual([expect.stringMatching(/^shop\.backup\.\d+$/), 'shop']);
      await expect(sql('call dolt_undrop()')).rejects.toThrow(
        `no database name specified. available databases that can be undropped: shop, ${older}`,
      );
      await sql("call dolt_undrop('Shop')");
      expect(await sql('select * from shop.t')).toEqual([[3]]);
      await sql(`call dolt_undrop('${older}')`);
      expect(await sql(`select * from \`${older}\`.t`)).toEqual([[1]]);
      await expect(sql("call dolt_undrop('shop')")).rejects.toThrow('another database already exists with the same');
    });
  });

  test('a server goes on, and is found where it was', async () => {
    const disk = await folder();
    const info = { file: '/data/shop/.dolt/sql-server.info', moved: `${DROPPED}/shop/.dolt/sql-server.info` };
    await using(
      disk,
      async (sql) => {
        disk.create('test', info.file).close();
        await sql('drop database shop; create database shop; create table shop.t (id int primary key)');
        expect(disk.stat(info.file)?.kind).toBe('file');
        expect(disk.stat(info.moved)).toBeUndefined();
        expect(await sql('select * from shop.t')).toEqual([]);
      },
      { exclusive: true },
    );
  });
});

test.each(['shop', 'nested'])('whatever fails while %s is dropped, it is here or can be taken back', async (name) => {
  for (let n = 1, failed = true; failed; n++) {
    const disk = await folder();
    const counts = (operation: string): boolean => operation.startsWith('drop-database');
    const failing = new FailingDisk(disk, { failAt: n, counts });
    await using(failing, async (sql) => {
      const before = await databases(sql);
      const isDropped = await sql(`drop database ${name}`).then(
        () => true,
        () => false,
      );
      failed = failing.failed;
      expect(isDropped, failing.lastOperation).toBe(!failed);
      // Where it failed before it was moved, it works on.
      if (disk.stat(`${DROPPED}/${name}/.dolt/noms/manifest`) === undefined)
        expect(await databases(sql)).toEqual(before);
    });
    await using(disk, async (sql) => {
      const isHere = ((await databases(sql)) as string[]).includes(name);
      if (!isHere) await sql(`call dolt_undrop('${name}')`);
      expect(await sql(`select * from ${name}.t`)).toEqual([[name === 'shop' ? 1 : 2]]);
    });
  }
});

test('what another process holds is not dropped', async () => {
  const disk = await folder();
  await using(
    disk,
    async () => {
      await using(disk, async (sql) => {
        await expect(sql('drop database nested')).rejects.toThrow('locked');
        expect(await sql('select * from nested.t')).toEqual([[2]]);
      });
    },
    { exclusive: true, directory: '/data/shop/nested' },
  );
});

test('purging removes what was dropped for good', async () => {
  const disk = await folder();
  await using(disk, async (sql) => {
    await sql('drop database nested');
    await expect(sql("call dolt_purge_dropped_databases('nested')")).rejects.toThrow('does not take any arguments');
    await sql('call dolt_purge_dropped_databases()');
    await expect(sql("call dolt_undrop('nested')")).rejects.toThrow(
      "no database named 'nested' found to undrop. there are no databases currently available to be undropped",
    );
    expect(disk.stat(DROPPED)).toBeUndefined();
    await expect(sql("call dolt_undrop('a', 'b')")).rejects.toThrow('dolt_undrop called with too many arguments');
  });
});

test.each([
  ['shop/main', 'unable to drop revision database: shop/main'],
  ['Information_Schema', 'unable to drop database: Information_Schema'],
])('%s is no database that could be dropped', async (name, reason) => {
  await using(await folder(), async (sql) => {
    await expect(sql(`drop database \`${name}\``)).rejects.toThrow(reason);
  });
});
