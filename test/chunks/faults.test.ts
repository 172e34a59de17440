/**
 * Faults: every disk operation fails in turn, and the power goes at random moments. Whatever happens, a store that is
 * opened again holds the content of before or of after, whole, and what was acknowledged stays.
 */
import { describe, expect, test } from 'vitest';
import { type Address, addressOf, EMPTY_ADDRESS } from '../../src/base/address.ts';
import type { Disk } from '../../src/base/disk.ts';
import type { Random } from '../../src/base/environment.ts';
import { DoltError } from '../../src/base/errors.ts';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { readManifest, writeManifest } from '../../src/chunks/manifest.ts';
import { type NbsOptions, NbsStore } from '../../src/chunks/nbs-store.ts';
import { checkStore } from '../../src/chunks/store-check.ts';
import { collectGarbage } from './collect-garbage.ts';

const variants: readonly (readonly [string, NbsOptions])[] = [
  ['journal', { journal: true }],
  ['journal that rolls over and conjoins', { journal: true, journalRollBytes: 2_500, conjoinAt: 3 }],
  ['journal that rolls over at its end', { journal: true, journalRollBytes: 2_500, journalGrowthBytes: 100_000 }],
  ['journal with spilled transactions', { journal: true, spillBytes: 700, conjoinAt: 3 }],
  ['remote', { journal: false, conjoinAt: 3 }],
];

/** The chunks of state n; its root is the last one and names the others. */
function chunksOf(n: number): Map<Address, Uint8Array> {
  const chunks = new Map<Address, Uint8Array>();
  const add = (text: string): Address => {
    const bytes = new TextEncoder().encode(text);
    chunks.set(addressOf(bytes), bytes);
    return addressOf(bytes);
  };
  const names = [0, 1, 2].map((k) => add(`state ${n} chunk ${k} ${'abc'.repeat(n * 7 + k * 90)}`));
  add(`root ${n}: ${names.join(' ')}`);
  return chunks;
}

const STATES = 12;
const states = Array.from({ length: STATES + 1 }, (_, n) => chunksOf(n));
const roots = [EMPTY_ADDRESS, ...states.slice(1).map((chunks) => [...chunks.keys()].at(-1)!)];

function commitState(store: NbsStore, n: number): void {
  for (const [address, bytes] of states[n]!) store.put(address, bytes);
  if (!store.commit(roots[n]!, roots[n - 1]!)) throw new Error(`state ${n} lost a race`);
}

/** Which state a store holds; throws unless it and all before it are whole. */
function stateOf(disk: Disk, options: NbsOptions): number {
  const store = NbsStore.open(disk, '/repo/noms', options);
  try {
    const n = roots.indexOf(store.root());
    if (n < 0) throw new Error(`an unknown root ${store.root()}`);
    for (let k = 1; k <= n; k++) {
      for (const [address, bytes] of states[k]!) {
        const stored = store.get(address);
        if (!stored || Buffer.compare(stored, bytes) !== 0) throw new Error(`state ${k} is not whole at ${n}`);
      }
    }
    // Before the first manifest there is nothing to lose.
    if (n === 0 && !disk.stat('/repo/noms/manifest')) return n;
    const problems = [...checkStore(disk, '/repo/noms', options.journal)];
    if (problems.length > 0) throw new Error(problems.map(({ message }) => message).join('; '));
    return n;
  } finally {
    store.close();
  }
}

function randomFrom(seed: number): Random {
  let state = seed * 2654435761 + 1;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return ((state ^ (state >>> 13)) >>> 0) / 0x1_0000_0000;
  };
}

describe.each(variants)('%s', (_name, options) => {
  test.each([false, true])('each operation fails in turn (sticky: %s)', (sticky) => {
    for (const start of [0, 1, 2, 5]) {
      let failed = true;
      for (let failAt = 1; failed; failAt++) {
        const memory = new MemoryDisk();
        if (start > 0) {
          const store = NbsStore.open(memory, '/repo/noms', options);
          for (let n = 1; n <= start; n++) commitState(store, n);
          store.close();
        }
        const disk = new FailingDisk(memory, { failAt, sticky });
        let done = start;
        let error: unknown;
        let store: NbsStore | undefined;
        try {
          store = NbsStore.open(disk, '/repo/noms', options);
          commitState(store, start + 1);
          done = start + 1;
          commitState(store, start + 2);
          done = start + 2;
        } catch (caught) {
          error = caught;
        }
        const at = `${disk.lastOperation} (start ${start}, failAt ${failAt})`;
        failed = disk.failed;
        if (error && !(error instanceof DoltError)) throw error;
        // A store whose commit failed definitely takes the same commit again, or says why it cannot.
        if (error && store && !sticky && error instanceof DoltError && error.kind !== 'unknown') {
          for (const random of [() => 0.999_999, ...[1, 2, 3, 4].map((seed) => randomFrom(seed * 1000 + failAt))]) {
            expect(stateOf(memory.crash(random), options), `refused and there: ${at}`).toBe(done);
          }
          try {
            commitState(store, done + 1);
            done++;
          } catch (again) {
            if (!(again instanceof DoltError)) throw new Error(`${again} after ${at}`);
          }
        }
        try {
          store?.close();
        } catch (caught) {
          if (!(caught instanceof DoltError)) throw caught;
        }
        if (!failed) expect(error).toBeUndefined();
        const found = stateOf(memory, options);
        const unknown = error instanceof DoltError && error.kind === 'unknown';
        expect(unknown ? [done, done + 1] : [done], at).toContain(found);
        // And it goes on from there.
        const next = NbsStore.open(memory, '/repo/noms', options);
        commitState(next, found + 1);
        next.close();
        expect(stateOf(memory, options), at).toBe(found + 1);
      }
    }
  });

  test('the power goes at any moment', () => {
    for (let seed = 1; seed <= 150; seed++) {
      const random = randomFrom(seed);
      let memory = new MemoryDisk();
      let acknowledged = 0;
      try {
        for (let life = 0; life < 4 && acknowledged < STATES; life++) {
          const failAt = 1 + Math.floor(random() * 120);
          const disk = new FailingDisk(memory, { failAt, sticky: true });
          let attempted = acknowledged;
          try {
            const store = NbsStore.open(disk, '/repo/noms', options);
            while (attempted < STATES) {
              attempted++;
              commitState(store, attempted);
              acknowledged = attempted;
            }
          } catch (error) {
            if (!(error instanceof DoltError)) throw error;
          }
          memory = memory.crash(random);
          const found = stateOf(memory, options);
          expect(found).toBeGreaterThanOrEqual(acknowledged);
          expect(found).toBeLessThanOrEqual(attempted);
          acknowledged = found;
          memory = memory.crash(random);
          expect(stateOf(memory, options)).toBe(acknowledged);
        }
      } catch (error) {
        throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : error}`, { cause: error });
      }
    }
  });
});

describe('garbage collection', () => {
  const options: NbsOptions = { journal: true, spillBytes: 700 };

  function collect(disk: Disk): void {
    const store = NbsStore.open(disk, '/repo/noms', options);
    const keep = [...states.slice(1, 6)].map((chunks) => [...chunks.keys()]);
    try {
      collectGarbage(store, keep.slice(0, 4).flat(), keep[4]!);
    } finally {
      store.close();
    }
  }

  function prepared(): MemoryDisk {
    const disk = new MemoryDisk();
    const store = NbsStore.open(disk, '/repo/noms', options);
    for (let n = 1; n <= 5; n++) {
      const rubbish = new TextEncoder().encode(`rubbish ${n} ${'z'.repeat(n * 300)}`);
      store.put(addressOf(rubbish), rubbish);
      commitState(store, n);
    }
    store.close();
    return disk;
  }

  test('survives the failure of each operation, and the power going then', () => {
    let failed = true;
    for (let failAt = 1; failed; failAt++) {
      const memory = prepared();
      const disk = new FailingDisk(memory, { failAt, sticky: failAt % 2 === 0 });
      try {
        collect(disk);
      } catch (error) {
        if (!(error instanceof DoltError)) throw error;
      }
      failed = disk.failed;
      expect(stateOf(memory.crash(randomFrom(failAt)), options), disk.lastOperation).toBe(5);
      expect(stateOf(memory, options), disk.lastOperation).toBe(5);
      collect(memory);
      expect(stateOf(memory, options)).toBe(5);
      const names = memory.list('/repo/noms')!.filter((name) => name !== 'LOCK');
      expect(names.filter((name) => name.startsWith('nbs_') || name === 'journal.idx')).toEqual([]);
      expect(names.length).toBe(3);
    }
  });

  test('stores nothing again that an earlier one has put away', () => {
    const disk = prepared();
    collect(disk);
    const store = NbsStore.open(disk, '/repo/noms', options);
    collectGarbage(store, [], [...store.addresses()]);
    const addresses = [...store.addresses()];
    expect(new Set(addresses).size).toBe(addresses.length);
    store.close();
    expect(stateOf(disk, options)).toBe(5);
  });

  test('leaves all that is kept to whoever did it', () => {
    const store = NbsStore.open(prepared(), '/repo/noms', options);
    for (let round = 0; round < 2; round++) {
      const keep = [...states.slice(1, 6)].map((chunks) => [...chunks.keys()]);
      collectGarbage(store, keep.slice(0, 4).flat(), keep[4]!);
      for (const address of keep.flat()) expect(store.get(address), address).toBeDefined();
      expect(store.root()).toBe(roots[5]);
    }
    store.close();
  });

  test('fails a transaction that was begun before it', () => {
    const disk = prepared();
    const reader = NbsStore.open(disk, '/repo/noms', options);
    reader.put(...[...states[6]!][0]!);
    collect(disk);
    expect(() => reader.commit(roots[6]!, roots[5]!)).toThrow(/garbage was collected/);
    // The chunks of the old files stay readable for who opened them.
    for (const [address, bytes] of states[5]!) expect(reader.get(address)).toEqual(bytes);
    reader.close();
  });
});

describe('a journal on disk', () => {
  const options: NbsOptions = { journal: true };
  const journalPath = `/repo/noms/${'v'.repeat(32)}`;

  function prepared(count: number): MemoryDisk {
    const disk = new MemoryDisk();
    const store = NbsStore.open(disk, '/repo/noms', options);
    for (let n = 1; n <= count; n++) commitState(store, n);
    store.close();
    return disk;
  }

  test('is recovered at every cut to the last root before it', () => {
    const whole = prepared(3).readFile(journalPath)!;
    let highest = 0;
    for (let size = whole.length; size > 0; size -= 7) {
      const disk = prepared(3);
      const file = disk.openWrite('', journalPath);
      file.truncate('', size);
      file.sync('');
      const warnings: string[] = [];
      const logger = { warn: (message: string) => void warnings.push(message), info() {} };
      const found = stateOf(disk, options);
      if (size === whole.length) highest = found;
      expect(found).toBeLessThanOrEqual(highest);
      highest = found;
      const store = NbsStore.open(disk, '/repo/noms', { ...options, logger });
      store.lock();
      const zeros = whole.subarray(file.size(), size).every((byte) => byte === 0);
      if (file.size() < size && !zeros) expect(warnings.join()).toMatch(/cut off an incomplete write/);
      store.close();
      expect(stateOf(disk, options)).toBe(found);
    }
  });

  test('has nothing of a commit whose root is lost, wherever its power went', () => {
    const whole = prepared(3).readFile(journalPath)!;
    for (let size = whole.length; size > 0; size -= 5) {
      const disk = prepared(3);
      const file = disk.openWrite('', journalPath);
      file.truncate('', size);
      file.sync('');
      const reader = NbsStore.open(disk, '/repo/noms', { ...options, readOnly: true });
      const writer = NbsStore.open(disk, '/repo/noms', options);
      writer.lock();
      for (const store of [reader, writer]) {
        const last = roots.indexOf(store.root());
        // Before the first root the manifest is asked, which does not know.
        for (const chunks of last === 0 ? [] : states.slice(last + 1, 4)) {
          for (const address of chunks.keys()) expect(store.has(address), `${size} bytes`).toBe(false);
        }
        store.close();
      }
    }
  });

  test('is refused when commits follow the damage, and nothing is changed', () => {
    const disk = prepared(4);
    const before = disk.readFile(journalPath)!;
    const file = disk.openWrite('', journalPath);
    file.write('', Uint8Array.of(before[100]! ^ 1), 100);
    expect(() => NbsStore.open(disk, '/repo/noms', options)).toThrow(/damaged at offset .* with commits after it/);
    expect(disk.readFile(journalPath)!.length).toBe(before.length);
  });

  test('a last commit that never reached the disk whole is cut off, though its root did', () => {
    const disk = new MemoryDisk();
    const store = NbsStore.open(disk, '/repo/noms', options);
    for (const n of [1, 2]) commitState(store, n);
    const end = disk.stat(journalPath)!.size;
    commitState(store, 3);
    // The power goes before the store is closed, so nothing stands behind the root.
    const found = disk.crash(() => 0.999_999);
    const file = found.openWrite('', journalPath);
    file.write('', Uint8Array.of(disk.readFile(journalPath)![end + 40]! ^ 1), end + 40);
    expect(stateOf(found, options)).toBe(2);
    const writer = NbsStore.open(found, '/repo/noms', options);
    writer.lock();
    expect(file.size()).toBe(end);
    writer.close();
  });

  test('a reader forgets what the writer takes back, whose sync failed', () => {
    const disk = new MemoryDisk();
    const store = NbsStore.open(disk, '/repo/noms', options);
    commitState(store, 1);
    const end = disk.stat(journalPath)!.size;
    commitState(store, 2);
    const reader = NbsStore.open(disk, '/repo/noms', { ...options, readOnly: true });
    expect(reader.root()).toBe(roots[2]);
    disk.openWrite('', journalPath).truncate('', end);
    reader.rebase();
    expect(reader.root()).toBe(roots[1]);
    expect(reader.has([...states[2]!.keys()][0]!)).toBe(false);
    reader.close();
  });

  test('opens through its index, and without it', () => {
    const disk = new MemoryDisk();
    const store = NbsStore.open(disk, '/repo/noms', options);
    const noise = randomFrom(7);
    const added: [Address, Uint8Array][] = [];
    for (let n = 0; n < 60; n++) {
      const bytes = Uint8Array.from({ length: 20_000 }, () => noise() * 256);
      added.push([addressOf(bytes), bytes]);
      store.put(...added.at(-1)!);
      expect(store.commit(added.at(-1)![0], store.root())).toBe(true);
    }
    store.close();
    const index = disk.readFile('/repo/noms/journal.idx')!;
    expect(index.length).toBeGreaterThan(29 * 40);
    const check = (): void => {
      const counting = new FailingDisk(disk, { counts: (operation) => operation.startsWith('read ') });
      const reopened = NbsStore.open(counting, '/repo/noms', options);
      expect(reopened.root()).toBe(added.at(-1)![0]);
      for (const [address, bytes] of added) expect(Buffer.compare(reopened.get(address)!, bytes)).toBe(0);
      reopened.close();
    };
    check();
    // Whatever becomes of the index file, the journal decides.
    for (let n = 0; n < 40; n++) {
      const file = disk.openWrite('', '/repo/noms/journal.idx');
      file.truncate('', 0);
      file.write('', index, 0);
      const at = Math.floor(noise() * index.length);
      if (n % 2) file.truncate('', at);
      else file.write('', Uint8Array.of(index[at]! ^ (1 << (n % 8))), at);
      check();
    }
    disk.remove('', '/repo/noms/journal.idx');
    check();
  });
});

describe('two at once', () => {
  test('the second writer of a repository is told, readers are not kept out', () => {
    const disk = new MemoryDisk();
    const first = NbsStore.open(disk, '/repo/noms', { journal: true });
    commitState(first, 1);
    const second = NbsStore.open(disk, '/repo/noms', { journal: true });
    expect(second.root()).toBe(roots[1]);
    for (const [address, bytes] of states[2]!) second.put(address, bytes);
    expect(() => second.commit(roots[2]!, roots[1]!)).toThrow(/is locked by another process/);
    commitState(first, 2);
    first.close();
    expect(second.commit(roots[2]!, roots[1]!)).toBe(false);
    expect(second.root()).toBe(roots[2]);
    commitState(second, 3);
    second.close();
    expect(stateOf(disk, { journal: true })).toBe(3);
  });

  test('pushers to a remote race, one wins each time, and readers never miss a chunk', () => {
    const disk = new MemoryDisk();
    const options: NbsOptions = { journal: false, conjoinAt: 4 };
    const pushers = [1, 2, 3].map(() => NbsStore.open(disk, '/repo/noms', options));
    const reader = NbsStore.open(disk, '/repo/noms', options);
    for (let n = 1; n <= STATES; n++) {
      const outcomes = pushers.map((pusher, k) => {
        for (const [address, bytes] of states[n]!) pusher.put(address, bytes);
        if (k === 2) pusher.rebase();
        return pusher.commit(roots[n]!, roots[n - 1]!);
      });
      expect(outcomes.filter(Boolean).length).toBe(1);
      if (n % 3 === 0) reader.rebase();
      const at = roots.indexOf(reader.root());
      for (let k = 1; k <= at; k++) for (const address of states[k]!.keys()) expect(reader.get(address)).toBeDefined();
    }
    expect(stateOf(disk, options)).toBe(STATES);
    expect(reader.files().length).toBeLessThanOrEqual(5);
  });

  test('two that conjoin the same files at once lose nothing', () => {
    const disk = new MemoryDisk();
    const options: NbsOptions = { journal: false, conjoinAt: 100 };
    const fast = NbsStore.open(disk, '/repo/noms', options);
    for (let n = 1; n <= 4; n++) commitState(fast, n);
    const overtaken = new FailingDisk(disk, {
      counts: (operation) => {
        if (operation === 'conjoin:rename') expect(fast.conjoin()).toBe(true);
        return false;
      },
    });
    const slow = NbsStore.open(overtaken, '/repo/noms', options);
    expect(slow.conjoin()).toBe(false);
    expect(stateOf(disk, options)).toBe(4);
    commitState(slow, 5);
    expect(stateOf(disk, options)).toBe(5);
    for (const store of [slow, fast]) store.close();
  });

  test('a push is refused when garbage was collected in the remote meanwhile', () => {
    const disk = new MemoryDisk();
    const options: NbsOptions = { journal: false };
    const pusher = NbsStore.open(disk, '/repo/noms', options);
    commitState(pusher, 1);
    for (const [address, bytes] of states[2]!) pusher.put(address, bytes);
    const { manifest } = readManifest(disk, '/repo/noms');
    writeManifest(disk, '/repo/noms', 'collected', { ...manifest, gcGeneration: roots[1]! });
    expect(() => pusher.commit(roots[2]!, roots[1]!)).toThrow(/garbage was collected/);
    expect(stateOf(disk, options)).toBe(1);
  });

  test('what is opened for reading changes nothing', () => {
    const disk = new MemoryDisk();
    const store = NbsStore.open(disk, '/repo/noms', { journal: true });
    commitState(store, 1);
    store.close();
    const names = disk.list('/repo/noms');
    const reader = NbsStore.open(disk, '/repo/noms', { journal: true, readOnly: true });
    for (const address of states[1]!.keys()) expect(reader.get(address)).toBeDefined();
    expect(() => reader.commit(roots[2]!, roots[1]!)).toThrow(/for reading only/);
    reader.close();
    expect(disk.list('/repo/noms')).toEqual(names);
  });
});
