/** What every remote keeps, whatever carries it: `RemoteStore`, word for word. */
import { expect, test } from 'vitest';
import { type Address, addressOf, EMPTY_ADDRESS } from '../../src/base/address.ts';
import { DoltError } from '../../src/base/errors.ts';
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import { NbsStore } from '../../src/chunks/nbs-store.ts';
import { recordOf } from '../../src/chunks/record.ts';
import { checkStore } from '../../src/chunks/store-check.ts';
import { TableFileWriter } from '../../src/chunks/table-file-writer.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { cloneInto } from '../../src/remote/clone.ts';
import { fetchFrom } from '../../src/remote/fetch.ts';
import { pushTo } from '../../src/remote/push.ts';
import { readRemoteRefs } from '../../src/remote/remote-refs.ts';
import type { LocalTableFile, RemoteStore } from '../../src/remote/remote-store.ts';
import { writeCommit } from '../../src/repo/commit.ts';
import { branchRef, HEADS, Refs } from '../../src/repo/refs.ts';
import { newRemote } from '../../src/repo/repo-state.ts';
import type { Environment } from '../../src/repo/repository.ts';
import { RootValue } from '../../src/repo/root-value.ts';
import { writeBlobLeaf } from '../../src/serial/blob-node.ts';
import { scratchRepository } from '../repo/scratch-repository.ts';
import { addCommit, changed, pushSpec } from './remote-fixture.ts';

/** A remote that nobody has pushed to yet, and ways to it: each from a machine of its own, unless told. */
export interface ContractRemote {
  readonly url: string;
  readonly environment: Environment;
  open(environment?: Environment): RemoteStore;
  close?(): Promise<void> | void;
}

type Chunk = readonly [Address, Uint8Array];

const addressed = (bytes: Uint8Array): Chunk => [addressOf(bytes), Uint8Array.from(bytes)];

/** A message that refers to nothing, with this text. */
const chunk = (text: string): Chunk => addressed(writeBlobLeaf(new TextEncoder().encode(text)));

/** A root that somebody makes on the present one: with a branch more, whose commit is new. */
interface NextRoot {
  readonly last: Address;
  readonly next: Address;
  readonly commit: Address;
  /** What the remote lacks of it. */
  readonly chunks: ReadonlyMap<Address, Uint8Array>;
}

class NotingStore extends MemoryChunkStore {
  readonly noted = new Map<Address, Uint8Array>();

  override put(address: Address, bytes: Uint8Array): void {
    this.noted.set(address, Uint8Array.from(bytes));
    super.put(address, bytes);
  }
}

async function withBranch(store: RemoteStore, name: string): Promise<NextRoot> {
  const chunks = new NotingStore();
  const reading = changed(store, {
    knownMaps: undefined,
    async chunks(addresses) {
      const found = await store.chunks(addresses);
      for (const [address, bytes] of found) chunks.put(address, bytes);
      return found;
    },
  });
  const { root: last } = await readRemoteRefs(reading);
  chunks.noted.clear();
  const nodes = new NodeStore(chunks);
  const who = { name: 'Test', email: 'test@example.com' };
  const commit = writeCommit(nodes, RootValue.empty(nodes).address, [], {
    ...{ author: who, committer: who, authorDate: 0, committerDate: 0, message: name },
  });
  const { storeRoot: next } = Refs.read(nodes, last).edit(new Map([[branchRef(name), commit]]));
  return { last, next, commit, chunks: chunks.noted };
}

/** The commits of branches by their names. */
async function branchesOf(store: RemoteStore): Promise<ReadonlyMap<string, Address>> {
  return new Map(
    Array.from((await readRemoteRefs(store)).entries(HEADS), ([ref, at]) => [ref.slice(HEADS.length), at]),
  );
}

/** Incompressible, so that a file of them is as large as they are. */
function noise(count: number, bytesEach: number): Chunk[] {
  let state = 7;
  return Array.from({ length: count }, () => {
    const bytes = new Uint8Array(bytesEach);
    for (let i = 0; i < bytes.length; i++) {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      bytes[i] = state >>> 24;
    }
    return addressed(writeBlobLeaf(bytes));
  });
}

function writtenFile({ disk }: Environment, chunks: Iterable<Chunk>, directory = '/upload'): LocalTableFile {
  disk.makeDirectory('', directory);
  const writer = new TableFileWriter(disk, directory, 'unfinished');
  for (const [address, bytes] of chunks) writer.add(address, bytes);
  return writer.finish();
}

export interface ContractOptions {
  /** Who swap at once; twenty unless told. */
  readonly writers?: number;
  /**
   * A repository that somebody works in lies behind it: it is not empty at first, and a swap moves its branches, whose new
   * root has more in it than was sent.
   */
  readonly isRepository?: boolean;
}

/** The tests of one transport. */
export function keepsTheContract(
  newRemoteOf: () => Promise<ContractRemote> | ContractRemote,
  { writers = 20, isRepository = false }: ContractOptions = {},
): void {
  async function withRemote(work: (remote: ContractRemote, store: RemoteStore) => Promise<void>): Promise<void> {
    const remote = await newRemoteOf();
    const store = remote.open(remote.environment);
    try {
      await work(remote, store);
    } finally {
      store.close();
      await remote.close?.();
    }
  }

  test('has nothing at first', () =>
    withRemote(async (_, store) => {
      const [address] = chunk('a');
      if (!isRepository) {
        expect((await store.root()).root).toBe(EMPTY_ADDRESS);
        expect(await store.files()).toEqual([]);
      }
      expect(await store.absent([address])).toEqual([address]);
      await expect(store.chunks([address])).rejects.toMatchObject({ kind: 'notFound' });
    }));

  test('keeps chunks that were sent from memory and from a file, under one root', () =>
    withRemote(async (remote, store) => {
      const [b, c] = [chunk('b'), chunk('c')];
      const before = await store.root();
      const a = await withBranch(store, 'a');
      const inMemory = await store.uploadChunks(a.chunks, [[b[0], recordOf(b[1])]]);
      const onDisk = await store.upload(writtenFile(remote.environment, [c]));
      expect(inMemory.chunkCount).toBe(a.chunks.size + 1);
      expect(await store.root()).toEqual(before);
      expect(await store.swap(a.next, a.last, [inMemory, onDisk])).toBe(true);
      const other = remote.open();
      const now = await other.root();
      expect(await store.root()).toEqual(now);
      if (!isRepository) expect(now.root).toBe(a.next);
      expect((await branchesOf(other)).get('a')).toBe(a.commit);
      const [lacking] = chunk('lacking');
      expect(await other.absent([a.commit, lacking, b[0], c[0]])).toEqual([lacking]);
      const found = await other.chunks([c[0], a.commit, b[0]]);
      for (const [address, bytes] of [[a.commit, a.chunks.get(a.commit)!] as Chunk, b, c])
        expect(found.get(address)).toEqual(bytes);
      const counts = (await other.files()).map(({ chunkCount }) => chunkCount);
      expect(counts).toEqual(expect.arrayContaining([1, a.chunks.size + 1]));
      if (!isRepository) expect(counts.length).toBe(2);
      other.close();
    }));

  test('swaps on what was seen only, and files stay named when the root stays', () =>
    withRemote(async (remote, store) => {
      const a = await withBranch(store, 'a');
      expect(await store.swap(a.next, a.last, [await store.uploadChunks(a.chunks)])).toBe(true);
      const other = remote.open();
      const { root, version } = await store.root();
      expect((await other.root()).root).toBe(root);
      const b = await withBranch(other, 'b');
      expect(b.last).toBe(root);
      expect(await other.swap(b.next, b.last, [await other.uploadChunks(b.chunks)])).toBe(true);
      expect(await store.swap(b.next, a.last, [])).toBe(false);
      expect(await store.swap(root, root, [])).toBe(false);
      const now = await store.root();
      expect(now.root).toBe((await other.root()).root);
      expect(now.version).not.toBe(version);
      const both = [a.commit, b.commit];
      expect([...(await store.chunks(both)).keys()]).toEqual(both);
      const branches = await branchesOf(store);
      expect([branches.get('a'), branches.get('b')]).toEqual(both);
      other.close();
    }));

  test('waits for what a swap must wait for, and stays when that fails', () =>
    withRemote(async (_, store) => {
      const a = await withBranch(store, 'a');
      const file = await store.uploadChunks(a.chunks);
      const failure = new DoltError('unavailable', 'the disk is full');
      await expect(store.swap(a.next, a.last, [file], Promise.reject(failure))).rejects.toBe(failure);
      expect((await store.root()).root).toBe(a.last);
      expect(await store.swap(a.next, a.last, [file], Promise.resolve())).toBe(true);
      expect((await branchesOf(store)).get('a')).toBe(a.commit);
    }));

  test('of many that swap at once, one does, again and again: no update is lost', () =>
    withRemote(async (remote, store) => {
      const stores = Array.from({ length: writers }, () => remote.open());
      const before = (await branchesOf(store)).size;
      const push = async (writer: RemoteStore, i: number): Promise<Address> => {
        for (;;) {
          const { next, last, commit, chunks } = await withBranch(writer, `writer-${i}`);
          const file = await writer.uploadChunks(chunks);
          if (await writer.swap(next, last, [file])) return commit;
        }
      };
      const commits = await Promise.all(stores.map(push));
      const branches = await branchesOf(store);
      for (const [i, commit] of commits.entries()) expect(branches.get(`writer-${i}`)).toBe(commit);
      expect(branches.size).toBe(before + writers);
      for (const writer of stores) writer.close();
    }));

  test('hands out its files as they are', () =>
    withRemote(async (remote, store) => {
      const { disk } = remote.environment;
      const chunks = noise(150, 64 << 10);
      const file = await store.upload(writtenFile(remote.environment, chunks));
      const a = await withBranch(store, 'a');
      expect(await store.swap(a.next, a.last, [file, await store.uploadChunks(a.chunks)])).toBe(true);
      const { root } = await store.root();
      disk.makeDirectory('', '/copy');
      const files = await store.files();
      for (const each of files) {
        const path = `/copy/${each.name}${each.suffix}`;
        let bytes = 0;
        await store.download(each, path, (more) => {
          bytes += more;
        });
        expect(disk.stat(path)?.size).toBe(each.byteSize);
        if (bytes > 0) expect(bytes).toBe(each.byteSize);
      }
      const copy = NbsStore.open(disk, '/copy', { journal: false });
      copy.ensureManifest();
      copy.commitFiles(root, EMPTY_ADDRESS, files, copy.gcGeneration());
      expect([...checkStore(disk, '/copy', true)]).toEqual([]);
      for (const [address, bytes] of chunks) expect(Buffer.compare(copy.get(address)!, bytes)).toBe(0);
      copy.close();
      const some = chunks.filter((_, i) => i % 7 === 0).map(([address]) => address);
      expect((await store.chunks(some)).size).toBe(some.length);
    }));

  test('takes pushes, and gives clones and fetches', () =>
    withRemote(async (remote, store) => {
      const origin = newRemote('origin', remote.url);
      const ours = isRepository
        ? await cloneInto(remote.environment, store, remote.url, '/ours')
        : scratchRepository(remote.environment, '/ours');
      await pushTo(ours, store, origin, [pushSpec('main')]);
      const theirs = await cloneInto(remote.environment, store, remote.url, '/theirs');
      for (let i = 0; i < 40; i++) {
        const head = addCommit(ours, 'main', `commit ${i}`);
        expect(await pushTo(ours, store, origin, [pushSpec('main')])).toMatchObject([{ outcome: 'fast-forward' }]);
        if (i % 8 === 0) {
          await fetchFrom(theirs, store, origin);
          expect(theirs.refs().get('refs/remotes/origin/main')).toBe(head);
        }
      }
      expect((await store.files()).length).toBeLessThan(24);
      expect((await readRemoteRefs(store)).get('refs/heads/main')).toBe(ours.headOf('main'));
      const again = await cloneInto(remote.environment, store, remote.url, '/again');
      expect(again.headOf('main')).toBe(ours.headOf('main'));
      for (const repository of [ours, theirs, again]) repository.close();
    }));
}
