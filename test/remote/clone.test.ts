/** Clones that are killed, cut off or fail, and are run again into the same folder. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { JOURNAL_ADDRESS } from '../../src/base/address.ts';
import { DoltError } from '../../src/base/errors.ts';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { NbsStore } from '../../src/chunks/nbs-store.ts';
import { checkStore } from '../../src/chunks/store-check.ts';
import { cloneInto } from '../../src/remote/clone.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import type { RemoteFile, RemoteStore } from '../../src/remote/remote-store.ts';
import { Repository } from '../../src/repo/repository.ts';
import { seeded } from '../replication/world.ts';
import { scratchEnvironment } from '../repo/scratch-repository.ts';
import { changed, copyFolder, golden, origin, watched } from './remote-fixture.ts';

function remoteOn(disk: MemoryDisk, fixture = 'remote-small'): RemoteStore {
  copyFolder(disk, join(golden, fixture), '/remote');
  return openRemote(scratchEnvironment({ disk }), origin.url);
}

/** What a clone is: its refs, and that the store is whole. */
function contentOf(disk: MemoryDisk): Record<string, string> {
  const repository = Repository.open(scratchEnvironment({ disk }), '/clone');
  const refs = Object.fromEntries(repository.refs().entries('refs/'));
  expect([...checkStore(disk, repository.chunks.directory, true)]).toEqual([]);
  for (const [, address] of repository.refs().entries('refs/')) expect(repository.chunks.has(address)).toBe(true);
  repository.close();
  return refs;
}

async function clone(disk: MemoryDisk | FailingDisk, store: RemoteStore): Promise<unknown> {
  try {
    (await cloneInto(scratchEnvironment({ disk }), store, origin.url, '/clone')).close();
    return undefined;
  } catch (error) {
    if (!(error instanceof DoltError)) throw error;
    return error;
  }
}

const isFinished = (error: unknown): boolean =>
  error instanceof DoltError && /data repository already exists/.test(error.message);

test.each(['killed', 'without power'])('a clone that is %s at any operation goes on and ends the same', async (how) => {
  const random = seeded(how === 'killed' ? 1 : 2);
  const calm = new MemoryDisk();
  expect(await clone(calm, remoteOn(calm))).toBeUndefined();
  const expected = contentOf(calm);
  let reused = 0;
  let failed = true;
  for (let failAt = 1; failed; failAt++) {
    const memory = new MemoryDisk();
    const store = remoteOn(memory);
    const disk = new FailingDisk(memory, { failAt, sticky: true });
    const before: string[] = [];
    const first = await clone(disk, watched(store, before));
    failed = disk.failed;
    // What the process held goes with it.
    const left = memory.crash(how === 'killed' ? () => 0.999 : random);
    const after: string[] = [];
    const again = await clone(left, watched(openRemote(scratchEnvironment({ disk: left }), origin.url), after));
    if (again) expect(isFinished(again), `${disk.lastOperation}: ${String(again)}`).toBe(true);
    expect(contentOf(left), `${disk.lastOperation}, ${String(first)}`).toEqual(expected);
    expect(left.list('/clone'), disk.lastOperation).toEqual(['.dolt']);
    if (how === 'killed') {
      // The one on its way is asked for again, and at most one other whose name was not yet given.
      expect(after.filter((name) => before.includes(name)).length, disk.lastOperation).toBeLessThanOrEqual(3);
      reused += before.length - after.filter((name) => before.includes(name)).length;
    }
  }
  if (how === 'killed') expect(reused).toBeGreaterThan(10);
});

test('what has come stays when the remote cannot be reached, and goes when something else is wrong', async () => {
  const disk = new MemoryDisk();
  const store = remoteOn(disk);
  const lost = (kind: 'unavailable' | 'denied'): RemoteStore =>
    changed(store, {
      async download(file, path) {
        const [first] = await store.files();
        if (file.name !== first!.name) throw new DoltError(kind, 'gone');
        await store.download(file, path);
      },
    });
  expect(String(await clone(disk, lost('unavailable')))).toMatch(
    /gone; what has come is kept: clone again into the same/,
  );
  expect(disk.list('/clone')).toEqual(['.cloning']);
  expect(() => Repository.open(scratchEnvironment({ disk }), '/clone')).toThrow(/not a valid dolt repository/);
  expect(String(await clone(disk, lost('denied')))).toMatch(/gone/);
  expect(disk.list('/clone')).toEqual([]);
  const downloaded: string[] = [];
  await clone(disk, lost('unavailable'));
  expect(await clone(disk, watched(store, downloaded))).toBeUndefined();
  const [first, ...others] = await store.files();
  expect(downloaded.toSorted()).toEqual(others.map(({ name }) => name).toSorted());
  expect(downloaded).not.toContain(first!.name);
  contentOf(disk);
});

test('what was left of another remote, or is damaged, is not used', async () => {
  const disk = new MemoryDisk();
  const store = remoteOn(disk);
  const failing = changed(store, {
    async download(file, path) {
      await store.download(file, path);
      throw new DoltError('unavailable', 'gone');
    },
  });
  await clone(disk, failing);
  const parts = disk.list('/clone/.cloning/.dolt/noms')!.filter((name) => name.endsWith('.part'));
  expect(parts.length).toBeGreaterThan(0);
  for (const part of parts) {
    const path = `/clone/.cloning/.dolt/noms/${part}`;
    const file = disk.openWrite('', path);
    file.write('', Uint8Array.from([255, 255, 255, 255]), 8);
    file.close();
    disk.rename('', path, path.replace('.part', ''));
  }
  expect(await clone(disk, store)).toBeUndefined();
  contentOf(disk);
});

test('one at a time clones into a folder', async () => {
  const disk = new MemoryDisk();
  const store = remoteOn(disk);
  const outcomes = await Promise.all([clone(disk, store), clone(disk, store)]);
  expect(outcomes.filter((error) => error === undefined)).toHaveLength(1);
  expect(outcomes.map(String).join()).toMatch(/is being cloned into \/clone now|already exists/);
  contentOf(disk);
});

/** The store of a repository that a server is running: its journal is one of the files. */
function servedRepository(disk: MemoryDisk): RemoteStore {
  copyFolder(disk, join(golden, 'local-journal'), '/served');
  const served = (): NbsStore =>
    NbsStore.open(disk, '/served', { journal: true, readOnly: true, logger: scratchEnvironment().logger });
  const store = served();
  return changed(remoteOn(disk), {
    root: async () => ({ root: store.root(), version: store.root() }),
    chunks: async (addresses) => new Map(addresses.map((address) => [address, store.get(address)!])),
    files: async () =>
      store.files().map(({ name, kind, chunkCount }): RemoteFile => {
        return { name, suffix: kind === 'archive' ? '.darc' : '', chunkCount, byteSize: 0 };
      }),
    async download({ name, suffix }, path) {
      disk.copyFile('', `/served/${name}${suffix}`, path);
    },
  });
}

test("a running server's journal becomes a table file", async () => {
  const disk = new MemoryDisk();
  const store = servedRepository(disk);
  expect((await store.files()).map(({ name }) => name)).toContain(JOURNAL_ADDRESS);
  expect(await clone(disk, store)).toBeUndefined();
  const refs = contentOf(disk);
  expect(refs['refs/heads/main']).toBeDefined();
  expect(refs['refs/remotes/origin/main']).toBe(refs['refs/heads/main']);
  const names = disk.list('/clone/.dolt/noms')!;
  expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
});

test('a damaged journal is refused', async () => {
  const disk = new MemoryDisk();
  const store = servedRepository(disk);
  const file = disk.openWrite('', `/served/${JOURNAL_ADDRESS}`);
  file.write('', Uint8Array.from([1, 2, 3]), 200);
  file.close();
  expect(String(await clone(disk, store))).toMatch(/damaged/);
  expect(disk.stat('/clone')).toBeUndefined();
});
