/** The client of ChunkStoreService against a server in memory, with a fault at each call in turn. */
import { describe, expect, test } from 'vitest';
import type { Address } from '../../../src/base/address.ts';
import { DoltError } from '../../../src/base/errors.ts';
import { MemoryDisk } from '../../../src/base/memory-disk.ts';
import type { Network } from '../../../src/base/network.ts';
import { checkStore } from '../../../src/chunks/store-check.ts';
import { restoreBackup, syncBackup } from '../../../src/remote/backup.ts';
import { cloneInto } from '../../../src/remote/clone.ts';
import { fetchFrom } from '../../../src/remote/fetch.ts';
import { openRemote } from '../../../src/remote/open-remote.ts';
import { pushTo } from '../../../src/remote/push.ts';
import { readRemoteRefs, swapRemoteRefs } from '../../../src/remote/remote-refs.ts';
import type { RemoteStore } from '../../../src/remote/remote-store.ts';
import { downloadMissing, uploadMissing } from '../../../src/remote/transfer.ts';
import { newRemote } from '../../../src/repo/repo-state.ts';
import { type Environment, Repository } from '../../../src/repo/repository.ts';
import { RootValue } from '../../../src/repo/root-value.ts';
import { readWorkingSet, writeWorkingSet } from '../../../src/serial/working-set.ts';
import { scratchEnvironment, scratchRepository } from '../../repo/scratch-repository.ts';
import { addCommit, pushSpec } from '../remote-fixture.ts';
import { FakeService, type Fault } from './fake-service.ts';

const url = 'http://hub.example:50051/ada/shop';
const origin = newRemote('origin', url);

interface Scene {
  readonly service: FakeService;
  readonly environment: Environment;
  readonly ours: Repository;
  /** As another process each time, which remembers nothing. */
  open(): RemoteStore;
  /** As the same process. */
  openAgain(): RemoteStore;
}

function scene(): Scene {
  const service = new FakeService();
  const environment = { ...scratchEnvironment({ disk: new MemoryDisk(), ticking: true }), network: service };
  return {
    service,
    environment,
    ours: scratchRepository(environment, '/ours'),
    open: () => openRemote({ ...environment, network: otherProcess(service) }, url),
    openAgain: () => openRemote(environment, url),
  };
}

const otherProcess = (service: FakeService): Network => ({
  fetch: service.fetch,
  openChannel: (options) => service.openChannel(options),
});

const push = (ours: Repository, store: RemoteStore, spec = 'main') => pushTo(ours, store, origin, [pushSpec(spec)]);

/** A repository with a good many chunks that are no leaves of tables. */
function fill(ours: Repository, commits = 20): void {
  for (let i = 0; i < commits; i++) addCommit(ours, 'main', `commit ${i} ${'x'.repeat(100)}`);
}

function assertWhole(repository: Repository): void {
  expect([...checkStore(repository.environment.disk, repository.chunks.directory, true)]).toEqual([]);
  for (const [, address] of repository.refs().entries('refs/')) expect(repository.chunks.has(address)).toBe(true);
}

describe.each([true, false])('with StreamChunkLocations: %s', (hasStreamChunkLocations) => {
  test('push, clone, push, fetch', async () => {
    const { service, environment, ours, open } = scene();
    service.hasStreamChunkLocations = hasStreamChunkLocations;
    fill(ours);
    await push(ours, open());
    const theirs = await cloneInto(environment, open(), url, '/theirs');
    expect(theirs.headOf('main')).toBe(ours.headOf('main'));
    assertWhole(theirs);
    const next = addCommit(ours, 'main', 'next');
    const [pushed] = await push(ours, open());
    expect(pushed).toMatchObject({ outcome: 'fast-forward', new: next });
    service.ranges.length = 0;
    await fetchFrom(theirs, open(), origin);
    expect(theirs.refs().get('refs/remotes/origin/main')).toBe(next);
    expect(service.ranges.length, 'neighbours come together').toBeLessThan(8);
    assertWhole(theirs);
    expect(service.calls).toContain(hasStreamChunkLocations ? 'StreamChunkLocations' : 'StreamDownloadLocations');
  });
});

test('a first push asks nothing of what is there', async () => {
  const { service, ours, open } = scene();
  fill(ours);
  await push(ours, open());
  expect(service.calls).not.toContain('HasChunks');
});

test('backups are synced and restored', async () => {
  const { environment, ours, open } = scene();
  fill(ours, 3);
  await syncBackup(ours, open());
  fill(ours, 3);
  await syncBackup(ours, open());
  await restoreBackup(environment, open(), '/restored');
  const restored = Repository.open(environment, '/restored');
  expect(restored.refs().storeRoot).toBe(ours.refs().storeRoot);
  assertWhole(restored);
});

const TRANSIENT: readonly Fault[] = ['refused', 'lost', 'cut', 'short', 'expired', 'busy'];

describe.each(TRANSIENT)('one call is %s', (fault) => {
  test('everything goes through, but for a swap that is not known to have happened', async () => {
    let last = false;
    for (let at = 1; !last; at++) {
      const { service, environment, ours, open } = scene();
      fill(ours, 3);
      let failed: string | undefined;
      const failOnce = (): void => {
        service.calls.length = 0;
        service.fault = ({ name, number }) => {
          if (number !== at) return undefined;
          failed = name;
          return fault;
        };
      };
      failOnce();
      const error = await push(ours, open()).catch((error: unknown) => error);
      last = failed === undefined;
      if (error instanceof DoltError) {
        expect(failed).toBe('Commit');
        expect(error.kind).toBe('unknown');
        expect(fault, 'one that happened is seen').not.toBe('lost');
        service.fault = () => undefined;
        await push(ours, open());
      } else expect(Array.isArray(error), String(error)).toBe(true);
      expect((await readRemoteRefs(open())).get('refs/heads/main')).toBe(ours.headOf('main'));

      failed = undefined;
      failOnce();
      const theirs = await cloneInto(environment, open(), url, '/theirs');
      last &&= failed === undefined;
      assertWhole(theirs);
      service.fault = () => undefined;
      const next = addCommit(ours, 'main', 'next');
      await push(ours, open());

      failed = undefined;
      failOnce();
      await fetchFrom(theirs, open(), origin);
      last &&= failed === undefined;
      expect(theirs.refs().get('refs/remotes/origin/main')).toBe(next);
      assertWhole(theirs);
    }
  });
});

test('a server that is away is said so after some attempts, and nothing has changed', async () => {
  const { service, environment, ours, open } = scene();
  fill(ours, 3);
  const head = ours.headOf('main');
  service.fault = () => 'refused';
  await expect(push(ours, open())).rejects.toThrow(
    `remote ${url}: cannot be reached: connect ECONNREFUSED; is the URL right, and does the server run?`,
  );
  await expect(cloneInto(environment, open(), url, '/theirs')).rejects.toMatchObject({ kind: 'unavailable' });
  expect(environment.disk.stat('/theirs')).toBeUndefined();
  service.fault = () => 'denied';
  await expect(push(ours, open())).rejects.toThrow(/permission denied: you may not; ask its owner for the right/);
  expect(service.root).toBe('0'.repeat(32));
  service.fault = () => undefined;
  await push(ours, open());
  expect((await readRemoteRefs(open())).get('refs/heads/main')).toBe(head);
});

test('a server that is started anew is waited for some seconds, but for who asks again by themselves', async () => {
  const { service, environment } = scene();
  let sleptMs = 0;
  const sleep = async (ms: number): Promise<void> => {
    sleptMs += ms;
  };
  const absent = async (startsAfterMs: number, isPrompt: boolean): Promise<number> => {
    sleptMs = 0;
    const away = () => (sleptMs < 1000 ? 'ending' : 'refused');
    service.fault = () => (sleptMs < startsAfterMs ? away() : undefined);
    const store = openRemote({ ...environment, network: otherProcess(service), timers: { sleep } }, url, { isPrompt });
    const there = store.absent(['a'.repeat(32) as Address]);
    if (sleptMs < startsAfterMs) await there.catch((error: DoltError) => expect(error.kind).toBe('unavailable'));
    return sleptMs;
  };
  expect(await absent(3000, false)).toBeLessThan(5000);
  expect(service.calls.at(-1)).toBe('HasChunks');
  expect(await absent(60_000, false)).toBeGreaterThan(3500);
  expect(sleptMs).toBeLessThan(7200);
  expect(await absent(60_000, true)).toBeLessThan(800);
});

test('chunks that are not what they should be are refused, wherever they come in', async () => {
  const { service, environment, ours, open } = scene();
  fill(ours);
  await push(ours, open());
  service.fault = ({ name }) => (name === 'GET' ? 'wrong' : undefined);
  await expect(cloneInto(environment, open(), url, '/theirs')).rejects.toMatchObject({ kind: 'corrupt' });
  service.fault = () => undefined;
  const theirs = await cloneInto(environment, open(), url, '/theirs');
  addCommit(ours, 'main', 'next');
  await push(ours, open());
  const before = theirs.refs().get('refs/remotes/origin/main');
  service.fault = ({ name }) => (name === 'GET' ? 'wrong' : undefined);
  await expect(fetchFrom(theirs, open(), origin)).rejects.toMatchObject({ kind: 'corrupt' });
  expect(theirs.refs().get('refs/remotes/origin/main')).toBe(before);
  assertWhole(theirs);
});

test.each([
  ['no bytes', (offset: number) => ({ offset, length: 0 }), /is said to take 0 bytes/],
  ['gigabytes', (offset: number) => ({ offset, length: 4e9 }), /is said to take 4000000000 bytes/],
  [
    'bytes beyond the file',
    (offset: number) => ({ offset: offset + 1e9, length: 100 }),
    /remote http.*ended after|HTTP status/,
  ],
  ['bytes of another chunk', () => ({ offset: 0, length: 40 }), /damaged/],
])('a chunk that is said to have %s is refused', async (_, place, reason) => {
  const { service, ours, open } = scene();
  fill(ours, 3);
  await push(ours, open());
  service.place = ({ offset }) => place(offset);
  await expect(readRemoteRefs(open())).rejects.toThrow(reason);
});

test('what is wrong in the file of a clone alone is found, and what was copied does not stay', async () => {
  const { service, environment, ours, open } = scene();
  fill(ours);
  await push(ours, open());
  // The StoreRoot comes by a range of its own, the file after that.
  let gets = 0;
  service.fault = ({ name }) => (name === 'GET' && ++gets > 1 ? 'wrong' : undefined);
  await expect(cloneInto(environment, open(), url, '/theirs')).rejects.toThrow(/damaged/);
  expect(environment.disk.stat('/theirs')).toBeUndefined();
});

test('a clone that was cut off goes on behind what has come', async () => {
  const { service, environment, ours, open } = scene();
  fill(ours, 400);
  await push(ours, open());
  const name = [...service.named].toSorted((a, b) => size(b) - size(a))[0]!;
  function size(each: string): number {
    return service.uploaded.get(each)!.length;
  }
  const path = `/theirs/.cloning/.dolt/noms/${name}.part`;
  const interrupted: RemoteStore = open();
  const download = interrupted.download;
  await expect(cloneInto(environment, { ...interrupted, download: failing }, url, '/theirs')).rejects.toThrow(
    /clone again into the same folder/,
  );
  async function failing(...args: Parameters<typeof download>): Promise<void> {
    await download.apply(interrupted, args);
    if (args[0].name !== name) return;
    const file = environment.disk.openWrite('', args[1]);
    file.truncate('', 1000);
    file.close();
    throw new DoltError('unavailable', 'the line is cut');
  }
  expect(environment.disk.stat(path)?.size).toBe(1000);
  service.ranges.length = 0;
  const theirs = await cloneInto(environment, open(), url, '/theirs');
  expect(service.ranges.filter((range) => range.startsWith(name)).at(-1)).toBe(`${name} 1000-${size(name)}`);
  assertWhole(theirs);
});

test('what is much comes and goes in several files', async () => {
  const { service, environment, ours, open } = scene();
  fill(ours, 300);
  const head = ours.headOf('main');
  const store = open();
  const { files, held } = await uploadMissing(ours, store, [head], { fileBytes: 20_000 });
  expect(files.length).toBeGreaterThan(1);
  expect(held.size).toBe(0);
  const refs = await readRemoteRefs(store);
  await swapRemoteRefs(store, refs, () => new Map([['refs/heads/main', head]]), { files, held });
  expect(service.named.size).toBe(files.length + 1);
  const theirs = scratchRepository(environment, '/theirs');
  const before = theirs.chunks.files().length;
  await downloadMissing(open(), theirs, [head], { fileBytes: 20_000 });
  theirs.update(() => new Map([['refs/remotes/origin/main', head]]));
  assertWhole(theirs);
  expect(theirs.chunks.files().length).toBeGreaterThan(before + 1);
});

test('a commit comes with what it needs where ranges may reach beyond the end of a file', async () => {
  const { service, environment, ours, open } = scene();
  fill(ours, 3);
  await push(ours, open());
  const theirs = await cloneInto(environment, open(), url, '/theirs');
  const gets: number[] = [];
  for (const isOpen of [false, true]) {
    service.hasOpenRanges = isOpen;
    addCommit(ours, 'main', `one more, ${isOpen}`);
    await push(ours, open());
    const before = service.ranges.length;
    const { moved } = await fetchFrom(theirs, open(), origin);
    expect(moved.map((ref) => ref.new)).toEqual([ours.headOf('main')]);
    gets.push(service.ranges.length - before);
  }
  // The whole of the small file in which the root was pushed with all that the commit needs.
  expect(gets[1]).toBe(1);
  expect(gets[0]).toBeGreaterThan(1);
  assertWhole(theirs);
});

test('a map of refs that this process has read or swapped in is not read again, and others move it all the same', async () => {
  const { service, ours, open, openAgain } = scene();
  fill(ours, 2);
  await push(ours, openAgain());
  service.calls.length = 0;
  const refs = await readRemoteRefs(openAgain());
  expect(service.calls.toSorted()).toEqual(['GetRepoMetadata', 'Root']);
  expect(refs.get('refs/heads/main')).toBe(ours.headOf('main'));
  const next = addCommit(ours, 'main', 'of another process');
  await push(ours, open());
  expect((await readRemoteRefs(openAgain())).get('refs/heads/main')).toBe(next);
});

test('a push is tried on the root that was seen last, and asks where that does not do', async () => {
  const { service, environment, ours, open, openAgain } = scene();
  fill(ours, 2);
  await push(ours, openAgain());
  addCommit(ours, 'main', 'next');
  service.calls.length = 0;
  await push(ours, openAgain());
  expect(service.calls).toEqual(['GetUploadLocations', 'PUT', 'Commit']);
  const answers: string[] = [];
  const outcome = async (): Promise<void> => {
    service.calls.length = 0;
    const [ref] = await push(ours, openAgain());
    answers.push(`${ref!.outcome}: ${service.calls.filter((name) => name === 'Root' || name === 'Commit').join(' ')}`);
  };
  await outcome();
  const theirs = await cloneInto(environment, open(), url, '/theirs');
  const other = addCommit(theirs, 'main', 'theirs');
  await push(theirs, open(), 'main:other');
  addCommit(ours, 'main', 'beside another branch');
  await outcome();
  expect((await readRemoteRefs(open())).get('refs/heads/other')).toBe(other);
  await push(theirs, open(), '+main');
  addCommit(ours, 'main', 'on what was taken back');
  await outcome();
  expect(answers).toEqual(['up-to-date: Root', 'fast-forward: Commit Root Commit', 'rejected: Commit Root']);
  expect((await readRemoteRefs(open())).get('refs/heads/main')).toBe(other);
});

test('a small change is pushed without a question of what is there', async () => {
  const { service, environment, ours, open } = scene();
  fill(ours, 3);
  await push(ours, open());
  addCommit(ours, 'main', 'small');
  service.calls.length = 0;
  await push(ours, open());
  expect(service.calls).not.toContain('HasChunks');
  assertWhole(await cloneInto(environment, open(), url, '/theirs'));
});

test('a chunk that the server lacks is missed by name', async () => {
  const { ours, open } = scene();
  fill(ours, 2);
  await push(ours, open());
  const nowhere = 'a'.repeat(32) as Address;
  await expect(open().chunks([ours.headOf('main'), nowhere])).rejects.toThrow(`lacks chunk ${nowhere}`);
  expect(await open().absent([nowhere, ours.headOf('main')])).toEqual([nowhere]);
});

describe('a server that people work on', () => {
  test('has the working set moved along, unless it has changes', async () => {
    const { service, ours, open } = scene();
    service.assertsWorkingSet = true;
    fill(ours, 2);
    await push(ours, open());
    const refs = await readRemoteRefs(open());
    const address = refs.get('workingSets/heads/main')!;
    const there = readWorkingSet((await open().chunks([address])).get(address)!);
    const root = ours.rootOfCommit(ours.headOf('main')).address;
    expect(there).toMatchObject({ working: root, staged: root });

    // Somebody changes something there.
    const store = open();
    await swapRemoteRefs(store, await readRemoteRefs(store), (nodes) => {
      const working = RootValue.empty(nodes).withCollation(33).address;
      return new Map([['workingSets/heads/main', nodes.write(writeWorkingSet({ ...there, working }))]]);
    });
    const next = addCommit(ours, 'main', 'next');
    await expect(push(ours, open())).rejects.toThrow(/target has uncommitted changes on main. --force required/);
    const [forced] = await pushTo(ours, open(), origin, [pushSpec('+main')], { force: true });
    expect(forced).toMatchObject({ new: next });
  });
});
