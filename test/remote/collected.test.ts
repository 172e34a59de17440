/** A remote that others move on and collect while a clone, or a restore, is under way: at every call in turn. */
import { expect, test } from 'vitest';
import type { Disk } from '../../src/base/disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { restoreBackup, syncBackup } from '../../src/remote/backup.ts';
import { cloneInto } from '../../src/remote/clone.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import { pushTo } from '../../src/remote/push.ts';
import type { RemoteStore } from '../../src/remote/remote-store.ts';
import { branchRef } from '../../src/repo/refs.ts';
import { type Environment, Repository } from '../../src/repo/repository.ts';
import { scratchEnvironment, scratchRepository } from '../repo/scratch-repository.ts';
import { addCommit, assertComplete, changed, origin, pushSpec } from './remote-fixture.ts';

interface Way {
  /** What it puts on a remote. */
  readonly publish: (ours: Repository, store: RemoteStore) => Promise<unknown>;
  readonly take: (environment: Environment, store: RemoteStore) => Promise<unknown>;
}

const push = (ours: Repository, store: RemoteStore) => pushTo(ours, store, origin, [pushSpec('main'), pushSpec('b')]);
const clone = async (environment: Environment, store: RemoteStore, depth?: number): Promise<void> => {
  (await cloneInto(environment, store, origin.url, '/copy', depth === undefined ? {} : { depth })).close();
};
const WAYS: Readonly<Record<string, Way>> = {
  clone: { publish: push, take: clone },
  'clone of a depth': { publish: push, take: (environment, store) => clone(environment, store, 9) },
  restore: { publish: syncBackup, take: (environment, store) => restoreBackup(environment, store, '/copy') },
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
    await way.take(environment, store);
    const copy = Repository.open(environment, '/copy');
    const head = copy.headOf('main');
    expect([before, after], `call ${at}`).toContain(head);
    outcomes.add(head);
    assertComplete(copy);
    expect(disk.list('/copy'), `call ${at}`).toEqual(['.dolt']);
    copy.close();
    store.close();
  }
  expect([...outcomes].sort()).toEqual([before, after].sort());
});
