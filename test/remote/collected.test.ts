/** A remote that others move on and collect while somebody reads it, or syncs a backup there: at every call in turn. */
import { expect, test } from 'vitest';
import type { Address } from '../../src/base/address.ts';
import type { Disk } from '../../src/base/disk.ts';
import { DoltError } from '../../src/base/errors.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { collectFolder } from '../../src/hub/storage/garbage.ts';
import { restoreBackup, syncBackup } from '../../src/remote/backup.ts';
import { cloneInto } from '../../src/remote/clone.ts';
import { fetchFrom } from '../../src/remote/fetch.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import { pushTo } from '../../src/remote/push.ts';
import { readRemoteRefs } from '../../src/remote/remote-refs.ts';
import type { RemoteStore } from '../../src/remote/remote-store.ts';
import { branchRef } from '../../src/repo/refs.ts';
import { type Environment, Repository } from '../../src/repo/repository.ts';
import { scratchEnvironment, scratchRepository } from '../repo/scratch-repository.ts';
import { addCommit, assertComplete, changed, origin, pushSpec } from './remote-fixture.ts';

interface Way {
  /** What it puts on a remote. */
  readonly publish: (ours: Repository, store: RemoteStore) => Promise<unknown>;
  /** Makes /copy; the commit that it has of main. */
  readonly take: (environment: Environment, store: RemoteStore) => Promise<Address | undefined>;
}

const push = (ours: Repository, store: RemoteStore) => pushTo(ours, store, origin, [pushSpec('main'), pushSpec('b')]);
/** The commit of a ref of /copy, which is complete. */
const headThere = (copy: Repository, ref = branchRef('main')): Address | undefined => {
  assertComplete(copy);
  const head = copy.refs().get(ref);
  copy.close();
  return head;
};
const clone = async (environment: Environment, store: RemoteStore, depth?: number): Promise<Address | undefined> =>
  headThere(await cloneInto(environment, store, origin.url, '/copy', depth === undefined ? {} : { depth }));
const fetch = async (environment: Environment, store: RemoteStore): Promise<Address | undefined> => {
  const copy = scratchRepository(environment, '/copy');
  const { refs } = await fetchFrom(copy, store, origin);
  const head = headThere(copy, 'refs/remotes/origin/main');
  expect(refs.get(branchRef('main')), 'what a pull goes on with').toBe(head);
  return head;
};
const restore = async (environment: Environment, store: RemoteStore): Promise<Address | undefined> => {
  await restoreBackup(environment, store, '/copy');
  return headThere(Repository.open(environment, '/copy'));
};
const WAYS: Readonly<Record<string, Way>> = {
  clone: { publish: push, take: clone },
  'clone of a depth': { publish: push, take: (environment, store) => clone(environment, store, 9) },
  fetch: { publish: push, take: fetch },
  restore: { publish: syncBackup, take: restore },
};

/** A remote with a history of its own at `directory`; the head. */
async function remoteAt(environment: Environment, directory: string, { publish }: Way): Promise<string> {
  const ours = scratchRepository(environment, `${directory}-ours`);
  let head = ours.headOf('main');
  for (let i = 0; i < 3; i++) {
    head = addCommit(ours, 'main', `${directory} ${i}`);
    ours.update(() => new Map([[branchRef('b'), head]]));
    await publish(ours, openRemote(environment, `file://${directory}`, { create: true }));
  }
  ours.close();
  return head;
}

/** Puts the other remote in its place, of whose files none is the same: the manifest goes over, then the old files go. */
function replace(disk: Disk, from: string, to: string): void {
  const old = disk.list(to)!;
  const names = disk.list(from)!.filter((name) => name !== 'manifest' && name !== 'LOCK');
  for (const name of names) disk.copyFile('', `${from}/${name}`, `${to}/${name}`);
  disk.copyFile('', `${from}/manifest`, `${to}/manifest.new`);
  disk.rename('', `${to}/manifest.new`, `${to}/manifest`);
  for (const name of old)
    if (name !== 'manifest' && name !== 'LOCK' && !names.includes(name)) disk.remove('', `${to}/${name}`);
}

test.each(Object.keys(WAYS))('a %s goes on with what there is then', async (name) => {
  const way = WAYS[name]!;
  const start = new MemoryDisk();
  const before = await remoteAt(scratchEnvironment({ disk: start }), '/remote', way);
  const after = await remoteAt(scratchEnvironment({ disk: start }), '/other', way);
  const outcomes = new Set<string>();
  let reached = true;
  for (let at = 1; reached; at++) {
    const disk = start.crash(() => 0.999);
    const environment = scratchEnvironment({ disk });
    const remote = openRemote(environment, origin.url);
    let calls = 0;
    reached = false;
    const moment = (): void => {
      if (++calls !== at) return;
      reached = true;
      replace(disk, '/other', '/remote');
    };
    const store = changed(remote, {
      async root() {
        moment();
        return await remote.root();
      },
      async files() {
        moment();
        return await remote.files();
      },
      async chunks(addresses) {
        moment();
        return await remote.chunks(addresses);
      },
      async download(file, path) {
        moment();
        await remote.download(file, path);
      },
    });
    const head = await way.take(environment, store);
    expect([before, after], `call ${at}`).toContain(head);
    outcomes.add(head!);
    expect(disk.list('/copy'), `call ${at}`).toEqual(['.dolt']);
    store.close();
  }
  expect([...outcomes].sort()).toEqual([before, after].sort());
});

test('a backup that is synced sends again what was collected there meanwhile', async () => {
  // All of its files are old.
  const start = new MemoryDisk(() => 0);
  const setUp = scratchEnvironment({ disk: start });
  const ours = scratchRepository(setUp, '/ours');
  const old = ours.headOf('main');
  addCommit(ours, 'main', 'garbage, and not for long');
  const head = addCommit(ours, 'main', 'the newest');
  const move = (to: Address) => ours.update(() => new Map([[branchRef('main'), to]]));
  // The backup has files with the newest commits, and nothing leads to them.
  for (const at of [head, old]) {
    move(at);
    await syncBackup(ours, openRemote(setUp, origin.url, { create: true }));
  }
  move(head);
  ours.close();
  let sentAgain = 0;
  let reached = true;
  for (let at = 1; reached; at++) {
    const environment = scratchEnvironment({ disk: start.crash(() => 0.999) });
    const remote = openRemote(environment, origin.url);
    let calls = 0;
    let questions = 0;
    reached = false;
    const moment = async (): Promise<void> => {
      if (++calls !== at) return;
      reached = true;
      const report = await collectFolder(environment, '/remote', { graceMs: 0, leastShare: 0 });
      expect(report.chunksDropped).toBeGreaterThan(0);
    };
    const store = changed(remote, {
      async root() {
        questions++;
        await moment();
        return await remote.root();
      },
      async absent(addresses) {
        await moment();
        return await remote.absent(addresses);
      },
      async uploadChunks(chunks, records) {
        await moment();
        return await remote.uploadChunks(chunks, records);
      },
      async swap(...swap) {
        await moment();
        return await remote.swap(...swap);
      },
    });
    const mine = Repository.open(environment, '/ours');
    await syncBackup(mine, store);
    mine.close();
    if (questions > 1) sentAgain++;
    await restoreBackup(environment, openRemote(environment, origin.url), '/copy');
    expect(headThere(Repository.open(environment, '/copy')), `call ${at}`).toBe(head);
    store.close();
  }
  expect(sentAgain).toBeGreaterThan(0);
});

test('who was overtaken often, and finds the remote collected then, sends again what is missing', async () => {
  const environment = scratchEnvironment();
  const [ours, theirs] = [scratchRepository(environment, '/ours'), scratchRepository(environment, '/theirs')];
  const remote = openRemote(environment, origin.url, { create: true });
  const others = () => pushTo(theirs, remote, origin, [pushSpec('main:theirs')]);
  await others();
  const head = addCommit(ours, 'main', 'ours');
  let swaps = 0;
  /** How many swaps there had been when the commit was sent. */
  const sent: number[] = [];
  const store = changed(remote, {
    async uploadChunks(chunks, records = []) {
      const [decoded, stored] = [[...chunks], [...records]];
      if ([...decoded, ...stored].some(([address]) => address === head)) sent.push(swaps);
      return await remote.uploadChunks(decoded, stored);
    },
    async swap(...swap) {
      swaps++;
      if (swaps === 7) throw new DoltError('conflict', 'a file has not been uploaded');
      if (swaps < 7) {
        addCommit(theirs, 'main', `theirs ${swaps}`);
        await others();
      }
      return await remote.swap(...swap);
    },
  });
  await pushTo(ours, store, origin, [pushSpec('main:ours')]);
  expect(swaps).toBe(8);
  expect(sent.at(-1)).toBe(7);
  expect((await readRemoteRefs(remote)).get(branchRef('ours'))).toBe(head);
  assertComplete(await cloneInto(environment, remote, origin.url, '/copy'));
});
