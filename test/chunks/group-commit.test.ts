/**
 * Commits that share syncs: none is acknowledged before a sync that began after it was appended, however the syncs fall;
 * what was acknowledged is there after a power cut, and what was refused is not.
 */
import { describe, expect, test } from 'vitest';
import { type Address, addressOf } from '../../src/base/address.ts';
import type { Disk } from '../../src/base/disk.ts';
import type { Random } from '../../src/base/environment.ts';
import { DoltError } from '../../src/base/errors.ts';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { type NbsOptions, NbsStore } from '../../src/chunks/nbs-store.ts';
import { checkStore } from '../../src/chunks/store-check.ts';
import { HeldDisk } from './held-disk.ts';

const FOLDER = '/repo/noms';
const CLIENTS = 5;

/** How many commits of each client a store holds. */
type Counts = readonly number[];

const nothing: Counts = Array.from({ length: CLIENTS }, () => 0);

function chunk(text: string): { address: Address; bytes: Uint8Array } {
  const bytes = new TextEncoder().encode(text);
  return { address: addressOf(bytes), bytes };
}

const payload = (client: number, n: number) => chunk(`commit ${n} of client ${client} ${'abc'.repeat(n * 20)}`);
const state = (counts: Counts) => chunk(`state ${counts.join(' ')}`);

/** One more commit of a client, on top of whatever the store has. */
function commitLater(store: NbsStore, client: number, how: 'commit' | 'commitLater' = 'commitLater'): void {
  const before = countsOf(store);
  const counts = before.map((count, k) => (k === client ? count + 1 : count));
  const added = payload(client, counts[client]!);
  const next = state(counts);
  store.put(added.address, added.bytes);
  store.put(next.address, next.bytes);
  if (!store[how](next.address, store.root())) throw new Error('lost a race without a rival');
}

/** Throws unless all that belongs to the state is there. */
function countsOf(store: NbsStore): Counts {
  const bytes = store.get(store.root());
  if (bytes === undefined) return nothing;
  const counts = new TextDecoder().decode(bytes).split(' ').slice(1).map(Number);
  counts.forEach((count, client) => {
    for (let n = 1; n <= count; n++) {
      const { address, bytes: expected } = payload(client, n);
      const found = store.get(address);
      if (!found || Buffer.compare(found, expected) !== 0) throw new Error(`client ${client} lacks commit ${n}`);
    }
  });
  return counts;
}

/** What a start finds when all that was not synced is gone. */
const afterPowerCut = (disk: MemoryDisk): Counts =>
  reopened(
    disk.crash(() => 0),
    { journal: true },
  );

/** What a start finds on a disk. */
function reopened(disk: Disk, options: NbsOptions): Counts {
  const store = NbsStore.open(disk, FOLDER, options);
  try {
    const counts = countsOf(store);
    const problems = disk.stat(`${FOLDER}/manifest`) ? [...checkStore(disk, FOLDER, true)] : [];
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('; '));
    return counts;
  } finally {
    store.close();
  }
}

/** A store whose journal is there, with one commit of client 0. */
function started(disk: Disk, options: NbsOptions = { journal: true }): NbsStore {
  const store = NbsStore.open(disk, FOLDER, options);
  commitLater(store, 0, 'commit');
  return store;
}

/** Lets everything happen that waits for nothing but promises. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

/** Whether a promise has ended, as it can be asked later. */
function watched(promise: Promise<void>): { state: 'waits' | 'durable' | DoltError } {
  const watch: { state: 'waits' | 'durable' | DoltError } = { state: 'waits' };
  promise.then(
    () => {
      watch.state = 'durable';
    },
    (error) => {
      watch.state = error;
    },
  );
  return watch;
}

describe('commits that share a sync', () => {
  test('are acknowledged after one that began after they were appended', async () => {
    const disk = new HeldDisk();
    const store = started(disk);
    commitLater(store, 0);
    const first = watched(store.durable());
    commitLater(store, 1);
    const second = watched(store.durable());
    commitLater(store, 2);
    const third = watched(store.durable());
    await settled();
    expect([first, second, third].map((each) => each.state)).toEqual(['waits', 'waits', 'waits']);
    expect(disk.held.length).toBe(1);
    // All see what is not durable yet, also what only memory has.
    expect(countsOf(store)).toEqual([2, 1, 1, 0, 0]);
    disk.held[0]!.end();
    await settled();
    expect([first, second, third].map((each) => each.state)).toEqual(['durable', 'waits', 'waits']);
    expect(disk.held.length).toBe(2);
    expect(afterPowerCut(disk)).toEqual([2, 0, 0, 0, 0]);
    disk.held[1]!.end();
    await settled();
    expect([second, third].map((each) => each.state)).toEqual(['durable', 'durable']);
    expect(disk.held.length).toBe(2);
    expect(afterPowerCut(disk)).toEqual([2, 1, 1, 0, 0]);
    store.close();
  });

  test('are durable with a commit that does not wait for others', async () => {
    const disk = new HeldDisk();
    const store = started(disk);
    commitLater(store, 0);
    commitLater(store, 1);
    const waits = watched(store.durable());
    const next = state([9, 0, 0, 0, 0]);
    store.put(next.address, next.bytes);
    const root = store.root();
    expect(store.commit(next.address, root)).toBe(true);
    expect(
      NbsStore.open(
        disk.crash(() => 0),
        FOLDER,
        { journal: true },
      ).root(),
    ).toBe(next.address);
    await store.durable();
    disk.held[0]!.end();
    await settled();
    expect(waits.state).toBe('durable');
    store.close();
  });

  test('are refused when it fails, and so is everything after them', async () => {
    const disk = new HeldDisk();
    const store = started(disk);
    commitLater(store, 0);
    const first = watched(store.durable());
    commitLater(store, 1);
    const second = watched(store.durable());
    disk.held[0]!.fail();
    await settled();
    for (const { state } of [first, second]) {
      expect(state).toMatchObject({
        kind: 'unavailable',
        message: expect.stringMatching(/could not be made durable.*taken back/),
      });
    }
    // Neither is seen any more, and nothing comes after them: the disk would now report success.
    expect(countsOf(store)).toEqual([1, 0, 0, 0, 0]);
    expect(() => commitLater(store, 2)).toThrow(/until the repository is opened again/);
    expect(() => store.commit(state(nothing).address, store.root())).toThrow(/until the repository is opened again/);
    await expect(store.durable()).rejects.toThrow(/until the repository is opened again/);
    store.close();
    expect(reopened(disk, { journal: true })).toEqual([1, 0, 0, 0, 0]);
    const again = started(disk);
    expect(countsOf(again)).toEqual([2, 0, 0, 0, 0]);
    again.close();
  });

  test('need a sync each only when they come one by one', async () => {
    const memory = new MemoryDisk();
    const store = started(memory);
    store.close();
    const disk = new FailingDisk(memory, { counts: (operation) => operation === 'journal:sync' });
    const counted = NbsStore.open(disk, FOLDER, { journal: true });
    const client = async (k: number): Promise<void> => {
      for (let n = 0; n < 20; n++) {
        commitLater(counted, k);
        await counted.durable();
      }
    };
    await client(0);
    expect(disk.count).toBe(20);
    await Promise.all([0, 1, 2, 3, 4].map(client));
    expect(disk.count).toBeLessThanOrEqual(20 + 42);
    expect(countsOf(counted)).toEqual([41, 20, 20, 20, 20]);
    counted.close();
    expect(afterPowerCut(memory)).toEqual([41, 20, 20, 20, 20]);
  });

  test('one for which the disk has no room is refused alone', async () => {
    const memory = new MemoryDisk();
    started(memory).close();
    let isFull = false;
    const disk = new FailingDisk(memory, {
      code: 'ENOSPC',
      failAt: 1,
      counts: (operation) => isFull && operation.startsWith('journal:'),
    });
    const store = NbsStore.open(disk, FOLDER, { journal: true });
    commitLater(store, 0);
    const first = watched(store.durable());
    isFull = true;
    expect(() => commitLater(store, 1)).toThrow(/ENOSPC/);
    isFull = false;
    commitLater(store, 2);
    await store.durable();
    expect(first.state).toBe('durable');
    expect(countsOf(store)).toEqual([2, 0, 1, 0, 0]);
    store.close();
    expect(afterPowerCut(memory)).toEqual([2, 0, 1, 0, 0]);
  });
});

function randomFrom(seed: number): Random {
  let random = seed * 2654435761 + 1;
  return () => {
    random = (Math.imul(random ^ (random >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((random ^ (random >>> 13)) >>> 0) / 0x1_0000_0000;
  };
}

const variants: readonly (readonly [string, NbsOptions])[] = [
  ['a journal', { journal: true }],
  ['a journal that rolls over and conjoins', { journal: true, journalRollBytes: 2_500, conjoinAt: 3 }],
  ['a journal that rolls over at its end', { journal: true, journalRollBytes: 2_500, journalGrowthBytes: 100_000 }],
  ['a journal with spilled transactions', { journal: true, spillBytes: 150, conjoinAt: 3 }],
];

describe.each(variants)('%s with concurrent commits', (_name, options) => {
  interface Life {
    readonly acknowledged: number[];
    readonly refused: number[];
    readonly attempted: number[];
  }

  /** What a commit that does not wait for others does first; whether it succeeds is told to those who wait. */
  function flush(store: NbsStore): void {
    try {
      store.makeDurable();
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
    }
  }

  /** Clients commit until each has made `commits` or the disk fails; now and then one does not wait for the others. */
  async function live(disk: Disk, random: Random, commits: number, before = nothing): Promise<Life> {
    const life: Life = { acknowledged: [...before], refused: [...nothing], attempted: [...before] };
    let store: NbsStore;
    try {
      store = NbsStore.open(disk, FOLDER, options);
    } catch (error) {
      if (!(error instanceof DoltError)) throw error;
      return life;
    }
    const client = async (k: number): Promise<void> => {
      for (let n = 0; n < commits; n++) {
        for (let turns = Math.floor(random() * 3); turns > 0; turns--) await Promise.resolve();
        const last = countsOf(store)[k]!;
        life.attempted[k] = last + 1;
        try {
          commitLater(store, k);
          const durable = store.durable();
          if (random() < 0.1) flush(store);
          await durable;
        } catch (error) {
          if (!(error instanceof DoltError)) throw error;
          if (error.kind !== 'unknown') life.refused[k] = last + 1;
          return;
        }
        life.acknowledged[k] = last + 1;
      }
    };
    const clients = await Promise.allSettled(nothing.map((_, k) => client(k)));
    for (const outcome of clients) {
      if (outcome.status === 'rejected' && !(outcome.reason instanceof DoltError)) throw outcome.reason;
    }
    return life;
  }

  test('a power cut takes no acknowledged one, and leaves whole states', async () => {
    let cuts = 0;
    for (let seed = 1; seed <= 80; seed++) {
      const random = randomFrom(seed);
      let memory = new MemoryDisk();
      let found = nothing;
      try {
        for (let run = 0; run < 3; run++) {
          const disk = new FailingDisk(memory, { failAt: 1 + Math.floor(random() * 90), sticky: true });
          const { acknowledged, attempted } = await live(disk, random, 6, found);
          if (disk.failed) cuts++;
          memory = memory.crash(random);
          found = reopened(memory, options);
          found.forEach((count, k) => {
            expect(count).toBeGreaterThanOrEqual(acknowledged[k]!);
            expect(count).toBeLessThanOrEqual(attempted[k]!);
          });
        }
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
      }
    }
    expect(cuts).toBeGreaterThan(80);
  });

  test('each operation fails in turn: what was acknowledged is there, what was refused is not', async () => {
    let failed = true;
    for (let failAt = 1; failed; failAt++) {
      const memory = new MemoryDisk();
      const disk = new FailingDisk(memory, { failAt });
      const { acknowledged, refused, attempted } = await live(disk, randomFrom(failAt), 3);
      failed = disk.failed;
      for (const crashed of [memory, memory.crash(randomFrom(failAt)), memory.crash(() => 0.999_999)]) {
        const found = reopened(crashed, options);
        found.forEach((count, k) => {
          const at = `client ${k}, ${disk.lastOperation} (failAt ${failAt})`;
          expect(count, at).toBeGreaterThanOrEqual(acknowledged[k]!);
          expect(count, at).toBeLessThanOrEqual(attempted[k]!);
          if (refused[k]! > 0) expect(count, `refused and there: ${at}`).toBeLessThan(refused[k]!);
        });
      }
    }
  });
});
