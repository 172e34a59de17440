import { describe, expect, test } from 'vitest';
import { addressOf, EMPTY_ADDRESS } from '../../../src/base/address.ts';
import { NodeDisk } from '../../../src/base/node-disk.ts';
import { formatManifest, parseManifest } from '../../../src/chunks/manifest.ts';
import { cloneInto } from '../../../src/remote/clone.ts';
import { fetchFrom } from '../../../src/remote/fetch.ts';
import { openRemote } from '../../../src/remote/open-remote.ts';
import { pushTo } from '../../../src/remote/push.ts';
import type { RemoteStore } from '../../../src/remote/remote-store.ts';
import { checkIntegrity } from '../../../src/repo/integrity.ts';
import { newRemote } from '../../../src/repo/repo-state.ts';
import { complete } from '../../../src/repo/steps.ts';
import { scratchRepository } from '../../repo/scratch-repository.ts';
import { addCommit, golden, pushSpec } from '../remote-fixture.ts';
import { keepsTheContract } from '../remote-store-contract.ts';
import { FakeS3, type Fate } from './fake-s3.ts';

const url = 's3://chunks/a/remote';
const origin = newRemote('origin', url);

const chunkOf = (text: string) => {
  const bytes = new TextEncoder().encode(text);
  return [addressOf(bytes), bytes] as const;
};

function world() {
  const s3 = new FakeS3();
  const environment = s3.environment();
  const open = (): RemoteStore => openRemote(s3.environment(), url);
  return { s3, environment, open, remote: openRemote(environment, url) };
}

/** A repository whose branch `main` is on the remote. */
async function pushed() {
  const there = world();
  const ours = scratchRepository(there.environment, '/ours');
  await pushTo(ours, there.remote, origin, [pushSpec('main')]);
  return { ...there, ours };
}

describe('a bucket', () => {
  keepsTheContract(() => {
    const s3 = new FakeS3();
    const open = (environment = s3.environment()): RemoteStore => openRemote(environment, url);
    return { url, environment: s3.environment(), open };
  });
});

describe.each(['remote-small', 'remote-20k', 'remote-plain', 'remote-legacy'])('the original’s %s', (name) => {
  test('is cloned, and fetched from by ranges', async () => {
    const { s3, environment, remote } = world();
    const disk = new NodeDisk();
    for (const file of disk.list(`${golden}/${name}`)!) {
      if (file !== 'expected.json') s3.put(`a/remote/${file}`, disk.readFile(`${golden}/${name}/${file}`)!);
    }
    const clone = await cloneInto(environment, remote, url, '/clone');
    const other = scratchRepository(environment, '/other');
    const { moved } = await fetchFrom(other, remote, origin);
    expect(moved.length).toBeGreaterThan(0);
    for (const repository of [clone, other]) {
      repository.close();
      const { problems } = await complete(checkIntegrity(environment, repository.directory));
      expect(problems).toEqual([]);
    }
  });
});

describe('every request fails once', () => {
  const fates: readonly Exclude<Fate, undefined>[] = ['request lost', 'answer lost', 'late', 'truncated', 500, 503];

  /** Runs `work` again and again, each time with the next request failing, until it needs no more requests. */
  async function atEveryRequest(
    fate: Fate,
    prepare: () => Promise<{ s3: FakeS3; work(): Promise<void> }>,
  ): Promise<void> {
    for (let failing = 0, failed = true; failed; failing++) {
      const { s3, work } = await prepare();
      const first = s3.requests.length;
      failed = false;
      s3.fate = (_, nth) => {
        if (nth !== first + failing) return undefined;
        failed = true;
        return fate;
      };
      await work();
      s3.arrive();
      if (!failed) expect(failing).toBeGreaterThan(3);
    }
  }

  test.each(fates)('a push comes through: %s', async (fate) => {
    await atEveryRequest(fate, async () => {
      const { s3, environment, ours, remote } = await pushed();
      const head = addCommit(ours, 'main', 'more');
      const work = async (): Promise<void> => {
        expect(await pushTo(ours, remote, origin, [pushSpec('main')])).toMatchObject([{ outcome: 'fast-forward' }]);
        s3.arrive();
        const theirs = await cloneInto(environment, openRemote(environment, url), url, '/theirs');
        expect(theirs.headOf('main')).toBe(head);
        theirs.close();
      };
      return { s3, work };
    });
  });

  test.each(fates)('a first push comes through: %s', async (fate) => {
    await atEveryRequest(fate, async () => {
      const { s3, environment, remote } = world();
      const ours = scratchRepository(environment, '/ours');
      const work = async (): Promise<void> => {
        expect(await pushTo(ours, remote, origin, [pushSpec('main')])).toMatchObject([{ outcome: 'new' }]);
      };
      return { s3, work };
    });
  });

  test.each(fates)('a file in parts comes through, and no part is left: %s', async (fate) => {
    await atEveryRequest(fate, async () => {
      const { s3, environment, remote } = world();
      const { disk } = environment;
      disk.makeDirectory('', '/upload');
      const bytes = new Uint8Array(20 << 20).fill(7);
      const work = async (): Promise<void> => {
        const file = disk.create('', '/upload/file');
        file.write('', bytes, 0);
        const { name } = await remote.upload({
          ...{ path: '/upload/file', name: EMPTY_ADDRESS, chunkCount: 1 },
          byteSize: bytes.length,
        });
        expect(Buffer.compare(s3.objects.get(`a/remote/${name}`)!.bytes, bytes)).toBe(0);
        // The one whose beginning was not heard of is aborted when the bucket is tidied.
        expect(s3.uploads.size).toBeLessThanOrEqual(fate === 'answer lost' || fate === 'truncated' ? 1 : 0);
      };
      return { s3, work };
    });
  });
});

describe('what is wrong', () => {
  test('an S3 that answers nothing is unavailable, and a clone leaves nothing', async () => {
    const { s3, environment, remote } = await pushed();
    s3.fate = () => 'request lost';
    await expect(remote.root()).rejects.toMatchObject({
      kind: 'unavailable',
      message: expect.stringMatching(/socket hang up/),
    });
    await expect(cloneInto(environment, remote, url, '/theirs')).rejects.toMatchObject({ kind: 'unavailable' });
    expect(environment.disk.stat('/theirs')).toBeUndefined();
  });

  test('a part that cannot be written aborts the upload', async () => {
    const { s3, environment, remote } = world();
    const { disk } = environment;
    disk.makeDirectory('', '/upload');
    const file = disk.create('', '/upload/file');
    file.write('', new Uint8Array(20 << 20), 0);
    s3.fate = ({ query }) => (query.get('partNumber') === '2' ? 500 : undefined);
    const local = { path: '/upload/file', name: EMPTY_ADDRESS, chunkCount: 1, byteSize: 20 << 20 };
    await expect(remote.upload(local)).rejects.toMatchObject({ kind: 'unavailable' });
    expect(s3.uploads.size).toBe(0);
    expect(s3.objects.size).toBe(0);
  });

  test('a chunk that is not what its address says is refused, whether in a file or on its way', async () => {
    const { s3, open, remote } = world();
    const a = chunkOf('a');
    await remote.swap(a[0], EMPTY_ADDRESS, [await remote.uploadChunks([a])]);
    s3.fate = ({ headers }) => (headers.has('range') ? 'flipped' : undefined);
    await expect(open().chunks([a[0]])).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining(a[0]),
    });
    s3.fate = () => undefined;
    const b = chunkOf('b');
    const { name } = await remote.uploadChunks([[a[0], b[1]]]);
    await remote.swap(b[0], a[0], [{ name, chunkCount: 1 }]);
    const [file] = [...s3.objects.keys()].filter((key) => key.endsWith(name));
    s3.put(
      'a/remote/manifest',
      new TextEncoder().encode(s3.text('a/remote/manifest')!.replace(/:[0-9a-v]{32}:1(?=:)/, '')),
    );
    expect(file).toBeDefined();
    await expect(open().chunks([a[0]])).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining('its bytes belong to another'),
    });
  });

  test('a clone of a damaged file keeps nothing', async () => {
    const { s3, environment, remote, ours } = await pushed();
    for (let i = 0; i < 3; i++) addCommit(ours, 'main', `commit ${i}`);
    await pushTo(ours, remote, origin, [pushSpec('main')]);
    const [key, { bytes }] = [...s3.objects].find(([each]) => !each.endsWith('manifest'))!;
    const changed = bytes.slice();
    changed[4]! ^= 1;
    s3.put(key, changed);
    await expect(cloneInto(environment, openRemote(environment, url), url, '/theirs')).rejects.toMatchObject({
      kind: 'corrupt',
    });
    expect(environment.disk.stat('/theirs')).toBeUndefined();
  });

  test('a file that the manifest names and that is not there is said so', async () => {
    const { s3, open } = await pushed();
    for (const key of s3.objects.keys()) if (!key.endsWith('manifest')) s3.objects.delete(key);
    const [address] = chunkOf('a');
    await expect(open().absent([address])).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringMatching(/names/),
    });
    await expect(open().files()).rejects.toMatchObject({ kind: 'corrupt' });
  });

  test('a manifest that is none is said so', async () => {
    const { s3, open } = await pushed();
    s3.put('a/remote/manifest', new TextEncoder().encode('rubbish'));
    await expect(open().root()).rejects.toMatchObject({
      kind: 'corrupt',
      message: expect.stringContaining(`${url}/manifest`),
    });
  });
});

describe('a swap whose answer is lost', () => {
  const isSwap = ({ method, key }: { method: string; key: string }) => method === 'PUT' && key.endsWith('/manifest');

  async function lost(fate: Fate, between: (there: Awaited<ReturnType<typeof world>>) => Promise<void>) {
    const there = world();
    const { s3, remote } = there;
    const [a, b] = [chunkOf('a'), chunkOf('b')];
    await remote.swap(a[0], EMPTY_ADDRESS, [await remote.uploadChunks([a])]);
    const file = await remote.uploadChunks([b]);
    let swaps = 0;
    s3.fate = (request) => (isSwap(request) && swaps++ === 0 ? fate : undefined);
    let isFirst = true;
    s3.before = async ({ method, key }) => {
      if (swaps === 0 || !isFirst || method !== 'GET' || !key.endsWith('/manifest')) return;
      isFirst = false;
      await between(there);
    };
    const swapped = remote.swap(b[0], a[0], [file]);
    return { ...there, swapped, a, b };
  }

  test('has happened where it is there', async () => {
    const { s3, swapped, b, remote } = await lost('answer lost', async () => {});
    expect(await swapped).toBe(true);
    expect((await remote.root()).root).toBe(b[0]);
    expect(s3.requests.filter(isSwap)).toHaveLength(2);
  });

  test('is made again where nothing has moved, and then the lost one does not happen', async () => {
    const { s3, swapped, b, remote } = await lost('late', async () => {});
    expect(await swapped).toBe(true);
    const { version } = await remote.root();
    s3.arrive();
    expect(await remote.root()).toEqual({ root: b[0], version });
  });

  test('has happened where the lost one came after all', async () => {
    const { swapped, remote, b } = await lost('late', async ({ s3 }) => s3.arrive());
    expect(await swapped).toBe(true);
    expect((await remote.root()).root).toBe(b[0]);
  });

  test('is not known where others have moved the remote since', async () => {
    const c = chunkOf('c');
    const { swapped, remote } = await lost('answer lost', async ({ open }) => {
      const other = open();
      const { root } = await other.root();
      expect(await other.swap(c[0], root, [await other.uploadChunks([c])])).toBe(true);
    });
    await expect(swapped).rejects.toMatchObject({ kind: 'unknown' });
    expect((await remote.root()).root).toBe(c[0]);
  });

  test('is not known where nothing answers', async () => {
    const { remote, s3 } = world();
    const a = chunkOf('a');
    const file = await remote.uploadChunks([a]);
    await remote.root();
    s3.fate = () => 'request lost';
    await expect(remote.swap(a[0], EMPTY_ADDRESS, [file])).rejects.toMatchObject({ kind: 'unknown' });
  });

  test('is refused where garbage was collected since it was asked what is there', async () => {
    const { remote, s3 } = world();
    const [a, b] = [chunkOf('a'), chunkOf('b')];
    await remote.swap(a[0], EMPTY_ADDRESS, [await remote.uploadChunks([a])]);
    expect(await remote.absent([a[0], b[0]])).toEqual([b[0]]);
    const manifest = parseManifest(s3.text('a/remote/manifest')!, 'manifest');
    const collected = formatManifest({ ...manifest, gcGeneration: a[0] });
    s3.put('a/remote/manifest', new TextEncoder().encode(collected));
    await remote.root();
    await expect(remote.swap(b[0], a[0], [await remote.uploadChunks([b])])).rejects.toMatchObject({ kind: 'conflict' });
    expect((await remote.root()).root).toBe(a[0]);
    await remote.absent([b[0]]);
    expect(await remote.swap(b[0], a[0], [await remote.uploadChunks([b])])).toBe(true);
  });
});

test('polls that come together share requests, and one that nothing has changed for costs no manifest', async () => {
  const { s3, remote } = await pushed();
  const before = s3.requests.length;
  const roots = await Promise.all(Array.from({ length: 64 }, () => remote.root()));
  expect(new Set(roots.map(({ root }) => root)).size).toBe(1);
  const asked = s3.requests.slice(before);
  expect(asked.length).toBeLessThanOrEqual(2);
  expect(asked.every(({ headers }) => headers.has('if-none-match'))).toBe(true);
});

test('a clone asks for small files once', async () => {
  const { s3, environment, remote, ours } = await pushed();
  for (let i = 0; i < 9; i++) {
    addCommit(ours, 'main', `commit ${i}`);
    await pushTo(ours, remote, origin, [pushSpec('main')]);
  }
  const before = s3.requests.length;
  await cloneInto(environment, openRemote(environment, url), url, '/theirs');
  const files = s3.requests.slice(before).filter(({ key }) => /\/[0-9a-v]{32}$/.test(key));
  expect(files).toHaveLength(10);
});

test('a push of a row asks for one thing, and writes two', async () => {
  const { s3, remote, ours } = await pushed();
  await remote.tidy();
  addCommit(ours, 'main', 'more');
  const before = s3.requests.length;
  await pushTo(ours, remote, origin, [pushSpec('main')]);
  const asked = s3.requests.slice(before).map(({ method, key }) => `${method} ${key.replace(/[0-9a-v]{32}/, 'file')}`);
  expect(asked).toEqual(['GET a/remote/manifest', 'PUT a/remote/file', 'PUT a/remote/manifest']);
});
