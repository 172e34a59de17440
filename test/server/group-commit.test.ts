/** Commits of a server's sessions share syncs: what a client is told, and when, as the disk takes its time or fails. */
import { describe, expect, test, vi } from 'vitest';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { type OpenedEngine, openEngine } from '../../src/open.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { Repository } from '../../src/repo/repository.ts';
import { HeldDisk } from '../chunks/held-disk.ts';
import { memoryEnvironment } from '../sql/memory-engine.ts';
import { realTime } from './real-time.ts';

function served(disk: MemoryDisk, over: FailingDisk | MemoryDisk = disk): OpenedEngine {
  const environment = { ...memoryEnvironment(disk), timers: realTime.timers };
  const directory = '/shop';
  if (!disk.stat(directory)) {
    disk.makeDirectory('test', directory);
    const repository = Repository.init(environment, directory, { name: 'A B', email: 'a@b.c', initialBranch: 'main' });
    repository.config.set(
      'local',
      new Map([
        ['user.name', 'A B'],
        ['user.email', 'a@b.c'],
      ]),
    );
    repository.close();
  }
  return openEngine({ ...environment, disk: over }, directory, { exclusive: true });
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

async function count(opened: OpenedEngine): Promise<unknown> {
  const { rows } = await opened.engine.session({ database: 'shop' }).query('select count(*) from t');
  return rows[0]![0];
}

async function withTable(opened: OpenedEngine): Promise<void> {
  const session = opened.engine.session({ database: 'shop' });
  await session.query('create table t (id int primary key, x int)');
  await session.query('insert into t values (0, 0)');
}

describe('a statement is answered', () => {
  test.each([
    ['an insert', 'insert into t values (1, 1)'],
    ['a transaction', 'start transaction; insert into t values (1, 1); commit'],
    ['a Dolt commit', "insert into t values (1, 1); call dolt_commit('-Am', 'one')"],
    ['a transaction that is a Dolt commit', 'set dolt_transaction_commit = 1; insert into t values (1, 1)'],
  ])('after the sync of what it changed: %s', async (_name, sql) => {
    const disk = new HeldDisk();
    disk.isHolding = false;
    const opened = served(disk);
    await withTable(opened);
    disk.isHolding = true;
    let isAnswered = false;
    const answered = opened.engine
      .session({ database: 'shop' })
      .query(sql)
      .then(() => {
        isAnswered = true;
      });
    for (let syncs = 0; !isAnswered; ) {
      await settled();
      if (disk.held.length <= syncs) continue;
      await settled();
      expect(isAnswered).toBe(false);
      disk.held[syncs++]!.end();
    }
    await answered;
    expect(disk.held.length).toBeGreaterThan(0);
    const again = served(disk.crash(() => 0));
    expect(await count(again)).toBe(2);
    again.close();
    opened.close();
  });

  test('while others go on, who see the change already', async () => {
    const disk = new HeldDisk();
    disk.isHolding = false;
    const opened = served(disk);
    await withTable(opened);
    disk.isHolding = true;
    const inserted = opened.engine.session({ database: 'shop' }).query('insert into t values (1, 1)');
    await settled();
    expect(await count(opened)).toBe(2);
    disk.isHolding = false;
    disk.held[0]!.end();
    await inserted;
    opened.close();
  });

  test('with an error when the sync failed; nothing is changed any more, and none of it is seen', async () => {
    const disk = new HeldDisk();
    disk.isHolding = false;
    const opened = served(disk);
    await withTable(opened);
    disk.isHolding = true;
    const inserted = [1, 2, 3].map((id) =>
      opened.engine.session({ database: 'shop' }).query(`insert into t values (${id}, ${id})`),
    );
    const outcomes = Promise.allSettled(inserted);
    await settled();
    disk.held[0]!.fail();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ reason: { message: expect.stringMatching(/could not be made durable/) } });
    }
    expect(await count(opened)).toBe(1);
    const later = opened.engine.session({ database: 'shop' });
    await expect(later.query('insert into t values (4, 4)')).rejects.toThrow(/until the repository is opened again/);
    opened.close();
    const again = served(disk);
    expect(await count(again)).toBe(1);
    again.close();
  });
});

describe('what comes while a sync runs', () => {
  async function waiting(disk: HeldDisk, opened: OpenedEngine, ids: readonly number[]) {
    disk.isHolding = false;
    await withTable(opened);
    disk.isHolding = true;
    const insert = (id: number) =>
      opened.engine.session({ database: 'shop' }).query(`insert into t values (${id}, ${id})`);
    const first = insert(ids[0]!);
    await settled();
    const write = vi.spyOn(NodeStore.prototype, 'write');
    const others = ids.slice(1).map(insert);
    await settled();
    return { first, others, write };
  }

  test('is seen at once, and durable together with the next; no tree is made of it', async () => {
    const disk = new HeldDisk();
    const opened = served(disk);
    const { first, others, write } = await waiting(disk, opened, [1, 2, 3, 4, 5]);
    expect((await opened.engine.session({ database: 'shop' }).query('select id from t')).rows).toHaveLength(6);
    disk.held[0]!.end();
    await first;
    await settled();
    expect(disk.held).toHaveLength(2);
    const before = disk.crash(() => 0);
    disk.held[1]!.end();
    await Promise.all(others);
    expect(write).not.toHaveBeenCalled();
    write.mockRestore();
    expect(await count(served(before))).toBe(2);
    expect(await count(served(disk.crash(() => 0)))).toBe(6);
    opened.close();
  });

  test.each([
    ['a Dolt commit', "call dolt_commit('-Am', 'all of it')"],
    ['a branch', "call dolt_branch('other')"],
    ['a table', 'create table u (id int primary key)'],
    ['garbage collection', 'call dolt_gc()'],
  ])('is written before %s, which builds on it', async (_name, sql) => {
    const disk = new HeldDisk();
    const opened = served(disk);
    const { first, others, write } = await waiting(disk, opened, [1, 2, 3]);
    write.mockRestore();
    const after = opened.engine.session({ database: 'shop' }).query(sql);
    await settled();
    disk.isHolding = false;
    for (const sync of disk.held) sync.end();
    await Promise.all([first, ...others, after]);
    expect(await count(opened)).toBe(4);
    opened.close();
    const again = served(disk);
    expect(await count(again)).toBe(4);
    again.close();
  });

  test('fails with that sync', async () => {
    const disk = new HeldDisk();
    const opened = served(disk);
    const { first, others, write } = await waiting(disk, opened, [1, 2, 3]);
    write.mockRestore();
    const outcomes = Promise.allSettled([first, ...others]);
    disk.held[0]!.fail();
    for (const outcome of await outcomes) {
      expect(outcome).toMatchObject({ reason: { message: expect.stringMatching(/could not be made durable/) } });
    }
    expect(await count(opened)).toBe(1);
    opened.close();
  });

  test('stands when no chunks can be made of it: whoever asks for them is told, and they are made later', async () => {
    const disk = new HeldDisk();
    const over = new FailingDisk(disk, { counts: (operation) => operation === 'journal:append', failAt: 2 });
    const opened = served(disk, over);
    const { first, others, write } = await waiting(disk, opened, [1, 2, 3]);
    write.mockRestore();
    disk.isHolding = false;
    for (const sync of disk.held) sync.end();
    await Promise.all([first, ...others]);
    const session = opened.engine.session({ database: 'shop' });
    await expect(session.query("call dolt_branch('other')")).rejects.toThrow(/injected/);
    expect(over.failed).toBe(true);
    expect(await count(opened)).toBe(4);
    expect(await count(served(disk.crash(() => 0)))).toBe(4);
    await session.query("call dolt_branch('other')");
    opened.close();
    expect(await count(served(disk.crash(() => 0)))).toBe(4);
  });
});

test('a session that has been alone for a while syncs by itself, until another one is at work', async () => {
  const disk = new HeldDisk();
  disk.isHolding = false;
  const opened = served(disk);
  await withTable(opened);
  const [alone, other] = [1, 2].map(() => opened.engine.session({ database: 'shop' }));
  for (let n = 1; n <= 20; n++) await alone!.query('select 1');
  disk.isHolding = true;
  await alone!.query('insert into t values (1, 1)');
  await alone!.query('start transaction; insert into t values (2, 2); commit');
  expect(disk.held).toHaveLength(0);
  expect(await count(served(disk.crash(() => 0)))).toBe(3);
  await other!.query('select 1');
  const inserted = alone!.query('insert into t values (3, 3)');
  await settled();
  expect(disk.held).toHaveLength(1);
  disk.held[0]!.end();
  await inserted;
  opened.close();
});

test('sessions that commit at once need few syncs', async () => {
  const memory = new MemoryDisk();
  served(memory).close();
  const disk = new FailingDisk(memory, { counts: (operation) => operation === 'redo:sync' });
  const opened = served(memory, disk);
  await withTable(opened);
  const before = disk.count;
  const client = async (k: number): Promise<void> => {
    const session = opened.engine.session({ database: 'shop' });
    for (let n = 0; n < 10; n++) await session.query(`insert into t values (${k * 100 + n}, ${n})`);
  };
  await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map(client));
  expect(await count(opened)).toBe(81);
  expect(disk.count - before).toBeLessThan(45);
  opened.close();
  const again = served(memory.crash(() => 0));
  expect(await count(again)).toBe(81);
  again.close();
});
