/** A repository as it is served: its journal too, what is taken in, and what fails on the way. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { type Address, addressOf } from '../../src/base/address.ts';
import { DoltError } from '../../src/base/errors.ts';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { TableFileWriter } from '../../src/chunks/table-file-writer.ts';
import { cloneInto } from '../../src/remote/clone.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import { pushTo } from '../../src/remote/push.ts';
import { chunkOf, readDictionary } from '../../src/remote/spans.ts';
import { openGate } from '../../src/repo/commit-hook.ts';
import { collectGarbage } from '../../src/repo/garbage.ts';
import { updateHeads } from '../../src/repo/head-update.ts';
import { Refs, workingSetRef } from '../../src/repo/refs.ts';
import { newRemote } from '../../src/repo/repo-state.ts';
import { type Environment, Repository } from '../../src/repo/repository.ts';
import { complete } from '../../src/repo/steps.ts';
import { referencesOf } from '../../src/serial/references.ts';
import { RepositoryStore } from '../../src/service/repository-store.ts';
import type { AnnouncedFile, ServedFile } from '../../src/service/served-store.ts';
import { addCommit, assertComplete, pushSpec } from '../remote/remote-fixture.ts';
import { scratchEnvironment, scratchRepository } from '../repo/scratch-repository.ts';

const meta = { name: 'Test', email: 'test@example.com', description: 'push', seconds: 0 };

function storeOf(repository: Repository): RepositoryStore {
  return new RepositoryStore(repository, async (update) => {
    await complete(updateHeads(repository, openGate, update, meta));
  });
}

const allOf = async (store: RepositoryStore, { name, suffix, byteSize }: ServedFile): Promise<Buffer> => {
  const pieces: Uint8Array[] = [];
  for await (const piece of store.read(name, suffix, { offset: 0, length: byteSize })) pieces.push(piece);
  return Buffer.concat(pieces);
};

/** Every chunk that the refs reach, read as a client reads it. */
async function assertServed(store: RepositoryStore, repository: Repository): Promise<void> {
  const all = new Set<Address>([await store.root()]);
  for (const address of all) {
    const [place] = await store.locate([address]);
    const { file, offset, length, dictionary } = place!;
    const read = async (span: { offset: number; length: number }): Promise<Uint8Array> => {
      const pieces: Uint8Array[] = [];
      for await (const piece of store.read(file.name, file.suffix, span)) pieces.push(piece);
      return Buffer.concat(pieces);
    };
    const dictionaries = new Map(
      dictionary ? [[dictionary.offset, readDictionary(await read(dictionary), 'test')] as const] : [],
    );
    const chunk = chunkOf(
      await read({ offset, length }),
      { address, offset, length, dictionary },
      dictionaries,
      'test',
    );
    expect(Buffer.from(repository.chunks.get(address)!).equals(chunk)).toBe(true);
    for (const next of referencesOf(chunk)) all.add(next);
  }
  expect(all.size).toBeGreaterThan(5);
}

test('chunks are found in the journal, in tables and in the old generation', async () => {
  const repository = scratchRepository();
  const store = storeOf(repository);
  addCommit(repository, 'main', 'in the journal');
  await assertServed(store, repository);
  await complete(collectGarbage(repository));
  await assertServed(store, repository);
  addCommit(repository, 'main', 'in a new journal');
  await assertServed(store, repository);
  store.close();
  repository.close();
});

test('a journal that was rolled over or collected is still read by whoever was told of it', async () => {
  const repository = scratchRepository();
  const store = storeOf(repository);
  const commit = addCommit(repository, 'main', 'first');
  const [place] = await store.locate([commit]);
  await complete(collectGarbage(repository));
  const later = addCommit(repository, 'main', 'second, in another journal');
  const [other] = await store.locate([later]);
  expect(other!.file.name).toBe(place!.file.name);
  expect(other!.file.suffix).not.toBe(place!.file.suffix);
  const pieces: Uint8Array[] = [];
  for await (const piece of store.read(place!.file.name, place!.file.suffix, place!)) pieces.push(piece);
  const chunk = chunkOf(Buffer.concat(pieces), { ...place!, address: commit }, new Map(), 'test');
  expect(addressOf(chunk)).toBe(commit);
  store.close();
  repository.close();
});

test('who copies files gets the journal as a table file, the same until it grows, and none on the disk', async () => {
  const repository = scratchRepository();
  const store = storeOf(repository);
  const before = await store.files();
  expect(before.files.map(({ suffix }) => suffix)).toEqual(['']);
  const [file] = before.files;
  const bytes = await allOf(store, file!);
  expect(bytes.subarray(-8).toString('hex')).toBe('ffb5d8c22463ee50');
  expect((await store.files()).files).toEqual(before.files);
  addCommit(repository, 'main', 'more');
  expect((await store.files()).files).not.toEqual(before.files);
  expect(await allOf(store, file!)).toEqual(bytes);
  const { disk } = repository.environment;
  expect(disk.list(`${repository.doltDirectory}/temptf`)).toEqual([]);
  expect(await store.byteSize()).toBeGreaterThan(0);
  store.close();
  repository.close();
});

interface Push {
  readonly announced: AnnouncedFile;
  readonly bytes: Uint8Array;
  readonly next: Address;
  readonly commit: Address;
  /** What is not in the file, though it could be. */
  readonly leftOut: Address | undefined;
}

/** A new head as somebody who has cloned `repository` pushes it: all of it but for the refs' other chunks. */
function pushOf(repository: Repository, leaveOut = -1): Push {
  const memory = new MemoryDisk();
  const elsewhere = scratchEnvironment({ disk: memory });
  const clone = scratchRepository(elsewhere, '/elsewhere');
  const commit = addCommit(clone, 'main', 'pushed');
  const refs = Refs.read(repository.nodes, repository.refs().storeRoot);
  const fresh = new Map<Address, Uint8Array>();
  const all = new Set([commit]);
  for (const address of all) {
    fresh.set(address, clone.chunks.get(address)!);
    for (const next of referencesOf(clone.chunks.get(address)!)) all.add(next);
  }
  const put = repository.chunks.put.bind(repository.chunks);
  // What editing the refs makes is of the pusher, not of the server.
  repository.chunks.put = (address, bytes) => void fresh.set(address, bytes);
  const next = refs.edit(new Map([['refs/heads/pushed', commit]])).storeRoot;
  repository.chunks.put = put;
  const directory = '/files';
  memory.makeDirectory('', directory);
  const writer = new TableFileWriter(memory, directory, 'x');
  for (const [i, [address, chunk]] of [...fresh].entries()) if (i !== leaveOut) writer.add(address, chunk);
  const { name, chunkCount, byteSize, path } = writer.finish();
  const bytes = memory.readFile(path)!;
  clone.close();
  const md5 = createHash('md5').update(bytes).digest();
  const leftOut = [...fresh.keys()][leaveOut];
  return { announced: { name, suffix: '', chunkCount, byteSize, md5 }, bytes, next, commit, leftOut };
}

async function* whole(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

test('what fails on the way leaves all or nothing of a push, complete, and it goes through when it is tried again', async () => {
  let failed = true;
  for (let failAt = 1; failed; failAt++) {
    const memory = new MemoryDisk();
    const first = scratchRepository(scratchEnvironment({ disk: memory }));
    const push = pushOf(first);
    const last = first.refs().storeRoot;
    first.close();
    const disk = new FailingDisk(memory, { failAt });
    let error: unknown;
    const attempt = async (environment: Environment): Promise<void> => {
      const repository = Repository.open(environment, '/repo');
      const store = storeOf(repository);
      try {
        await store.receive(push.announced, whole(push.bytes));
        const from = await store.root();
        // The last root is that of the push, unless a failure before has made another one.
        expect(await store.commit(push.next, from === last ? last : from, [push.announced])).toBe(true);
      } finally {
        store.close();
        repository.close();
      }
    };
    await attempt(scratchEnvironment({ disk })).catch((caught: unknown) => {
      error = caught;
    });
    failed = disk.failed;
    if (error && !(error instanceof DoltError)) throw error;
    for (const survivor of [memory, memory.crash(() => 0), memory.crash(() => 0.5)]) {
      const environment = scratchEnvironment({ disk: survivor });
      const repository = Repository.open(environment, '/repo');
      const head = repository.refs().get('refs/heads/pushed');
      expect(error ? [undefined, push.commit] : [push.commit], `${disk.lastOperation}: ${error}`).toContain(head);
      assertComplete(repository);
      repository.close();
      if (head === undefined) {
        await attempt(environment);
        const again = Repository.open(environment, '/repo');
        expect(again.refs().get('refs/heads/pushed')).toBe(push.commit);
        expect(again.refs().get(workingSetRef('pushed'))).toBeDefined();
        assertComplete(again);
        again.close();
      }
    }
  }
});

test('files that lack what they refer to become no part of it', async () => {
  const repository = scratchRepository();
  const store = storeOf(repository);
  const { chunkCount } = pushOf(repository).announced;
  let tried = 0;
  for (let leaveOut = 0; leaveOut < chunkCount; leaveOut++) {
    const push = pushOf(repository, leaveOut);
    if (repository.chunks.has(push.leftOut!)) continue;
    tried++;
    await store.receive(push.announced, whole(push.bytes));
    const commit = store.commit(push.next, await store.root(), [push.announced]);
    await expect(commit, String(leaveOut)).rejects.toMatchObject({ kind: 'conflict' });
    expect(repository.refs().get('refs/heads/pushed')).toBeUndefined();
  }
  expect(tried).toBeGreaterThan(1);
  assertComplete(repository);
  store.close();
  repository.close();
});

test('of a shallow clone the commits are served that it has, and its files are not', async () => {
  const environment = scratchEnvironment();
  const full = scratchRepository(environment, '/full');
  const commits = [1, 2, 3].map((i) => addCommit(full, 'main', `commit ${i}`));
  const remote = openRemote(environment, 'file:///remote', { create: true });
  await pushTo(full, remote, newRemote('origin', 'file:///remote'), [pushSpec('main')]);
  const shallow = await cloneInto(environment, remote, 'file:///remote', '/shallow', { depth: 1 });
  const store = storeOf(shallow);
  const [head, parent] = await store.locate([commits[2]!, commits[1]!]);
  expect([head !== undefined, parent]).toEqual([true, undefined]);
  await expect(store.files()).rejects.toThrow(/is a shallow clone/);
  store.close();
});
