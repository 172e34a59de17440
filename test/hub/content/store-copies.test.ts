/** Copies of stores that are elsewhere: what is fetched, what stays, what is given up. */
import { expect, test } from 'vitest';
import type { Address } from '../../../src/base/address.ts';
import { DoltError } from '../../../src/base/errors.ts';
import { MemoryDisk } from '../../../src/base/memory-disk.ts';
import { NbsStore } from '../../../src/chunks/nbs-store.ts';
import { logOf } from '../../../src/hub/content/history.ts';
import { Readings } from '../../../src/hub/content/reading.ts';
import { StoreCopies } from '../../../src/hub/content/store-copies.ts';
import { pushTo } from '../../../src/remote/push.ts';
import type { ServedFile, ServedStore } from '../../../src/service/served-store.ts';
import { addCommit, openOrigin, origin, pushSpec } from '../../remote/remote-fixture.ts';
import { scratchEnvironment, scratchRepository } from '../../repo/scratch-repository.ts';

const DIRECTORY = '/copies';

/** A repository that is pushed into a folder, which is served; the files that were read of it. */
async function source() {
  const disk = new MemoryDisk();
  const time = { now: 0 };
  const environment = { ...scratchEnvironment({ disk }), clock: { now: () => time.now, monotonic: () => time.now } };
  const repository = scratchRepository(environment, '/repo');
  const read: string[] = [];
  const gone = { times: 0 };
  let commits = 0;
  const push = async (): Promise<void> => {
    addCommit(repository, 'main', `commit ${++commits}`);
    const remote = openOrigin(environment);
    await pushTo(repository, remote, origin, [pushSpec('main')]);
    remote.close();
  };
  const listed = (): { root: Address; files: ServedFile[] } => {
    const store = NbsStore.open(disk, '/remote', { journal: false, readOnly: true });
    const files = store.files().map(({ name, chunkCount, byteSize }) => {
      return { name, suffix: '', chunkCount, byteSize, splitOffset: 0 };
    });
    store.close();
    return { root: store.root(), files };
  };
  const store = {
    root: async () => listed().root,
    files: async () => listed(),
    async *read(name: Address, suffix: string) {
      if (gone.times-- > 0) throw new DoltError('notFound', `${name} is not there`);
      read.push(name + suffix);
      yield disk.readFile(`/remote/${name}`)!;
    },
  } as unknown as ServedStore;
  await push();
  return { environment, disk, time, store, push, read, gone, listed };
}

const commitsIn = async (environment: ConstructorParameters<typeof Readings>[0], folder: string): Promise<number> => {
  const readings = new Readings(environment);
  const height = await readings.read(folder, 'x', (reading) => {
    return logOf(reading, reading.point('main'), 0, 100).commits.length;
  });
  readings.close();
  return height;
};

test('a copy has what the store has, and fetches what it lacks', async () => {
  const { environment, disk, store, push, read } = await source();
  const copies = new StoreCopies(disk, environment.clock, DIRECTORY, 1 << 20);
  const folder = await copies.folder('a/b', store);
  expect(await commitsIn(environment, folder)).toBe(2);
  expect(read).toHaveLength(1);
  await copies.folder('a/b', store);
  expect(read).toHaveLength(1);
  await push();
  expect(await copies.folder('a/b', store)).toBe(folder);
  expect(await commitsIn(environment, folder)).toBe(3);
  expect(new Set(read).size).toBe(read.length);
});

test('of many who ask at a time, one fetches', async () => {
  const { environment, disk, store, read } = await source();
  const copies = new StoreCopies(disk, environment.clock, DIRECTORY, 1 << 20);
  const folders = await Promise.all(Array.from({ length: 5 }, () => copies.folder('a/b', store)));
  expect(new Set(folders).size).toBe(1);
  expect(read).toHaveLength(1);
});

test('a store that is tidied meanwhile is listed again; what comes cut off is not kept', async () => {
  const { environment, disk, store, gone, listed } = await source();
  const copies = new StoreCopies(disk, environment.clock, DIRECTORY, 1 << 20);
  gone.times = 2;
  expect(await commitsIn(environment, await copies.folder('a/b', store))).toBe(2);
  const cut: ServedStore = {
    ...store,
    async *read() {
      yield new Uint8Array(3);
    },
  };
  await expect(copies.folder('a/cut', cut)).rejects.toMatchObject({ kind: 'unavailable' });
  const held = disk.list(DIRECTORY)!.map((name) => disk.list(`${DIRECTORY}/${name}`)!.length);
  expect(held.sort()).toEqual([0, listed().files.length + 1]);
  expect(await commitsIn(environment, await copies.folder('a/cut', store))).toBe(2);
});

test('those that were asked for last stay, up to a number of bytes', async () => {
  const { environment, disk, time, store, listed } = await source();
  const size = listed().files.reduce((sum, { byteSize }) => sum + byteSize, 0);
  const copies = new StoreCopies(disk, environment.clock, DIRECTORY, size * 2);
  const first = await copies.folder('a/1', store);
  await copies.folder('a/2', store);
  await copies.folder('a/3', store);
  // Somebody may read them still.
  expect(disk.list(DIRECTORY)).toHaveLength(3);
  time.now += 200_000;
  await copies.folder('a/4', store);
  expect(disk.list(DIRECTORY)).toHaveLength(2);
  expect(disk.list(first)).toBeUndefined();
  expect(await commitsIn(environment, await copies.folder('a/1', store))).toBe(2);
  await expect(new StoreCopies(disk, environment.clock, '/small', size - 1).folder('a/1', store)).rejects.toMatchObject(
    {
      kind: 'unavailable',
    },
  );
  new StoreCopies(disk, environment.clock, DIRECTORY, size);
  expect(disk.list(DIRECTORY)).toEqual([]);
});
