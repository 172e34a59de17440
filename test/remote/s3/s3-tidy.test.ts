import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Address, addressOf, EMPTY_ADDRESS } from '../../../src/base/address.ts';
import { DoltError } from '../../../src/base/errors.ts';
import { NodeDisk } from '../../../src/base/node-disk.ts';
import { parseManifest } from '../../../src/chunks/manifest.ts';
import { cloneInto } from '../../../src/remote/clone.ts';
import { openRemote } from '../../../src/remote/open-remote.ts';
import { pushTo } from '../../../src/remote/push.ts';
import type { RemoteStore } from '../../../src/remote/remote-store.ts';
import { S3Store } from '../../../src/remote/s3/s3-store.ts';
import { S3Tidier } from '../../../src/remote/s3/s3-tidy.ts';
import { checkIntegrity } from '../../../src/repo/integrity.ts';
import { newRemote } from '../../../src/repo/repo-state.ts';
import { complete } from '../../../src/repo/steps.ts';
import { seeded } from '../../replication/world.ts';
import { addCommit, golden, pushSpec } from '../remote-fixture.ts';
import { FakeS3 } from './fake-s3.ts';

const url = 's3://chunks/a/remote';
const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

const chunkOf = (text: string): readonly [Address, Uint8Array] => {
  const bytes = new TextEncoder().encode(text);
  return [addressOf(bytes), bytes];
};

const manifestOf = (s3: FakeS3) => parseManifest(s3.text('a/remote/manifest')!, 'manifest');
const filesOf = (s3: FakeS3): string[] =>
  [...s3.objects.keys()].map((key) => key.slice('a/remote/'.length)).filter((name) => /^[0-9a-v]{32}$/.test(name));
const namedOf = (s3: FakeS3): string[] => manifestOf(s3).files.map(({ name }) => name);
const listsOf = (s3: FakeS3): string[] => [...s3.objects.keys()].filter((key) => key.includes('condemned-'));

const open = (s3: FakeS3): RemoteStore => openRemote(s3.environment(), url);

/** Puts a chunk on top, in a file of its own. */
async function add(store: RemoteStore, text: string): Promise<Address> {
  for (;;) {
    const { root } = await store.root();
    const mine = chunkOf(text);
    if (await store.swap(mine[0], root, [await store.uploadChunks([mine])])) return mine[0];
  }
}

/** A bucket with files of one chunk each. */
async function bucketOf(count: number) {
  const s3 = new FakeS3();
  const store = open(s3);
  const addresses: Address[] = [];
  for (let i = 0; i < count; i++) addresses.push(await add(store, `chunk ${i}`));
  return { s3, store, addresses };
}

describe('many files', () => {
  test('are joined at 24, and the old ones stay for readers half an hour', async () => {
    const { s3, store, addresses } = await bucketOf(23);
    await store.tidy();
    expect(namedOf(s3)).toHaveLength(23);
    addresses.push(await add(store, 'the last'));
    const reader = open(s3);
    expect(await reader.absent(addresses)).toEqual([]);
    await store.tidy();
    expect(namedOf(s3)).toHaveLength(1);
    expect(manifestOf(s3).root).toBe(addresses.at(-1));
    expect(filesOf(s3)).toHaveLength(25);
    expect((await open(s3).chunks(addresses)).size).toBe(24);

    s3.nowMs += 29 * MINUTE;
    await open(s3).tidy();
    expect(filesOf(s3)).toHaveLength(25);
    s3.nowMs += 2 * MINUTE;
    await open(s3).tidy();
    expect(filesOf(s3)).toEqual(namedOf(s3));
    expect(listsOf(s3)).toEqual([]);
    expect((await open(s3).chunks(addresses)).size).toBe(24);
    expect((await reader.chunks(addresses)).size).toBe(24);
  });

  test('large ones are joined through requests of bounded size', async () => {
    const s3 = new FakeS3();
    const store = open(s3);
    const large = Array.from({ length: 24 }, () => randomBytes(700_000));
    for (const bytes of large) {
      const { root } = await store.root();
      const address = addressOf(bytes);
      expect(await store.swap(address, root, [await store.uploadChunks([[address, bytes]])])).toBe(true);
    }
    await store.tidy();
    expect(namedOf(s3).length).toBeLessThan(24);
    const fresh = open(s3);
    for (const bytes of large) {
      const found = (await fresh.chunks([addressOf(bytes)])).get(addressOf(bytes))!;
      expect(Buffer.compare(found, bytes)).toBe(0);
    }
    for (const { body, key } of s3.requests) expect(body.length, key).toBeLessThanOrEqual(8 << 20);
  });

  test('the original’s archive among them makes an archive', async () => {
    const s3 = new FakeS3();
    const disk = new NodeDisk();
    const folder = `${golden}/remote-small`;
    for (const file of disk.list(folder)!) s3.put(`a/remote/${file}`, disk.readFile(`${folder}/${file}`)!);
    const environment = s3.environment();
    const remote = openRemote(environment, url);
    const origin = newRemote('origin', url);
    const ours = await cloneInto(environment, remote, url, '/ours');
    for (let i = 0; i < 50; i++) {
      addCommit(ours, 'main', `commit ${i}`);
      await pushTo(ours, remote, origin, [pushSpec('main')]);
    }
    expect(namedOf(s3).length).toBeLessThan(24);
    const archives = disk.list(folder)!.filter((file) => file.endsWith('.darc'));
    for (const archive of archives) expect(namedOf(s3)).not.toContain(archive.replace('.darc', ''));
    const theirs = await cloneInto(environment, openRemote(environment, url), url, '/theirs');
    expect(theirs.headOf('main')).toBe(ours.headOf('main'));
    const { problems } = await complete(checkIntegrity(environment, '/theirs'));
    expect(problems).toEqual([]);
    expect((await remote.files()).some(({ suffix }) => suffix === '.darc')).toBe(true);
  });

  test('are joined by one of several that try at once, and nothing of the others’ stays', async () => {
    const { s3, addresses } = await bucketOf(30);
    await Promise.all(Array.from({ length: 5 }, () => open(s3).tidy()));
    expect((await open(s3).chunks(addresses)).size).toBe(30);
    const unnamed = filesOf(s3).filter((name) => !namedOf(s3).includes(name));
    // Those that were joined, once each.
    expect(unnamed.length).toBe(30 - (namedOf(s3).length - 1));
  });

  test('stay as they are where a push is faster or the answer is lost', async () => {
    const { s3, store, addresses } = await bucketOf(24);
    const other = open(s3);
    let raced = false;
    s3.before = async ({ method, key }) => {
      if (raced || method !== 'PUT' || !key.endsWith('/manifest')) return;
      raced = true;
      addresses.push(await add(other, 'faster'));
    };
    await store.tidy();
    expect(manifestOf(s3).root).toBe(addresses.at(-1));
    expect(namedOf(s3)).toHaveLength(2);
    expect((await open(s3).chunks(addresses)).size).toBe(25);
  });

  test('a reader of the old manifest finds what went away in the new one', async () => {
    const { s3, store, addresses } = await bucketOf(24);
    const reader = open(s3);
    await reader.root();
    await store.tidy();
    s3.nowMs += 31 * MINUTE;
    await open(s3).tidy();
    expect((await reader.chunks(addresses)).size).toBe(24);
  });
});

test('who pushes looks now and then for what can go, and most often not', async () => {
  const { s3, store } = await bucketOf(1);
  const before = s3.requests.length;
  for (let i = 0; i < 16; i++) {
    await add(store, `more ${i}`);
    await store.tidy();
    s3.nowMs += DAY;
  }
  const lists = s3.requests.slice(before).filter(({ query }) => query.has('list-type'));
  // Each in two pages.
  expect(lists.length).toBeLessThanOrEqual(4);
  expect(lists.length).toBeGreaterThan(0);
});

describe('what nothing names', () => {
  test('is condemned after a day, and goes half an hour later', async () => {
    const { s3, store } = await bucketOf(1);
    const { name } = await store.uploadChunks([chunkOf('killed')]);
    s3.nowMs += DAY - MINUTE;
    await open(s3).tidy();
    expect(listsOf(s3)).toEqual([]);
    s3.nowMs += 2 * MINUTE;
    await open(s3).tidy();
    expect(listsOf(s3)).toHaveLength(1);
    expect(filesOf(s3)).toContain(name);
    s3.nowMs += 31 * MINUTE;
    await open(s3).tidy();
    expect(filesOf(s3)).toEqual(namedOf(s3));
    expect(listsOf(s3)).toEqual([]);
  });

  test('stays when it was written again since it was condemned', async () => {
    const { s3, store } = await bucketOf(1);
    const { name } = await store.uploadChunks([chunkOf('killed')]);
    s3.nowMs += DAY + MINUTE;
    await open(s3).tidy();
    s3.nowMs += 31 * MINUTE;
    s3.put(`a/remote/${name}`, s3.objects.get(`a/remote/${name}`)!.bytes);
    await open(s3).tidy();
    expect(filesOf(s3)).toContain(name);
  });

  test('is not named by a swap that comes too late for it', async () => {
    const { s3, store } = await bucketOf(1);
    const late = chunkOf('late');
    const { root } = await store.root();
    const file = await store.uploadChunks([late]);
    s3.nowMs += DAY;
    await open(s3).tidy();
    await expect(store.swap(late[0], root, [file])).rejects.toMatchObject({ kind: 'conflict' });
    s3.nowMs += 31 * MINUTE;
    await open(s3).tidy();
    await expect(store.swap(late[0], root, [file])).rejects.toMatchObject({ kind: 'conflict' });
    expect((await store.root()).root).toBe(root);
    const again = await store.uploadChunks([late]);
    s3.nowMs += 6 * 60 * MINUTE;
    expect(await store.swap(late[0], root, [again])).toBe(true);
  });

  test('parts of an upload that was killed go too; what is no file of chunks is nobody’s business', async () => {
    const { s3 } = await bucketOf(24);
    await open(s3).tidy();
    const name = filesOf(s3)[0]!;
    s3.uploads.set('killed', { key: `a/remote/${name}`, begunMs: s3.nowMs, parts: new Map() });
    s3.uploads.set('foreign', { key: 'a/remote/photo.jpg', begunMs: s3.nowMs, parts: new Map() });
    s3.put('a/remote/README.md', new Uint8Array(3));
    s3.put(`a/remote/below/${name}`, new Uint8Array(3));
    s3.nowMs += 2 * DAY;
    await open(s3).tidy();
    expect([...s3.uploads.keys()]).toEqual(['foreign']);
    expect(s3.objects.has('a/remote/README.md')).toBe(true);
    expect(s3.objects.has(`a/remote/below/${name}`)).toBe(true);
  });
});

test.each([1, 2, 3, 4, 5, 6])(
  'whoever writes, reads, tidies and is killed, nothing that is named goes (%i)',
  async (seed) => {
    const random = seeded(seed);
    const s3 = new FakeS3();
    const kept: Address[] = [];
    s3.fate = () =>
      random() < 0.03
        ? (['answer lost', 'request lost', 503, 'truncated'] as const)[Math.trunc(random() * 4)]
        : undefined;
    s3.before = async () => {
      for (let turns = random() * 4; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
      if (random() < 0.02) s3.nowMs += random() * 20 * MINUTE;
      if (!s3.objects.has('a/remote/manifest')) return;
      const there = new Set(filesOf(s3));
      for (const name of namedOf(s3)) expect(there.has(name), name).toBe(true);
    };
    const act = async (worker: number): Promise<void> => {
      let store = open(s3);
      for (let i = 0; i < 25; i++) {
        try {
          const dice = random();
          if (dice < 0.6) kept.push(await add(store, `worker ${worker}, chunk ${i}`));
          else if (dice < 0.8) await store.tidy();
          else if (dice < 0.9) await store.uploadChunks([chunkOf(`left by ${worker} ${i}`)]);
          else store = open(s3);
          if (kept.length > 0) await store.chunks([kept[Math.trunc(random() * kept.length)]!]);
        } catch (error) {
          if (!(error instanceof DoltError) || error.kind === 'corrupt' || error.kind === 'notFound') throw error;
        }
      }
    };
    await Promise.all([0, 1, 2, 3].map(act));
    s3.fate = () => undefined;
    const { root } = await open(s3).root();
    expect(root === EMPTY_ADDRESS || kept.length > 0).toBe(true);
    expect((await open(s3).chunks(kept)).size).toBe(new Set(kept).size);
    for (let i = 0; i < 4; i++) {
      s3.nowMs += DAY;
      const environment = s3.environment();
      await new S3Tidier(environment, new S3Store(environment, url)).collect();
    }
    expect(filesOf(s3).sort()).toEqual(namedOf(s3).sort());
    expect((await open(s3).chunks(kept)).size).toBe(new Set(kept).size);
  },
);
