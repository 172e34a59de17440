/**
 * Garbage of a bucket goes, and nothing that a reader, a cloner or a pusher was told of, whoever is killed and whatever is
 * lost.
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Address } from '../../../src/base/address.ts';
import { DoltError } from '../../../src/base/errors.ts';
import { parseManifest } from '../../../src/chunks/manifest.ts';
import { type BucketGarbageOptions, collectBucket } from '../../../src/hub/storage/bucket-garbage.ts';
import { BucketRepositories } from '../../../src/hub/storage/bucket-repositories.ts';
import type { RepositoryName } from '../../../src/hub/storage/repository-name.ts';
import { cloneInto } from '../../../src/remote/clone.ts';
import { openRemote } from '../../../src/remote/open-remote.ts';
import { pushTo } from '../../../src/remote/push.ts';
import { readRemoteRefs, swapRemoteRefs } from '../../../src/remote/remote-refs.ts';
import type { RemoteStore } from '../../../src/remote/remote-store.ts';
import { S3Client } from '../../../src/remote/s3/s3-client.ts';
import { LEASE_MS, S3Lease } from '../../../src/remote/s3/s3-lease.ts';
import { uploadMissing } from '../../../src/remote/transfer.ts';
import { newRemote } from '../../../src/repo/repo-state.ts';
import type { Environment, Repository } from '../../../src/repo/repository.ts';
import { BucketStore } from '../../../src/service/bucket-store.ts';
import { addCommit, assertComplete, pushSpec } from '../../remote/remote-fixture.ts';
import { FakeS3, type Fate } from '../../remote/s3/fake-s3.ts';
import { seeded } from '../../replication/world.ts';
import { scratchRepository } from '../../repo/scratch-repository.ts';
import { type Served, serveFolders } from '../../service/service-fixture.ts';

const url = 's3://chunks/acme/shop';
const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const origin = newRemote('origin', url);

let s3: FakeS3;
let served: Served;
let repository: Repository;
let clones = 0;

beforeEach(async () => {
  s3 = new FakeS3();
  served = await serveFolders({ open: (environment) => hubStore(environment) });
  repository = scratchRepository(served.environment, '/work');
});
afterEach(async () => {
  repository.close();
  await served.close();
});

/** One hub's store, over a disk of its own unless told. */
const hubStore = (environment?: Environment): BucketStore => {
  const own = s3.environment();
  return new BucketStore(environment ? { ...own, disk: environment.disk } : own, url, '/scratch');
};

const direct = (): RemoteStore => openRemote({ ...s3.environment(), disk: served.environment.disk }, url);
const throughHub = (): RemoteStore => served.remote('open/shop');

const push = async (remote: RemoteStore, ...specs: readonly string[]): Promise<void> => {
  await pushTo(repository, remote, origin, specs.map(pushSpec));
};

const collect = (options: Partial<BucketGarbageOptions> = {}, environment = s3.environment()) =>
  collectBucket(environment, url, { graceMs: HOUR, leastShare: 0, scratch: '/gc', ...options });

const manifest = () => parseManifest(s3.text('acme/shop/manifest')!, 'manifest');
const named = (): string[] => manifest().files.map(({ name }) => name);
const objects = (): string[] => [...s3.objects.keys()].map((key) => key.slice('acme/shop/'.length));
const files = (): string[] => objects().filter((name) => /^[0-9a-v]{32}$/.test(name));

/** What the refs lead to is there, for hubs and others. */
async function assertWhole(): Promise<void> {
  const there = new Set(files());
  for (const name of named()) expect(there.has(name), name).toBe(true);
  const remote = direct();
  const clone = await cloneInto(served.environment, remote, url, `/clone-${++clones}`);
  assertComplete(clone);
  clone.close();
  remote.close();
}

/** Branches with some commits each, of which `dropped` goes again. */
async function withGarbage(remote = throughHub()): Promise<{ readonly dropped: Address }> {
  for (let i = 0; i < 5; i++) addCommit(repository, 'main', `main ${i}`);
  await push(remote, 'main');
  for (let i = 0; i < 5; i++) addCommit(repository, 'other', `other ${i}`);
  await push(remote, 'other');
  const dropped = repository.headOf('other');
  await push(remote, ':other');
  return { dropped };
}

test('what nothing leads to goes when it is old, and its files a day later', async () => {
  const { dropped } = await withGarbage();
  expect(await collect(), 'all of it is young').toMatchObject({ chunksDropped: 0, filesRemoved: 0 });
  s3.nowMs += 2 * HOUR;
  const before = named();
  const report = await collect();
  expect(report.chunksDropped).toBeGreaterThan(5);
  expect(report.bytesAfter).toBeLessThan(report.bytesBefore);
  expect(files(), 'old files are still there').toEqual(expect.arrayContaining(before));
  for (const remote of [direct(), served.remote('open/shop')]) {
    expect(await remote.absent([dropped, repository.headOf('main')])).toEqual([dropped]);
  }
  await assertWhole();
  s3.nowMs += DAY - MINUTE;
  expect(await collect()).toMatchObject({ chunksDropped: 0, filesRemoved: 0 });
  expect(files()).toEqual(expect.arrayContaining(before));
  s3.nowMs += 2 * MINUTE;
  expect((await collect()).filesRemoved).toBeGreaterThan(0);
  expect(files().sort()).toEqual(named().sort());
  expect(objects().filter((name) => name.startsWith('collected-'))).toEqual([]);
  await assertWhole();
});

test('where nothing has changed since, chunks are not read again', async () => {
  await withGarbage();
  s3.nowMs += 2 * HOUR;
  await collect();
  const { quiet } = await collect();
  expect(quiet?.text).toBe(s3.text('acme/shop/manifest'));
  const from = s3.requests.length;
  expect(await collect({ quiet })).toMatchObject({ chunksDropped: 0, quiet });
  const asked = s3.requests.slice(from).filter(({ method, key }) => method === 'GET' && /[0-9a-v]{32}$/.test(key));
  expect(asked).toEqual([]);
  await push(throughHub(), ':main');
  s3.nowMs += 2 * HOUR;
  expect((await collect({ quiet })).chunksDropped).toBeGreaterThan(0);
});

test('all garbage of old files goes, or none: nothing stays that refers to what went', async () => {
  await withGarbage();
  s3.nowMs += 2 * HOUR;
  const before = named();
  expect(await collect({ leastShare: 0.9 })).toMatchObject({ chunksDropped: 0 });
  expect(named()).toEqual(before);
  await collect({ leastShare: 0.1 });
  expect(named()).not.toEqual(before);
  expect(await collect({ leastShare: 0 }), 'a second one finds nothing').toMatchObject({ chunksDropped: 0 });
  await assertWhole();
});

test('who was told where a chunk lies reads it there', async () => {
  const { dropped } = await withGarbage();
  const [place] = await hubStore().locate([dropped]);
  s3.nowMs += 2 * HOUR;
  await collect();
  // Another hub, which has not opened the file before.
  const other = hubStore();
  expect(await other.locate([dropped])).toEqual([undefined]);
  let size = 0;
  for await (const piece of other.read(place!.file.name, '', place!)) size += piece.length;
  expect(size).toBe(place!.length);
});

describe('who was told that a chunk is here need not send it', () => {
  test('through a hub', async () => {
    const { dropped } = await withGarbage();
    s3.nowMs += 2 * HOUR;
    // The pusher asks and uploads, garbage is collected, the pusher goes on.
    const remote = throughHub();
    const there = await readRemoteRefs(remote);
    expect(await remote.absent([dropped])).toEqual([]);
    const brought = addCommit(repository, 'other', 'on top of what is garbage');
    const upload = await uploadMissing(repository, remote, [brought], { isEmpty: false });
    expect((await collect()).chunksDropped).toBeGreaterThan(5);
    expect(await served.remote('open/shop').absent([dropped])).toEqual([dropped]);
    const edits = () => new Map([['refs/heads/other', brought]]);
    expect(await swapRemoteRefs(remote, there, edits, upload)).toBe(true);
    await assertWhole();
    // The list that condemned it does not take it away.
    s3.nowMs += DAY + HOUR;
    await collect();
    expect(await direct().absent([brought, dropped])).toEqual([]);
    await assertWhole();
  });

  test('whose parts went one collection after the other', async () => {
    await push(throughHub(), 'main');
    const first = addCommit(repository, 'other', 'first');
    await push(throughHub(), 'other');
    const second = addCommit(repository, 'other', 'second');
    await push(throughHub(), 'other');
    repository.update(() => new Map([['refs/heads/other', first]]));
    await push(throughHub(), '+other');
    s3.nowMs += 2 * HOUR;
    const remote = throughHub();
    const there = await readRemoteRefs(remote);
    repository.update(() => new Map([['refs/heads/other', second]]));
    const brought = addCommit(repository, 'other', 'on top of the second');
    const upload = await uploadMissing(repository, remote, [brought], { isEmpty: false });
    expect((await collect()).chunksDropped).toBeGreaterThan(0);
    expect(await direct().absent([first, second])).toEqual([second]);
    await push(direct(), ':other');
    s3.nowMs += 2 * HOUR;
    expect((await collect()).chunksDropped).toBeGreaterThan(0);
    expect(await direct().absent([first])).toEqual([first]);
    const edits = () => new Map([['refs/heads/other', brought]]);
    // The root moved meanwhile: what was uploaded is named all the same, and complete.
    expect(await swapRemoteRefs(remote, there, edits, upload)).toBe(false);
    expect(await direct().absent([first, second, brought])).toEqual([]);
    expect(await swapRemoteRefs(remote, await readRemoteRefs(remote), edits)).toBe(true);
    await assertWhole();
  });

  test('but does where it went for good', async () => {
    const { dropped } = await withGarbage();
    s3.nowMs += 2 * HOUR;
    const remote = throughHub();
    const there = await readRemoteRefs(remote);
    expect(await remote.absent([dropped])).toEqual([]);
    await collect();
    s3.nowMs += DAY - 20 * MINUTE;
    const brought = addCommit(repository, 'other', 'too late');
    const upload = await uploadMissing(repository, remote, [brought], { isEmpty: false });
    const late = { ...upload, held: new Map([...upload.held].filter(([address]) => address === brought)) };
    const edits = () => new Map([['refs/heads/other', brought]]);
    await expect(swapRemoteRefs(remote, there, edits, late)).rejects.toMatchObject({ kind: 'conflict' });
    expect(await direct().absent([brought])).toEqual([brought]);
  });

  test('to a bucket itself, where it sends what went', async () => {
    await withGarbage(direct());
    s3.nowMs += 2 * HOUR;
    const brought = addCommit(repository, 'other', 'on top of what is garbage');
    let collected = 0;
    const remote = direct();
    s3.before = async ({ method, key }) => {
      if (collected > 0 || method !== 'PUT' || !key.endsWith('/manifest')) return;
      collected = -1;
      s3.before = () => {};
      collected = (await collect()).chunksDropped;
    };
    await push(remote, 'other');
    expect(collected).toBeGreaterThan(5);
    expect((await readRemoteRefs(direct())).get('refs/heads/other')).toBe(brought);
    await assertWhole();
  });
});

test('a damaged chunk that is needed: nothing is collected', async () => {
  await withGarbage();
  s3.nowMs += 2 * HOUR;
  const key = `acme/shop/${named()[0]}`;
  const { bytes } = s3.objects.get(key)!;
  const damaged = bytes.slice();
  damaged.fill(7, 20, 60);
  s3.objects.set(key, { ...s3.objects.get(key)!, bytes: damaged });
  const before = objects();
  await expect(collect()).rejects.toMatchObject({ kind: 'corrupt' });
  expect(objects()).toEqual(before);
});

/** Whose every request after so many throws: as if the process were gone. */
function mortal(requests: number): { readonly environment: Environment; readonly isDead: () => boolean } {
  const environment = s3.environment();
  let left = requests;
  const fetch: typeof globalThis.fetch = async (...args) => {
    if (left-- <= 0) throw 'killed';
    return await environment.network!.fetch(...args);
  };
  return { environment: { ...environment, network: { ...environment.network!, fetch } }, isDead: () => left < 0 };
}

test('killed at any request, it has lost nothing, and the next one does what is left', async () => {
  await withGarbage();
  s3.nowMs += 2 * HOUR;
  const before = new Map(s3.objects);
  for (let requests = 0, wasKilled = true; wasKilled; requests++) {
    s3.objects.clear();
    for (const [key, object] of before) s3.objects.set(key, object);
    const from = s3.nowMs;
    const { environment, isDead } = mortal(requests);
    await collect({ conjoinAt: 2 }, environment).catch((error: unknown) => expect(error).toBe('killed'));
    wasKilled = isDead();
    if (requests % 8 === 0) await assertWhole();
    s3.nowMs += DAY + HOUR;
    await collect();
    for (let i = 0; i < 2; i++) {
      s3.nowMs += DAY + HOUR;
      await collect();
    }
    expect(files().sort(), `${requests} requests`).toEqual(named().sort());
    expect(objects().filter((name) => /^(collected|condemned)-/.test(name))).toEqual([]);
    s3.nowMs = from;
  }
  await assertWhole();
});

test.each(['request lost', 'answer lost', 'late', 'truncated'] as const)(
  'any request is hit by "%s", and nothing is lost',
  async (fate: Fate) => {
    await withGarbage();
    s3.nowMs += 2 * HOUR;
    const before = new Map(s3.objects);
    for (let failing = 0, failed = true; failed; failing++) {
      s3.objects.clear();
      for (const [key, object] of before) s3.objects.set(key, object);
      const from = s3.requests.length;
      failed = false;
      s3.fate = (_, nth) => {
        if (nth !== from + failing) return undefined;
        failed = true;
        return fate;
      };
      try {
        expect((await collect()).chunksDropped).toBeGreaterThan(5);
      } catch (error) {
        expect(error).toMatchObject({ kind: 'unknown' });
      }
      s3.arrive();
      if (failing % 8 === 0) await assertWhole();
    }
  },
);

test.each([1, 2])(
  'pushes through two hubs and beside them, and collections at a time: nothing is lost (%i)',
  async (seed) => {
    const random = seeded(seed);
    await withGarbage();
    s3.before = async () => {
      for (let turns = random() * 3; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
      if (random() < 0.05) s3.nowMs += random() * 40 * MINUTE;
      const there = new Set(files());
      for (const name of named()) expect(there.has(name), name).toBe(true);
    };
    const second = await serveFolders({ open: (environment) => hubStore(environment) });
    const heads = new Map<string, Address>();
    let isOver = false;
    /** Pushes until the collector has ended, and once more. */
    const pusher = async (branch: string, remote: RemoteStore): Promise<void> => {
      const own = scratchRepository(served.environment, `/${branch}`);
      const garbage = `${branch}-garbage`;
      for (let i = 0, wasLast = false; !wasLast; i++) {
        wasLast = isOver;
        const head = addCommit(own, branch, `${branch} ${i}`);
        addCommit(own, garbage, `${garbage} ${i}`);
        const specs = i % 2 === 0 ? [branch, `+${garbage}`] : [branch, `:${garbage}`];
        try {
          await pushTo(own, remote, origin, specs.map(pushSpec));
          heads.set(branch, head);
          for (let turns = random() * 60; turns > 0; turns--) await new Promise((resolve) => setImmediate(resolve));
        } catch (error) {
          // Too slow for clocks that leap so, and for so many.
          if (wasLast || !(error instanceof DoltError)) throw error;
          if (!['conflict', 'unavailable', 'unknown'].includes(error.kind)) throw error;
        }
      }
      own.close();
    };
    let dropped = 0;
    const collectNow = async (): Promise<void> => {
      try {
        dropped += (await collect()).chunksDropped;
      } catch (error) {
        // On a busy machine others may have pushed each time that it was about to end.
        if (!(error instanceof DoltError) || error.kind !== 'unavailable') throw error;
      }
    };
    const collector = async (): Promise<void> => {
      try {
        for (let i = 0; i < 6; i++) {
          await Promise.all([collectNow(), i % 2 === 0 ? collectNow() : undefined]);
          s3.nowMs += HOUR / 2;
        }
      } finally {
        isOver = true;
      }
    };
    await Promise.all([
      pusher('one', throughHub()),
      pusher('two', second.remote('open/shop')),
      pusher('three', direct()),
      collector(),
    ]);
    s3.before = () => {};
    expect(dropped).toBeGreaterThan(0);
    const refs = await readRemoteRefs(direct());
    expect(heads.size).toBe(3);
    for (const [branch, head] of heads) expect(refs.get(`refs/heads/${branch}`)).toBe(head);
    await assertWhole();
    await second.close();
  },
);

describe('a lease', () => {
  const client = () => new S3Client(s3.environment(), url);
  const take = () => S3Lease.take(s3.environment(), client(), 'gc-runs');

  test('is had by one at a time, until it is released or its time is over', async () => {
    const taken = (await Promise.all([take(), take(), take()])).filter((lease) => lease !== undefined);
    expect(taken).toHaveLength(1);
    expect(await take()).toBeUndefined();
    await taken[0]!.release();
    const killed = await take();
    expect(killed).toBeDefined();
    s3.nowMs += LEASE_MS - 1;
    expect(await take()).toBeUndefined();
    expect(await killed!.renew()).toBe(true);
    s3.nowMs += LEASE_MS - 1;
    expect(await take()).toBeUndefined();
    s3.nowMs += 1;
    const next = await take();
    expect(next).toBeDefined();
    expect(await killed!.renew()).toBe(false);
    await killed!.release();
    expect(await take(), 'another one’s stays').toBeUndefined();
  });

  test('is known though the answer was lost', async () => {
    s3.fate = ({ method }) => (method === 'PUT' ? 'answer lost' : undefined);
    const lease = await take();
    expect(lease).toBeDefined();
    await lease!.release();
    expect(objects()).toEqual([]);
  });

  test('lets one of several hubs collect at a time', async () => {
    const sleep = (_: number, signal?: AbortSignal) =>
      new Promise<void>((_resolve, reject) => signal?.addEventListener('abort', () => reject(new Error('over'))));
    const environment = () => ({ ...s3.environment(), timers: { sleep } });
    const [one, two] = [0, 1].map(() => new BucketRepositories(environment(), 's3://chunks', '/scratch'));
    let hasBegun = (): void => {};
    const begun = new Promise<void>((resolve) => {
      hasBegun = resolve;
    });
    let end = (): void => {};
    const running = one!.exclusively('gc', () => {
      hasBegun();
      return new Promise((resolve) => {
        end = resolve;
      });
    });
    await begun;
    expect(await two!.exclusively('gc', async () => {})).toBe(false);
    end();
    expect(await running).toBe(true);
    expect(await two!.exclusively('gc', async () => {})).toBe(true);
  });

  test('keeps two from joining the same files', async () => {
    for (let i = 0; i < 10; i++) {
      addCommit(repository, 'main', `commit ${i}`);
      await push(throughHub(), 'main');
    }
    const from = s3.requests.length;
    await Promise.all([collect({ conjoinAt: 8 }), collect({ conjoinAt: 8 }), collect({ conjoinAt: 8 })]);
    const written = s3.requests
      .slice(from)
      .filter(({ method, key }) => method === 'PUT' && /\/[0-9a-v]{32}$/.test(key));
    expect(written).toHaveLength(1);
    expect(named().length).toBeLessThan(8);
    await assertWhole();
  });
});

test('a repository that is not there has no garbage', async () => {
  const storage = new BucketRepositories(s3.environment(), 's3://chunks', '/scratch');
  const name = 'acme/none' as RepositoryName;
  await expect(storage.collect(name, { graceMs: 0, leastShare: 0 })).rejects.toMatchObject({ kind: 'notFound' });
});
