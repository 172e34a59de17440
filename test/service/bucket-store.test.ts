/** A served bucket: complete whatever happens, the same one that an `s3://` remote is, and shared by several services. */
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Address, EMPTY_ADDRESS } from '../../src/base/address.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { parseManifest } from '../../src/chunks/manifest.ts';
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import { TableFileWriter } from '../../src/chunks/table-file-writer.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { cloneInto } from '../../src/remote/clone.ts';
import { fetchFrom } from '../../src/remote/fetch.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import { pushTo } from '../../src/remote/push.ts';
import { writeCommit } from '../../src/repo/commit.ts';
import { Refs } from '../../src/repo/refs.ts';
import { newRemote } from '../../src/repo/repo-state.ts';
import { RootValue } from '../../src/repo/root-value.ts';
import { referencesOf } from '../../src/serial/references.ts';
import { BucketStore } from '../../src/service/bucket-store.ts';
import type { AnnouncedFile, ServedStore } from '../../src/service/served-store.ts';
import { addCommit, assertComplete, pushSpec } from '../remote/remote-fixture.ts';
import { FakeS3 } from '../remote/s3/fake-s3.ts';
import { scratchRepository } from '../repo/scratch-repository.ts';
import { serveFolders } from './service-fixture.ts';

const url = 's3://chunks/a/remote';
const DAY = 24 * 60 * 60_000;

interface Sent {
  readonly root: Address;
  readonly announced: AnnouncedFile;
  readonly bytes: Uint8Array;
}

/** A file with a root whose branch is one new commit, and what is left out of it. */
function pushOf(message: string, leaveOut = -1): Sent {
  const chunks = new MemoryChunkStore();
  const nodes = new NodeStore(chunks);
  const who = { name: 'Test', email: 'test@example.com' };
  const at = { author: who, committer: who, authorDate: 0, committerDate: 0, message };
  const commit = writeCommit(nodes, RootValue.empty(nodes).address, [], at);
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
  return { root: refs.storeRoot, bytes, announced: { name, suffix: '', chunkCount, byteSize, md5 } };
}

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 100) yield bytes.subarray(at, at + 100);
}

const receive = (store: ServedStore, { announced, bytes }: Sent): Promise<void> =>
  store.receive(announced, inPieces(bytes));

function world() {
  const s3 = new FakeS3();
  const environment = s3.environment();
  const open = (own = s3.environment()) => new BucketStore(own, url, '/scratch');
  return { s3, environment, open, store: open(environment) };
}

const objectsOf = (s3: FakeS3): string[] => [...s3.objects.keys()].map((key) => key.slice('a/remote/'.length)).sort();

test('takes in a file, names it and hands it out, to other services too', async () => {
  const { s3, environment, store, open } = world();
  const sent = pushOf('first');
  expect(await store.root()).toBe(EMPTY_ADDRESS);
  expect(await store.locate([sent.root])).toEqual([undefined]);
  await receive(store, sent);
  expect(await store.root()).toBe(EMPTY_ADDRESS);
  // Another process is asked to name what this one took in.
  const other = open();
  expect(await other.commit(sent.root, EMPTY_ADDRESS, [sent.announced])).toBe(true);
  expect(await store.root()).toBe(sent.root);
  expect(await store.commit(sent.root, EMPTY_ADDRESS, [])).toBe(false);
  const { root, files } = await store.files();
  const { name, suffix, chunkCount, byteSize } = sent.announced;
  const splitOffset = byteSize - 28 * chunkCount - 20;
  expect({ root, files }).toEqual({ root: sent.root, files: [{ name, suffix, chunkCount, byteSize, splitOffset }] });
  expect(await store.fileSize(name, '')).toBe(byteSize);
  expect(await store.fileSize(name, '.darc')).toBeUndefined();
  const [place] = await store.locate([sent.root]);
  const pieces: Uint8Array[] = [];
  for await (const piece of store.read(name, '', place!)) pieces.push(piece);
  expect(Buffer.concat(pieces)).toEqual(Buffer.from(sent.bytes.subarray(place!.offset, place!.offset + place!.length)));
  const nothing = store.read(sent.root, '', { offset: 0, length: 1 })[Symbol.asyncIterator]();
  await expect(nothing.next()).rejects.toMatchObject({ kind: 'notFound' });
  expect(objectsOf(s3)).toEqual([name, 'manifest'].sort());
  expect(environment.disk.list('/scratch')).toEqual([]);
});

describe('what is not as it should be is refused, and nothing is kept', () => {
  const good = pushOf('good');
  const { announced, bytes } = good;
  const flipped = bytes.slice();
  flipped[3]! ^= 1;
  const md5Of = (of: Uint8Array) => createHash('md5').update(of).digest();

  test.each([
    ['more than announced', { announced: { ...announced, byteSize: announced.byteSize - 1 }, bytes }],
    ['less than announced', { announced: { ...announced, byteSize: announced.byteSize + 1 }, bytes }],
    ['other bytes', { announced, bytes: flipped }],
    ['a damaged chunk', { announced: { ...announced, md5: md5Of(flipped) }, bytes: flipped }],
    ['another name', { announced: { ...announced, name: good.root }, bytes }],
    ['another count', { announced: { ...announced, chunkCount: 1 }, bytes }],
    ['no archive', { announced: { ...announced, suffix: '.darc' }, bytes }],
  ])('%s', async (_, sent) => {
    const { s3, environment, store } = world();
    await expect(receive(store, { root: good.root, ...sent })).rejects.toMatchObject({ kind: 'invalid' });
    expect(objectsOf(s3)).toEqual([]);
    expect(environment.disk.list('/scratch')).toEqual([]);
  });

  test('a file that was not received, is incomplete or has no root', async () => {
    const { store, open, s3 } = world();
    const incomplete = pushOf('incomplete', 1);
    await expect(store.commit(good.root, EMPTY_ADDRESS, [announced])).rejects.toMatchObject({ kind: 'notFound' });
    await receive(store, incomplete);
    for (const each of [store, open()]) {
      await expect(each.commit(incomplete.root, EMPTY_ADDRESS, [incomplete.announced])).rejects.toMatchObject({
        kind: 'conflict',
      });
      await expect(each.addFiles([incomplete.announced])).rejects.toMatchObject({ kind: 'conflict' });
    }
    await receive(store, good);
    const many = { ...announced, chunkCount: 2 ** 31 };
    await expect(store.commit(good.root, EMPTY_ADDRESS, [many])).rejects.toMatchObject({ kind: 'invalid' });
    await expect(store.commit(incomplete.root, EMPTY_ADDRESS, [announced])).rejects.toMatchObject({ kind: 'conflict' });
    const commit = referencesOf((await chunksOf(good)).get(good.root)!).at(-1)!;
    await expect(store.commit(commit, EMPTY_ADDRESS, [announced])).rejects.toMatchObject({ kind: 'invalid' });
    expect(s3.objects.has('a/remote/manifest')).toBe(false);
  });
});

async function chunksOf(sent: Sent): Promise<ReadonlyMap<Address, Uint8Array>> {
  const { s3, store } = world();
  await receive(store, sent);
  await store.commit(sent.root, EMPTY_ADDRESS, [sent.announced]);
  return await openRemote(s3.environment(), url).chunks([sent.root]);
}

test('every request fails once, and a push comes through when it is made again', async () => {
  const [first, second] = [pushOf('first'), pushOf('second')];
  for (const fate of ['request lost', 'answer lost', 503, 'truncated'] as const) {
    for (let failing = 0, failed = true; failed; failing++) {
      const { s3, store, open } = world();
      await receive(store, first);
      await store.commit(first.root, EMPTY_ADDRESS, [first.announced]);
      await store.settled();
      const from = s3.requests.length;
      failed = false;
      s3.fate = (_, nth) => {
        if (nth !== from + failing) return undefined;
        failed = true;
        return fate;
      };
      await receive(store, second);
      expect(await store.commit(second.root, first.root, [second.announced])).toBe(true);
      await store.settled();
      expect(await open().root()).toBe(second.root);
    }
  }
});

test('what was left a day ago and is sent again is not taken for what was left', async () => {
  const { s3, store, open } = world();
  const sent = pushOf('again');
  await receive(store, sent);
  s3.nowMs += DAY + 60_000;
  const tidier = openRemote(s3.environment(), url);
  await tidier.tidy();
  s3.nowMs += 31 * 60_000;
  const before = s3.objects.get(`a/remote/${sent.announced.name}`)!;
  const other = open();
  await receive(other, sent);
  expect(s3.objects.get(`a/remote/${sent.announced.name}`)!.bytes).toEqual(before.bytes);
  await openRemote(s3.environment(), url).tidy();
  expect(await other.commit(sent.root, EMPTY_ADDRESS, [sent.announced])).toBe(true);
  expect((await openRemote(s3.environment(), url).chunks([sent.root])).size).toBe(1);
});

test('of twenty services that commit at once, one does', async () => {
  const { store, open } = world();
  const sent = Array.from({ length: 20 }, (_, i) => pushOf(`push ${i}`));
  const swapped = await Promise.all(
    sent.map(async (each) => {
      const own = open();
      await receive(own, each);
      const done = await own.commit(each.root, EMPTY_ADDRESS, [each.announced]);
      await own.settled();
      return done;
    }),
  );
  expect(swapped.filter(Boolean)).toHaveLength(1);
  expect(await store.root()).toBe(sent[swapped.indexOf(true)]!.root);
});

test('is pushed to, cloned and fetched over gRPC, beside an s3:// remote of the same bucket', async () => {
  const s3 = new FakeS3();
  const stores: BucketStore[] = [];
  const served = await serveFolders({
    open: (environment) => {
      const store = new BucketStore({ ...s3.environment(), disk: environment.disk }, url, '/scratch');
      stores.push(store);
      return store;
    },
  });
  try {
    const remote = served.remote('open/shop');
    const direct = openRemote({ ...s3.environment(), disk: served.environment.disk }, url);
    const origin = newRemote('origin', remote.url);
    const ours = scratchRepository(served.environment, '/ours');
    await pushTo(ours, remote, origin, [pushSpec('main')]);
    const theirs = await cloneInto(served.environment, remote, remote.url, '/theirs');
    for (let i = 0; i < 30; i++) {
      const head = addCommit(ours, 'main', `commit ${i}`);
      const by = i % 3 === 0 ? direct : remote;
      expect(await pushTo(ours, by, origin, [pushSpec('main')])).toMatchObject([{ outcome: 'fast-forward' }]);
      if (i % 10 !== 9) continue;
      await fetchFrom(theirs, remote, origin);
      expect(theirs.refs().get('refs/remotes/origin/main')).toBe(head);
    }
    for (const store of stores) await store.settled();
    expect(parseManifest(s3.text('a/remote/manifest')!, '').files.length).toBeLessThan(24);
    const again = await cloneInto(served.environment, remote, remote.url, '/again');
    assertComplete(again);
    expect(again.headOf('main')).toBe(ours.headOf('main'));
  } finally {
    await served.close();
  }
});
