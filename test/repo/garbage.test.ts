/** Garbage collection step by step, with what runs beside it. */
import { expect, test } from 'vitest';
import { DiskError, type DiskFile } from '../../src/base/disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { collectGarbage } from '../../src/repo/garbage.ts';
import { branchRef } from '../../src/repo/refs.ts';
import { Repository } from '../../src/repo/repository.ts';
import { complete } from '../../src/repo/steps.ts';
import { memoryEnvironment } from '../sql/memory-engine.ts';

function scratch(disk = new MemoryDisk()): Repository {
  const environment = memoryEnvironment(disk);
  environment.disk.makeDirectory('test', '/r');
  return Repository.init(environment, '/r', { name: 'A', email: 'a@b.c', initialBranch: 'main' });
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('what an operation puts while garbage is collected stays until it has ended, whoever commits it', async () => {
  const repository = scratch();
  const { activity, chunks, nodes } = repository;
  const endFirst = activity.begin();
  const early = nodes.writeBlob(new Uint8Array(100).fill(1));
  const collecting = collectGarbage(repository);
  const first = collecting.next();
  expect(first.done).toBe(false);
  let isCalm = false;
  const calm = (first.value as { until: Promise<unknown> }).until.then(() => {
    isCalm = true;
  });
  const endSecond = activity.begin();
  const late = nodes.writeBlob(new Uint8Array(100).fill(2));
  // Another session's commit takes along what is buffered.
  repository.update((refs) => new Map([[branchRef('other'), refs.get(branchRef('main'))]]));
  await turn();
  expect(isCalm).toBe(false);
  endFirst();
  await calm;
  let step = collecting.next();
  while (!step.done) step = collecting.next(await step.value.until);
  expect(chunks.get(early)).toBeUndefined();
  expect(chunks.get(late)).toBeDefined();
  endSecond();
  await complete(collectGarbage(repository));
  expect(chunks.get(late)).toBeUndefined();
  expect(repository.refs().get(branchRef('other'))).toBe(repository.refs().get(branchRef('main')));
  repository.close();
});

test('what a holder holds stays as long as it holds it', async () => {
  const repository = scratch();
  const { activity, chunks, nodes } = repository;
  const held = nodes.writeBlob(new Uint8Array(100).fill(1));
  const holder = { held: () => [held] };
  activity.holders.add(holder);
  const collecting = collectGarbage(repository);
  for (let step = collecting.next(); !step.done; step = collecting.next(await step.value.until)) {
    expect(chunks.get(held)).toBeDefined();
  }
  expect(chunks.get(held)).toBeDefined();
  activity.holders.delete(holder);
  await complete(collectGarbage(repository));
  expect(chunks.get(held)).toBeUndefined();
  repository.close();
});

/** Counts what each sync covers, and fails at one moment when told to. */
class CountingDisk extends MemoryDisk {
  readonly #unsynced = new Map<string, number>();
  /** Bytes of each sync, by its moment. */
  readonly syncs: { readonly moment: string; readonly bytes: number; readonly isLater: boolean }[] = [];
  failAt: string | undefined;

  constructor() {
    super(undefined, async (moment, path) => {
      this.#synced(moment, path, true);
      if (moment === this.failAt) throw new DiskError('unavailable', 'EIO', path, 'injected');
    });
  }

  #synced(moment: string, path: string, isLater: boolean): void {
    this.syncs.push({ moment, bytes: this.#unsynced.get(path) ?? 0, isLater });
    this.#unsynced.set(path, 0);
  }

  override create(moment: string, path: string): DiskFile {
    const file = super.create(moment, path);
    return {
      read: (...args) => file.read(...args),
      size: () => file.size(),
      truncate: (...args) => file.truncate(...args),
      close: () => file.close(),
      syncLater: (...args) => file.syncLater(...args),
      write: (name, bytes, position) => {
        this.#unsynced.set(path, (this.#unsynced.get(path) ?? 0) + bytes.length);
        file.write(name, bytes, position);
      },
      sync: (name) => {
        this.#synced(name, path, false);
        file.sync(name);
      },
    };
  }
}

/** A repository with 20 MB that a holder holds. */
function large(disk: MemoryDisk) {
  const repository = scratch(disk);
  const bytes = new Uint8Array(20 << 20);
  let x = 1;
  for (let i = 0; i < bytes.length; i++) {
    x = (x * 16807) % 2147483647;
    bytes[i] = x;
  }
  const blob = repository.nodes.writeBlob(bytes);
  repository.activity.holders.add({ held: () => [blob] });
  return { repository, blob, bytes };
}

test('copies are synced in portions, for which nobody has to wait', async () => {
  const disk = new CountingDisk();
  const { repository, blob, bytes } = large(disk);
  disk.syncs.length = 0;
  await complete(collectGarbage(repository));
  const copies = disk.syncs.filter(({ moment }) => moment.startsWith('table:'));
  expect(copies.filter(({ isLater }) => !isLater).every((sync) => sync.bytes < 1 << 20)).toBe(true);
  expect(copies.length).toBeGreaterThan(2);
  expect(Math.max(...copies.map((sync) => sync.bytes))).toBeLessThan(9 << 20);
  expect(Buffer.compare(repository.nodes.readBlob(blob), bytes)).toBe(0);
  repository.close();
});

test.each(['table:sync-portion', 'table:sync'])('a failing %s leaves all as it was', async (moment) => {
  const disk = new CountingDisk();
  const { repository, blob, bytes } = large(disk);
  await complete(collectGarbage(repository));
  const before = disk.list('/r/.dolt/noms');
  disk.failAt = moment;
  await expect(complete(collectGarbage(repository))).rejects.toThrow('injected');
  expect(disk.list('/r/.dolt/noms')).toEqual(before);
  disk.failAt = undefined;
  await complete(collectGarbage(repository));
  expect(Buffer.compare(repository.nodes.readBlob(blob), bytes)).toBe(0);
  repository.close();
});
