/** Garbage of a served folder goes, and nothing that a reader or a pusher was told of. */
import { readdirSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Address } from '../../../src/base/address.ts';
import { NodeDisk } from '../../../src/base/node-disk.ts';
import { NbsStore } from '../../../src/chunks/nbs-store.ts';
import { checkStore } from '../../../src/chunks/store-check.ts';
import { collectFolder, type GarbageReport } from '../../../src/hub/storage/garbage.ts';
import { realEnvironment } from '../../../src/real-environment.ts';
import { cloneInto } from '../../../src/remote/clone.ts';
import { openRemote } from '../../../src/remote/open-remote.ts';
import { pushTo } from '../../../src/remote/push.ts';
import { readRemoteRefs, swapRemoteRefs } from '../../../src/remote/remote-refs.ts';
import { uploadMissing } from '../../../src/remote/transfer.ts';
import { newRemote } from '../../../src/repo/repo-state.ts';
import { Repository } from '../../../src/repo/repository.ts';
import { referencesOf } from '../../../src/serial/references.ts';
import { FolderStore } from '../../../src/service/folder-store.ts';
import { addCommit, assertComplete, pushSpec } from '../../remote/remote-fixture.ts';
import { ServedHub } from '../served-hub.ts';

const environment = realEnvironment({ warn() {}, info() {} });
const HOUR_MS = 3_600_000;
let hub: ServedHub;
let served: string;
let url: string;
let repository: Repository;

beforeEach(async () => {
  hub = new ServedHub();
  await hub.start({ isOpen: true, garbage: { everyMs: undefined, graceMs: 1500 } });
  url = hub.url('acme/served');
  served = join(hub.folder, 'data/acme/served');
  repository = newRepository('work');
});
afterEach(async () => {
  repository.close();
  await hub.remove();
});

function newRepository(name: string): Repository {
  const who = { name: 'A', email: 'a@b.c', initialBranch: 'main' };
  return Repository.init(environment, join(hub.folder, name), who);
}

const push = async (...specs: readonly string[]): Promise<void> => {
  const remote = openRemote(environment, url);
  await pushTo(repository, remote, newRemote('origin', url), specs.map(pushSpec));
  remote.close();
};

/** As if all that is there had been pushed some hours ago. */
const age = (): void => {
  const then = new Date(Date.now() - 5 * HOUR_MS);
  for (const name of readdirSync(served)) utimesSync(join(served, name), then, then);
};

const collect = (graceMs = HOUR_MS): Promise<GarbageReport> =>
  collectFolder(environment, served, { graceMs, leastShare: 0 });

const openServed = (): NbsStore => NbsStore.open(environment.disk, served, { journal: false });

async function assertWhole(): Promise<void> {
  expect([...checkStore(new NodeDisk(), served, false)]).toEqual([]);
  const remote = openRemote(environment, url);
  const clone = await cloneInto(environment, remote, url, join(hub.folder, `clone-${Math.random()}`));
  assertComplete(clone);
  clone.close();
  remote.close();
}

/** Branches with some commits each, of which `dropped` goes again. */
async function withGarbage(): Promise<{ readonly dropped: Address }> {
  for (let i = 0; i < 5; i++) addCommit(repository, 'main', `main ${i}`);
  await push('main');
  for (let i = 0; i < 5; i++) addCommit(repository, 'other', `other ${i}`);
  await push('other');
  const dropped = repository.headOf('other');
  await push(':other');
  return { dropped };
}

test('what nothing leads to goes when it is old, and its file when nobody can still need it', async () => {
  const { dropped } = await withGarbage();
  expect(await collect(), 'all of it is young').toMatchObject({ chunksDropped: 0, filesRemoved: 0 });
  age();
  const before = readdirSync(served).length;
  const report = await collect();
  expect(report.chunksDropped).toBeGreaterThan(5);
  expect(report.bytesAfter).toBeLessThan(report.bytesBefore);
  const store = openServed();
  expect(store.has(dropped)).toBe(false);
  expect(store.has(repository.headOf('main'))).toBe(true);
  store.close();
  expect(readdirSync(served).length, 'old files are still there').toBeGreaterThanOrEqual(before);
  await assertWhole();
  expect(await collect(), 'nothing is left to do').toMatchObject({ chunksDropped: 0, filesRemoved: 0 });
  age();
  expect((await collect()).filesRemoved).toBeGreaterThan(0);
  expect(await collect()).toMatchObject({ chunksDropped: 0, filesRemoved: 0 });
  await assertWhole();
});

test('garbage that refers to garbage goes with it, however little of its file it is', async () => {
  addCommit(repository, 'other', 'first');
  await push('other');
  addCommit(repository, 'other', 'second');
  for (let i = 0; i < 20; i++) addCommit(repository, 'main', `main ${i}`);
  await push('main', 'other');
  await push(':other');
  age();
  for (const leastShare of [0.5, 0.2, 0.1]) {
    await collectFolder(environment, served, { graceMs: HOUR_MS, leastShare });
    const store = openServed();
    for (const file of store.chunkFiles()) {
      for (const address of file.addresses()) {
        for (const reference of referencesOf(store.get(address)!)) expect(store.has(reference), reference).toBe(true);
      }
    }
    store.close();
  }
});

test('who was told where a chunk lies reads it there', async () => {
  const { dropped } = await withGarbage();
  const store = new FolderStore(environment, served);
  const [place] = await store.locate([dropped]);
  store.close();
  age();
  await collect();
  // Another process, which has not opened the file before.
  const other = new FolderStore(environment, served);
  expect(await other.locate([dropped])).toEqual([undefined]);
  let size = 0;
  for await (const piece of other.read(place!.file.name, '', place!)) size += piece.length;
  expect(size).toBe(place!.length);
  other.close();
});

test('who was told that a chunk is here need not send it', async () => {
  const { dropped } = await withGarbage();
  age();
  // The pusher asks and uploads, garbage is collected, the pusher goes on.
  const remote = openRemote(environment, url);
  const there = await readRemoteRefs(remote);
  expect(await remote.absent([dropped])).toEqual([]);
  const brought = addCommit(repository, 'other', 'on top of what is garbage');
  const upload = await uploadMissing(repository, remote, [brought], { isEmpty: false });
  expect((await collect()).chunksDropped).toBeGreaterThan(5);
  expect(await remote.absent([dropped])).toEqual([dropped]);
  const edits = () => new Map([['refs/heads/other', brought]]);
  expect(await swapRemoteRefs(remote, there, edits, upload)).toBe(true);
  expect(await remote.absent([dropped])).toEqual([]);
  remote.close();
  await assertWhole();
});

test('pushes and collections of several processes at a time: nothing is lost', async () => {
  let isOver = false;
  const second = new ServedHub();
  await second.start({
    isOpen: true,
    dataDirectory: join(hub.folder, 'data'),
    garbage: { everyMs: undefined, graceMs: 1500 },
  });
  await withGarbage();
  const heads = new Map<string, Address>();
  const pusher = async (branch: string, through: ServedHub): Promise<void> => {
    const own = newRepository(branch);
    const remote = openRemote(environment, through.url('acme/served'));
    for (let i = 0; !isOver; i++) {
      const head = addCommit(own, branch, `${branch} ${i}`);
      await pushTo(own, remote, newRemote('origin', url), [pushSpec(branch)]);
      heads.set(branch, head);
    }
    remote.close();
    own.close();
  };
  let collections = 0;
  let dropped = 0;
  const collector = async (): Promise<void> => {
    const start = Date.now();
    while (collections < 4 || dropped === 0 || Date.now() < start + 5000) {
      addCommit(repository, 'other', 'again');
      await push('+main', '+other');
      await push(':other');
      await new Promise((resolve) => setTimeout(resolve, 300));
      const report = await collect(1500);
      collections++;
      dropped += report.chunksDropped;
    }
    isOver = true;
  };
  await Promise.all([pusher('one', hub), pusher('two', second), collector()]);
  const remote = openRemote(environment, url);
  const refs = await readRemoteRefs(remote);
  for (const [branch, head] of heads) expect(refs.get(`refs/heads/${branch}`)).toBe(head);
  remote.close();
  await assertWhole();
  await second.remove();
}, 60_000);

test('a hub collects by itself, one of several at a time', async () => {
  const { dropped } = await withGarbage();
  age();
  const others = [new ServedHub(), new ServedHub()];
  const garbage = { everyMs: 50, graceMs: HOUR_MS };
  for (const other of others) await other.start({ dataDirectory: join(hub.folder, 'data'), garbage });
  const isThere = (): boolean => {
    const store = openServed();
    const has = store.has(dropped);
    store.close();
    return has;
  };
  for (let i = 0; i < 400 && isThere(); i++) await new Promise((resolve) => setTimeout(resolve, 25));
  expect(isThere()).toBe(false);
  const collections = others.flatMap(({ log }) => log.filter((line) => line.includes('"garbage collected"')));
  expect(collections.filter((line) => !line.includes('"chunksDropped":0')).length).toBe(1);
  for (const other of others) await other.remove();
  await assertWhole();
});

test('many small files become few', async () => {
  for (let i = 0; i < 12; i++) {
    addCommit(repository, 'main', `main ${i}`);
    await push('main');
  }
  const before = openServed();
  expect(before.files().length).toBeGreaterThan(10);
  before.close();
  await collect();
  const after = openServed();
  expect(after.files().length).toBeLessThan(8);
  after.close();
  await assertWhole();
});

test('a damaged chunk that is needed: nothing is collected', async () => {
  await withGarbage();
  age();
  const store = openServed();
  const [file] = store.files();
  store.close();
  const opened = environment.disk.openWrite('', file!.path);
  opened.write('', new Uint8Array(40).fill(7), 20);
  opened.close();
  age();
  const before = readdirSync(served).toSorted();
  await expect(collect()).rejects.toMatchObject({ kind: 'corrupt' });
  expect(readdirSync(served).toSorted()).toEqual(before);
});
