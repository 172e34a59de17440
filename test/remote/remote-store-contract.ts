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
import { Refs } from '../../src/repo/refs.ts';
import { newRemote } from '../../src/repo/repo-state.ts';
import type { Environment } from '../../src/repo/repository.ts';
import { writeBlobLeaf } from '../../src/serial/blob-node.ts';
import { scratchRepository } from '../repo/scratch-repository.ts';
import { addCommit, pushSpec } from './remote-fixture.ts';

/** A remote that nobody has pushed to, and ways to it: each from a machine of its own, unless told. */
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

/** A root, whose only ref is called `name`, with what it refers to. */
function rootCalled(name: string): { readonly address: Address; readonly chunks: readonly [Chunk, Chunk] } {
  const value = chunk(name);
  const chunks = new MemoryChunkStore();
  const refs = Refs.read(new NodeStore(chunks), EMPTY_ADDRESS).edit(new Map([[name, value[0]]]));
  return { address: refs.storeRoot, chunks: [addressed(chunks.get(refs.storeRoot)!), value] };
}

/** The name of its ref. */
function nameOfRoot(root: Address, bytes: Uint8Array): string {
  const chunks = new MemoryChunkStore();
  chunks.put(root, bytes);
  const [[name]] = [...Refs.read(new NodeStore(chunks), root).entries()] as [readonly [string, Address]];
  return name;
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
}

/** The tests of one transport. */
export function keepsTheContract(
  newRemoteOf: () => Promise<ContractRemote> | ContractRemote,
  { writers = 20 }: ContractOptions = {},
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
      expect((await store.root()).root).toBe(EMPTY_ADDRESS);
      expect(await store.absent([address])).toEqual([address]);
      expect(await store.files()).toEqual([]);
      await expect(store.chunks([address])).rejects.toMatchObject({ kind: 'notFound' });
    }));

  test('keeps chunks that were sent from memory and from a file, under one root', () =>
    withRemote(async (remote, store) => {
      const [b, c] = [chunk('b'), chunk('c')];
      const root = rootCalled('a');
      const [a, value] = root.chunks;
      const inMemory = await store.uploadChunks([a, value], [[b[0], recordOf(b[1])]]);
      const onDisk = await store.upload(writtenFile(remote.environment, [c]));
      expect(inMemory.chunkCount).toBe(3);
      expect((await store.root()).root).toBe(EMPTY_ADDRESS);
      expect(await store.swap(a[0], EMPTY_ADDRESS, [inMemory, onDisk])).toBe(true);
      const other = remote.open();
      const { root: rootThere, version } = await other.root();
      expect(rootThere).toBe(root.address);
      expect((await store.root()).version).toBe(version);
      const [lacking] = chunk('lacking');
      expect(await other.absent([a[0], lacking, b[0], c[0]])).toEqual([lacking]);
      const found = await other.chunks([c[0], a[0], b[0]]);
      for (const [address, bytes] of [a, b, c]) expect(found.get(address)).toEqual(bytes);
      const files = await other.files();
      expect(files.map(({ chunkCount }) => chunkCount).sort()).toEqual([1, 3]);
      other.close();
    }));

  test('swaps on what was seen only, and files stay named when the root stays', () =>
    withRemote(async (remote, store) => {
      const [a, b] = [rootCalled('a'), rootCalled('b')];
      expect(await store.swap(a.address, EMPTY_ADDRESS, [await store.uploadChunks(a.chunks)])).toBe(true);
      const other = remote.open();
      expect((await other.root()).root).toBe(a.address);
      const { version } = await store.root();
      expect(await other.swap(b.address, a.address, [await other.uploadChunks(b.chunks)])).toBe(true);
      expect(await store.swap(b.address, EMPTY_ADDRESS, [])).toBe(false);
      expect(await store.swap(a.address, a.address, [])).toBe(false);
      const now = await store.root();
      expect(now.root).toBe(b.address);
      expect(now.version).not.toBe(version);
      const both = [a.address, b.address];
      expect([...(await store.chunks(both)).keys()].sort()).toEqual(both.sort());
      other.close();
    }));

  test('waits for what a swap must wait for, and stays when that fails', () =>
    withRemote(async (_, store) => {
      const a = rootCalled('a');
      const file = await store.uploadChunks(a.chunks);
      const failure = new DoltError('unavailable', 'the disk is full');
      await expect(store.swap(a.address, EMPTY_ADDRESS, [file], Promise.reject(failure))).rejects.toBe(failure);
      expect((await store.root()).root).toBe(EMPTY_ADDRESS);
      expect(await store.swap(a.address, EMPTY_ADDRESS, [file], Promise.resolve())).toBe(true);
    }));

  test('of many that swap at once, one does, again and again: no update is lost', () =>
    withRemote(async (remote, store) => {
      const stores = Array.from({ length: writers }, () => remote.open());
      const push = async (writer: RemoteStore, i: number): Promise<void> => {
        for (;;) {
          const { root } = await writer.root();
          const mine = rootCalled(`${i} on ${root}`);
          const file = await writer.uploadChunks(mine.chunks);
          if (await writer.swap(mine.address, root, [file])) return;
        }
      };
      await Promise.all(stores.map(push));
      let { root } = await store.root();
      let chain = 0;
      while (root !== EMPTY_ADDRESS) {
        const bytes = (await store.chunks([root])).get(root)!;
        root = nameOfRoot(root, bytes).split(' on ')[1] as Address;
        chain++;
      }
      expect(chain).toBe(stores.length);
      for (const writer of stores) writer.close();
    }));

  test('hands out its files as they are', () =>
    withRemote(async (remote, store) => {
      const { disk } = remote.environment;
      const chunks = noise(150, 64 << 10);
      const file = await store.upload(writtenFile(remote.environment, chunks));
      const a = rootCalled('a');
      await store.swap(a.address, EMPTY_ADDRESS, [file, await store.uploadChunks(a.chunks)]);
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
      copy.commitFiles(a.address, EMPTY_ADDRESS, files, copy.gcGeneration());
      expect([...checkStore(disk, '/copy', true)]).toEqual([]);
      for (const [address, bytes] of chunks) expect(Buffer.compare(copy.get(address)!, bytes)).toBe(0);
      copy.close();
      const some = chunks.filter((_, i) => i % 7 === 0).map(([address]) => address);
      expect((await store.chunks(some)).size).toBe(some.length);
    }));

  test('takes pushes, and gives clones and fetches', () =>
    withRemote(async (remote, store) => {
      const origin = newRemote('origin', remote.url);
      const ours = scratchRepository(remote.environment, '/ours');
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
