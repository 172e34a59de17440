/** A served folder: complete whatever happens, and the same one that a `file://` remote is. */
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { EMPTY_ADDRESS } from '../../src/base/address.ts';
import { DoltError } from '../../src/base/errors.ts';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import { TableFileWriter } from '../../src/chunks/table-file-writer.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { cloneInto } from '../../src/remote/clone.ts';
import { readRemoteRefs } from '../../src/remote/remote-refs.ts';
import { writeCommit } from '../../src/repo/commit.ts';
import { Refs } from '../../src/repo/refs.ts';
import type { Environment } from '../../src/repo/repository.ts';
import { RootValue } from '../../src/repo/root-value.ts';
import { referencesOf } from '../../src/serial/references.ts';
import { FolderStore } from '../../src/service/folder-store.ts';
import type { AnnouncedFile } from '../../src/service/served-store.ts';
import { assertComplete, copyFolder, golden, openOrigin } from '../remote/remote-fixture.ts';
import { scratchEnvironment } from '../repo/scratch-repository.ts';

interface Sent {
  readonly announced: AnnouncedFile;
  readonly bytes: Uint8Array;
}

/** A file with a root whose branch is one new commit, and what is left out of it. */
function pushOf(message: string, leaveOut = -1): Sent & { root: string; commit: string } {
  const chunks = new MemoryChunkStore();
  const nodes = new NodeStore(chunks);
  const who = { name: 'Test', email: 'test@example.com' };
  const value = RootValue.empty(nodes).address;
  const at = { author: who, committer: who, authorDate: 0, committerDate: 0, message };
  const commit = writeCommit(nodes, value, [], at);
  const refs = Refs.read(nodes, EMPTY_ADDRESS).edit(new Map([['refs/heads/main', commit]]));
  const all = new Set([refs.storeRoot]);
  for (const address of all) for (const next of referencesOf(chunks.get(address)!)) all.add(next);
  const memory = new MemoryDisk();
  memory.makeDirectory('', '/');
  const writer = new TableFileWriter(memory, '/', 'x');
  for (const [i, address] of [...all].entries()) if (i !== leaveOut) writer.add(address, chunks.get(address)!);
  const { name, chunkCount, byteSize, path } = writer.finish();
  const bytes = memory.readFile(path)!;
  const md5 = createHash('md5').update(bytes).digest();
  return { root: refs.storeRoot, commit, bytes, announced: { name, suffix: '', chunkCount, byteSize, md5 } };
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
}

const receive = (store: FolderStore, { announced, bytes }: Sent): Promise<void> =>
  store.receive(announced, inPieces(bytes));

test('what fails on the way leaves the root before or after, complete, and goes through when it is tried again', async () => {
  const first = pushOf('first');
  const second = pushOf('second');
  let failed = true;
  for (let failAt = 1; failed; failAt++) {
    const memory = new MemoryDisk();
    const calm = new FolderStore(scratchEnvironment({ disk: memory }), '/remote');
    await receive(calm, first);
    expect(await calm.commit(first.root as never, EMPTY_ADDRESS, [first.announced])).toBe(true);
    const disk = new FailingDisk(memory, { failAt });
    let error: unknown;
    const push = async (environment: Environment): Promise<void> => {
      const store = new FolderStore(environment, '/remote');
      try {
        await receive(store, second);
        expect(await store.commit(second.root as never, first.root as never, [second.announced])).toBe(true);
      } finally {
        store.close();
      }
    };
    await push(scratchEnvironment({ disk })).catch((caught: unknown) => {
      error = caught;
    });
    failed = disk.failed;
    if (error && !(error instanceof DoltError)) throw error;
    // And after a crash of the machine, whatever was not synced.
    for (const survivor of [memory, memory.crash(() => 0), memory.crash(() => 0.5)]) {
      const environment = scratchEnvironment({ disk: survivor });
      const store = new FolderStore(environment, '/remote');
      const now = await store.root();
      expect(error ? [first.root, second.root] : [second.root], `${disk.lastOperation}: ${error}`).toContain(now);
      if (now === first.root) {
        await receive(store, second);
        expect(await store.commit(second.root as never, first.root as never, [second.announced])).toBe(true);
      }
      store.close();
      const origin = openOrigin(environment);
      expect((await readRemoteRefs(origin)).get('refs/heads/main')).toBe(second.commit);
      const clone = await cloneInto(environment, origin, origin.url, '/clone');
      assertComplete(clone);
      clone.close();
      survivor.removeTree('', '/clone');
    }
    calm.close();
  }
});

test('files that lack what they refer to are not named', async () => {
  const whole = pushOf('whole');
  const { chunkCount } = whole.announced;
  for (let leaveOut = 1; leaveOut < chunkCount; leaveOut++) {
    const part = pushOf('whole', leaveOut);
    // Whether it remembers what it received, or has to read it again.
    for (const isNew of [false, true]) {
      // What an earlier file holds would be found.
      const environment = scratchEnvironment({ disk: new MemoryDisk() });
      let store = new FolderStore(environment, '/remote');
      await receive(store, part);
      if (isNew) {
        store.close();
        store = new FolderStore(environment, '/remote');
      }
      await expect(store.addFiles([part.announced])).rejects.toMatchObject({ kind: 'conflict' });
      const commit = store.commit(part.root as never, EMPTY_ADDRESS, [part.announced]);
      await expect(commit).rejects.toMatchObject({ kind: 'conflict' });
      expect((await store.files()).files).toEqual([]);
      store.close();
    }
  }
});

test('a commit on a root that is not the last names its files, for the client that does not send them again', async () => {
  const store = new FolderStore(scratchEnvironment(), '/remote');
  const first = pushOf('first');
  const late = pushOf('late');
  await receive(store, first);
  await receive(store, late);
  expect(await store.commit(first.root as never, EMPTY_ADDRESS, [first.announced])).toBe(true);
  expect(await store.commit(late.root as never, EMPTY_ADDRESS, [late.announced])).toBe(false);
  expect(await store.commit(late.root as never, first.root as never, [])).toBe(true);
  store.close();
});

test('what a file:// remote pushes is seen at once', async () => {
  const disk = new MemoryDisk();
  copyFolder(disk, join(golden, 'remote-small'), '/remote');
  const environment = scratchEnvironment({ disk });
  const store = new FolderStore(environment, '/remote');
  const before = await store.root();
  const origin = openOrigin(environment);
  const pushed = pushOf('by the folder');
  const writer = new FolderStore(environment, '/remote');
  await receive(writer, pushed);
  expect(await origin.swap(pushed.root as never, before, [pushed.announced])).toBe(true);
  expect(await store.root()).toBe(pushed.root);
  expect(await store.commit(before, before, [])).toBe(false);
  writer.close();
  store.close();
  origin.close();
});
