import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Address, addressOf, EMPTY_ADDRESS } from '../../src/base/address.ts';
import { DiskError } from '../../src/base/disk.ts';
import { DoltError } from '../../src/base/errors.ts';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { NodeDisk } from '../../src/base/node-disk.ts';
import { NbsStore } from '../../src/chunks/nbs-store.ts';
import { recordOf } from '../../src/chunks/record.ts';
import { checkStore } from '../../src/chunks/store-check.ts';
import { cloneInto } from '../../src/remote/clone.ts';
import { fetchFrom } from '../../src/remote/fetch.ts';
import { refersToNothing } from '../../src/remote/leaf-peek.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import { pushTo } from '../../src/remote/push.ts';
import { parseFetchSpec } from '../../src/remote/ref-mapping.ts';
import { readRemoteRefs, swapRemoteRefs } from '../../src/remote/remote-refs.ts';
import { downloadMissing, uploadMissing } from '../../src/remote/transfer.ts';
import { branchRef } from '../../src/repo/refs.ts';
import { readBases } from '../../src/repo/remote-bases.ts';
import { Repository } from '../../src/repo/repository.ts';
import { writeTag } from '../../src/repo/tags.ts';
import { referencesOf } from '../../src/serial/references.ts';
import { scratchEnvironment, scratchRepository } from '../repo/scratch-repository.ts';
import {
  addCommit,
  assertComplete,
  copyFolder,
  golden,
  openOrigin,
  origin,
  pushSpec,
  tagSpec,
} from './remote-fixture.ts';

const goldenRemotes = ['remote-small', 'remote-20k', 'remote-plain', 'remote-legacy'];

describe.each(goldenRemotes)('%s', (name) => {
  const expected = JSON.parse(readFileSync(join(golden, name, 'expected.json'), 'utf8')) as {
    refs: Record<string, string>;
  };

  test('is cloned, pushed elsewhere, and fetched from there', async () => {
    const disk = new MemoryDisk();
    const environment = scratchEnvironment({ disk });
    copyFolder(disk, join(golden, name), '/remote');
    const remote = openOrigin(environment);
    const progress: string[] = [];
    const clone = await cloneInto(environment, remote, origin.url, '/clone', {
      progress: ({ chunksDone, chunksTotal }) => void progress.push(`${chunksDone} of ${chunksTotal}`),
    });
    expect(progress.at(-1)).toMatch(/^(\d+) of \1$/);
    const refs = Object.fromEntries(clone.refs().entries('refs/'));
    for (const [ref, address] of Object.entries(expected.refs)) {
      expect(refs[ref.replace('refs/heads/', 'refs/remotes/origin/')]).toBe(address);
      if (ref === 'refs/heads/main' || ref.startsWith('refs/tags/')) expect(refs[ref]).toBe(address);
    }
    expect(clone.state()).toMatchObject({ head: 'refs/heads/main' });
    expect(clone.headOf('main')).toBe(expected.refs['refs/heads/main']);
    const count = assertComplete(clone);
    clone.close();

    const reopened = Repository.open(environment, '/clone');
    expect(assertComplete(reopened)).toBe(count);
    expect([...checkStore(environment.disk, reopened.chunks.directory, true)]).toEqual([]);
    const second = openRemote(environment, 'file:///second', { create: true });
    const pushed = await pushTo(reopened, second, { ...origin, name: 'second', url: 'file:///second' }, [
      pushSpec('main'),
    ]);
    expect(pushed).toMatchObject([{ outcome: 'new', new: expected.refs['refs/heads/main'] }]);

    const other = scratchRepository(environment, '/other');
    const { moved } = await fetchFrom(other, second, { ...origin, url: 'file:///second' });
    expect(moved).toMatchObject([{ localRef: 'refs/remotes/origin/main', new: expected.refs['refs/heads/main'] }]);
    assertComplete(other);
    expect((await fetchFrom(other, second, { ...origin, url: 'file:///second' })).moved).toEqual([]);
  });

  test('shows which chunks refer to nothing in their first bytes', () => {
    const store = NbsStore.open(new NodeDisk(), join(golden, name), { journal: false, readOnly: true });
    let leaves = 0;
    for (const address of store.addresses()) {
      const chunk = store.get(address)!;
      const none = refersToNothing(recordOf(chunk));
      if (none) expect(referencesOf(chunk)).toEqual([]);
      if (none) leaves++;
    }
    if (name === 'remote-20k') expect(leaves).toBeGreaterThan(400);
    store.close();
  });
});

describe('push', () => {
  async function pair() {
    const environment = scratchEnvironment({ ticking: true });
    const ours = scratchRepository(environment, '/ours');
    const remote = openOrigin(environment);
    await pushTo(ours, remote, origin, [pushSpec('main')]);
    const theirs = await cloneInto(environment, remote, origin.url, '/theirs');
    return { environment, ours, remote, theirs };
  }

  test('moves forward, rejects what is none, and forces', async () => {
    const { ours, theirs, remote } = await pair();
    const a = addCommit(ours, 'main', 'a');
    expect(await pushTo(ours, remote, origin, [pushSpec('main')])).toMatchObject([{ outcome: 'fast-forward', new: a }]);
    expect(await pushTo(ours, remote, origin, [pushSpec('main')])).toMatchObject([{ outcome: 'up-to-date' }]);
    const b = addCommit(theirs, 'main', 'b');
    expect(await pushTo(theirs, remote, origin, [pushSpec('main'), pushSpec('main:other')])).toMatchObject([
      { outcome: 'rejected', old: a, new: b },
      { outcome: 'new', new: b },
    ]);
    expect((await readRemoteRefs(remote)).get('refs/heads/main')).toBe(a);
    expect(theirs.refs().get('refs/remotes/origin/main')).not.toBe(b);
    expect(theirs.refs().get('refs/remotes/origin/other')).toBe(b);
    expect(await pushTo(theirs, remote, origin, [pushSpec('main')], { force: true })).toMatchObject([
      { outcome: 'forced', old: a, new: b },
    ]);
    expect(readBases(theirs.nodes, theirs.refs(), 'origin', origin.url).refs.get('refs/heads/main')).toBe(b);
    expect(await pushTo(ours, remote, origin, [pushSpec(':other')])).toMatchObject([{ outcome: 'deleted' }]);
    expect((await readRemoteRefs(remote)).get('refs/heads/other')).toBeUndefined();
  });

  test('carries tags, which fetches follow; pruning drops what is gone', async () => {
    const { ours, theirs, remote } = await pair();
    const commit = addCommit(ours, 'topic', 'tagged');
    const who = { name: 'T', email: 't@e' };
    const tag = writeTag(ours.nodes, { commit, tagger: who, message: 'm', date: 1, taggerDate: 1 });
    ours.update(() => new Map([['refs/tags/v1', tag]]));
    await pushTo(ours, remote, origin, [tagSpec('v1')]);
    expect((await fetchFrom(theirs, remote, origin)).moved).toEqual([]);
    await pushTo(ours, remote, origin, [pushSpec('topic')]);
    const { moved } = await fetchFrom(theirs, remote, origin);
    expect(moved.map(({ localRef }) => localRef)).toEqual(['refs/remotes/origin/topic', 'refs/tags/v1']);
    assertComplete(theirs);
    await pushTo(ours, remote, origin, [pushSpec(':topic')]);
    expect((await fetchFrom(theirs, remote, origin)).moved).toEqual([]);
    const pruned = await fetchFrom(theirs, remote, origin, { prune: true });
    expect(pruned.moved).toMatchObject([{ localRef: 'refs/remotes/origin/topic', new: undefined }]);
    expect(theirs.refs().get('refs/remotes/origin/topic')).toBeUndefined();
  });

  test('leaves a tag of the remote that is another one, unless forced', async () => {
    const { ours, remote } = await pair();
    const who = { name: 'T', email: 't@e' };
    const commit = addCommit(ours, 'topic', 'tagged');
    const tagOf = (message: string) => writeTag(ours.nodes, { commit, tagger: who, message, date: 1, taggerDate: 1 });
    const [first, second] = [tagOf('first'), tagOf('second')];
    ours.update(() => new Map([['refs/tags/v1', first]]));
    expect(await pushTo(ours, remote, origin, [tagSpec('v1')])).toMatchObject([{ outcome: 'new' }]);
    expect(await pushTo(ours, remote, origin, [tagSpec('v1')])).toMatchObject([{ outcome: 'up-to-date' }]);
    ours.update(() => new Map([['refs/tags/v1', second]]));
    const both = [tagSpec('v1'), pushSpec('topic')];
    expect(await pushTo(ours, remote, origin, both)).toMatchObject([{ outcome: 'rejected' }, { outcome: 'new' }]);
    expect((await readRemoteRefs(remote)).get('refs/tags/v1')).toBe(first);
    expect(await pushTo(ours, remote, origin, both, { force: true })).toMatchObject([{ outcome: 'forced' }, {}]);
    expect((await readRemoteRefs(remote)).get('refs/tags/v1')).toBe(second);
  });

  test('keeps the remote tidy', async () => {
    const { ours, remote } = await pair();
    for (let n = 0; n < 100; n++) {
      addCommit(ours, 'main', `commit ${n}`);
      await pushTo(ours, remote, origin, [pushSpec('main')]);
      expect((await remote.files()).length).toBeLessThanOrEqual(25);
    }
    await remote.tidy();
    const again = await cloneInto(ours.environment, remote, origin.url, '/again');
    expect(assertComplete(again)).toBeGreaterThan(200);
  });

  test('removes what a killed push left a day ago, and nothing of a push under way', async () => {
    let now = Date.UTC(2024, 0, 2);
    const disk = new MemoryDisk(() => now);
    const environment = { ...scratchEnvironment({ disk }), clock: { now: () => now, monotonic: () => now } };
    const ours = scratchRepository(environment, '/ours');
    const remote = openOrigin(environment);
    await pushTo(ours, remote, origin, [pushSpec('main')]);
    const chunk = new TextEncoder().encode('of a push that was killed');
    const abandoned = await remote.uploadChunks([[addressOf(chunk), chunk]]);
    disk.create('', '/remote/nbs_table_abandoned').close();
    now += 23 * 60 * 60 * 1000;
    const underWay = new TextEncoder().encode('of a push under way');
    const uploaded = await remote.uploadChunks([[addressOf(underWay), underWay]]);
    addCommit(ours, 'main', 'a');
    await pushTo(ours, remote, origin, [pushSpec('main')]);
    expect(disk.list('/remote')).toEqual(expect.arrayContaining([abandoned.name, 'nbs_table_abandoned']));

    now += 2 * 60 * 60 * 1000;
    addCommit(ours, 'main', 'b');
    await pushTo(ours, remote, origin, [pushSpec('main')]);
    const names = disk.list('/remote')!;
    expect(names).toContain(uploaded.name);
    expect(names).not.toContain(abandoned.name);
    expect(names).not.toContain('nbs_table_abandoned');
    // Whoever wakes up after a day finds out before its swap, at the last moment too.
    const { root } = await remote.root();
    await expect(remote.swap(root, root, [abandoned])).rejects.toThrow(/is not there/);
    const lock = disk.tryLock.bind(disk);
    disk.tryLock = (path) => {
      disk.remove('', `/remote/${uploaded.name}`);
      return lock(path);
    };
    await expect(remote.swap(root, root, [uploaded])).rejects.toThrow(/is not there/);
    disk.tryLock = lock;
    expect(assertComplete(await cloneInto(environment, remote, origin.url, '/again'))).toBeGreaterThan(5);
  });

  test('never passes on a damaged chunk, in neither direction', async () => {
    const { environment, ours, remote } = await pair();
    const { disk } = environment;
    addCommit(ours, 'main', 'a');
    ours.close();
    const journal = disk.openWrite('', `/ours/.dolt/noms/${'v'.repeat(32)}`);
    const bytes = new Uint8Array(1);
    const store = NbsStore.open(disk, '/ours/.dolt/noms', { journal: true, readOnly: true });
    const head = Repository.open(environment, '/ours').headOf('main');
    const record = store.getRecord(head)!;
    const content = disk.readFile(`/ours/.dolt/noms/${'v'.repeat(32)}`)!;
    const at = Buffer.from(content).indexOf(record) + 5;
    const before = content[at]!;
    const reopened = Repository.open(environment, '/ours', { readOnly: false });
    journal.write('', Uint8Array.of(before ^ 1), at);
    journal.read(bytes, 0, 1, at);
    await expect(pushTo(reopened, remote, origin, [pushSpec('main')])).rejects.toThrow(/damaged/);
    journal.write('', Uint8Array.of(before), at);

    // A remote whose chunk has a right checksum and wrong content.
    const wrong = new TextEncoder().encode('not the commit that it says it is');
    const evil = openRemote(environment, 'file:///evil', { create: true });
    const file = await evil.uploadChunks([[head, wrong]]);
    expect(await evil.swap(head, EMPTY_ADDRESS, [file])).toBe(true);
    const target = scratchRepository(environment, '/target');
    await expect(downloadMissing(evil, target, [head])).rejects.toThrow(/damaged/);
    expect(target.chunks.has(head)).toBe(false);
  });

  test('a swap on an old snapshot is refused, and one of two racing pushes decides again', async () => {
    const { environment, ours, theirs, remote } = await pair();
    const old = await readRemoteRefs(remote);
    const a = addCommit(ours, 'a', 'a');
    const files = await uploadMissing(ours, remote, [a]);
    const other = openOrigin(environment);
    addCommit(theirs, 'b', 'b');
    await pushTo(theirs, other, origin, [pushSpec('b')]);
    expect(await swapRemoteRefs(remote, old, () => new Map([[branchRef('a'), a]]), files)).toBe(false);
    const now = await readRemoteRefs(remote);
    expect(await swapRemoteRefs(remote, now, () => new Map([[branchRef('a'), a]]), files)).toBe(true);
    const results = await Promise.all([
      pushTo(ours, remote, origin, [pushSpec('a:c')]),
      pushTo(theirs, other, origin, [pushSpec('b:d')]),
    ]);
    expect(results).toMatchObject([[{ outcome: 'new' }], [{ outcome: 'new' }]]);
    const names = Array.from((await readRemoteRefs(remote)).entries('refs/heads/'), ([name]) => name.slice(11));
    expect(names).toEqual(['a', 'b', 'c', 'd', 'main']);
  });

  test('a download that breaks off leaves no chunk without what it refers to', async () => {
    const { environment, ours, remote } = await pair();
    addCommit(ours, 'main', 'x');
    await pushTo(ours, remote, origin, [pushSpec('main')]);
    const target = scratchRepository(environment, '/target');
    const head = ours.headOf('main');
    let calls = 0;
    const flaky = new Proxy(remote, {
      get(object, property) {
        if (property !== 'chunks') return Reflect.get(object, property);
        return (addresses: readonly Address[]) => {
          if (++calls === 2) return Promise.reject(new DoltError('unavailable', 'gone'));
          return object.chunks(addresses);
        };
      },
    });
    await expect(downloadMissing(flaky, target, [head])).rejects.toThrow('gone');
    expect(target.chunks.has(head)).toBe(false);
    await downloadMissing(flaky, target, [head]);
    target.update(() => new Map([['refs/remotes/origin/main', head]]));
    assertComplete(target);
  });
});

describe('faults', () => {
  test('a clone that fails leaves nothing or is whole, at whichever operation', async () => {
    const memory = new MemoryDisk();
    copyFolder(memory, join(golden, 'remote-small'), '/remote');
    let failed = true;
    for (let failAt = 1; failed; failAt++) {
      const disk = new FailingDisk(memory, { failAt });
      const environment = scratchEnvironment({ disk });
      const remote = openRemote(environment, origin.url);
      let error: unknown;
      try {
        (await cloneInto(environment, remote, origin.url, '/clone')).close();
      } catch (caught) {
        error = caught;
      }
      failed = disk.failed;
      remote.close();
      if (error && !(error instanceof DoltError)) throw error;
      const isThere = memory.stat('/clone') !== undefined;
      expect(error !== undefined || isThere).toBe(true);
      if (isThere) {
        const clone = Repository.open(scratchEnvironment({ disk: memory }), '/clone');
        assertComplete(clone);
        clone.close();
        memory.removeTree('', '/clone');
      }
    }
  });

  test('a push that fails moved all or nothing, and goes through when it is tried again', async () => {
    let failed = true;
    for (let failAt = 1; failed; failAt++) {
      const memory = new MemoryDisk();
      const calm = scratchEnvironment({ disk: memory, ticking: true });
      const first = scratchRepository(calm, '/ours');
      const remote = openOrigin(calm);
      await pushTo(first, remote, origin, [pushSpec('main')]);
      const before = first.headOf('main');
      const after = addCommit(first, 'main', 'next');
      first.close();
      remote.close();
      const disk = new FailingDisk(memory, { failAt });
      const environment = scratchEnvironment({ disk, ticking: true });
      let error: unknown;
      let repository: Repository | undefined;
      let pushed = openOrigin(calm);
      try {
        pushed = openOrigin(environment);
        repository = Repository.open(environment, '/ours');
        await pushTo(repository, pushed, origin, [pushSpec('main')]);
      } catch (caught) {
        error = caught;
      }
      failed = disk.failed;
      if (error && !(error instanceof DoltError)) throw error;
      repository?.close();
      pushed.close();
      const check = openOrigin(calm);
      const now = (await readRemoteRefs(check)).get('refs/heads/main');
      expect(error ? [before, after] : [after], disk.lastOperation).toContain(now);
      const again = Repository.open(calm, '/ours');
      await pushTo(again, check, origin, [pushSpec('main')]);
      expect((await readRemoteRefs(check)).get('refs/heads/main')).toBe(after);
      again.close();
      const clone = await cloneInto(calm, check, origin.url, '/clone');
      assertComplete(clone);
      clone.close();
      check.close();
    }
  });
});

/** Files cannot be moved to the remote, which is on another disk, and that one is full. */
class FullRemoteDisk extends MemoryDisk {
  override rename(moment: string, from: string, to: string): void {
    if (moment === 'remote:move-file') throw new DiskError('unavailable', 'EXDEV', to, 'another disk');
    if (moment === 'remote:rename-file') throw new DiskError('unavailable', 'ENOSPC', to, 'no space left');
    super.rename(moment, from, to);
  }
}

test('an upload onto another disk that fills up leaves nothing there', async () => {
  const disk = new FullRemoteDisk();
  disk.makeDirectory('', '/origin');
  const file = disk.create('', '/file');
  file.write('', new Uint8Array(100), 0);
  file.close();
  const remote = openRemote(scratchEnvironment({ disk }), 'file:///origin');
  const upload = { path: '/file', name: addressOf(new Uint8Array(1)), chunkCount: 1, byteSize: 100 };
  await expect(remote.upload(upload)).rejects.toThrow('no space left');
  expect(disk.list('/origin')).toEqual([]);
  remote.close();
});

describe('urls and refspecs', () => {
  test('what is not built, not known or no URL is said so', () => {
    const environment = scratchEnvironment();
    expect(() => openRemote(environment, 'a/b')).toThrow(/not the URL/);
    expect(() => openRemote(environment, 'git+file:///x')).toThrow(/not supported yet/);
    for (const [url, what] of [
      ['ftp://ada:secret@x', /'ftp:\/\/ada:\*\*\*@x': the scheme ftp:\/\/ is not known; .* or s3:\/\/bucket\/prefix$/],
      ['gs://x/y', /remotes of gs:\/\/ are not supported yet; use .* or s3:\/\/bucket\/prefix$/],
    ] as const) {
      expect(() => openRemote(environment, url)).toThrow(what);
    }
    expect(() => openRemote(environment, 'nonsense')).toThrow(/not the URL/);
  });

  test('a remote over the network says what it lacks with its first call, and no password', async () => {
    const environment = scratchEnvironment();
    const remote = openRemote(environment, 'http://ada:secret@localhost/a/b');
    await expect(remote.root()).rejects.toThrow('remote http://ada:***@localhost/a/b: there is no network here');
    await expect(openRemote(environment, 'http://localhost/').root()).rejects.toThrow(/names no repository/);
  });

  test('a folder that is not there is unavailable, not empty', async () => {
    const remote = openRemote(scratchEnvironment(), 'file:///nowhere');
    await expect(remote.root()).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test.each([
    ['refs/heads/*:refs/remotes/origin/*', 'refs/heads/a/b', 'refs/remotes/origin/a/b'],
    ['main', 'refs/heads/main', 'refs/remotes/origin/main'],
    ['main', 'refs/heads/mainly', undefined],
    ['main:refs/remotes/other/x', 'refs/heads/main', 'refs/remotes/other/x'],
    ['refs/tags/*:refs/tags/*', 'refs/tags/v1', 'refs/tags/v1'],
    ['refs/heads/re*:refs/remotes/origin/re*', 'refs/heads/main', undefined],
  ])('fetch spec %s maps %s to %s', (spec, from, to) => {
    expect(parseFetchSpec(spec, 'origin').localRef(from)).toBe(to);
  });

  test.each(['', ':', 'a:b:c', '*:refs/x', 'a..b', ':main'])('%j is no fetch spec', (spec) => {
    expect(() => parseFetchSpec(spec, 'origin')).toThrow(DoltError);
  });
});
