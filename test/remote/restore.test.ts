/** Restores that are killed and run again, into a new folder and in the place of a repository. */
import { expect, test } from 'vitest';
import { DoltError } from '../../src/base/errors.ts';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { checkStore } from '../../src/chunks/store-check.ts';
import { restoreBackup, syncBackup } from '../../src/remote/backup.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import type { RemoteStore } from '../../src/remote/remote-store.ts';
import { Repository } from '../../src/repo/repository.ts';
import { seeded } from '../replication/world.ts';
import { scratchEnvironment, scratchRepository } from '../repo/scratch-repository.ts';
import { addCommit, changed, watched } from './remote-fixture.ts';

const url = 'file:///backup';

/** A disk with a backup in several files, and perhaps a repository where it is to be restored. */
async function disk(hasOther: boolean): Promise<{ disk: MemoryDisk; root: string }> {
  const memory = new MemoryDisk();
  const environment = scratchEnvironment({ disk: memory });
  const ours = scratchRepository(environment, '/ours');
  for (let i = 0; i < 4; i++) {
    addCommit(ours, 'main', `commit ${i}`);
    await syncBackup(ours, openRemote(environment, url, { create: true }));
  }
  const root = ours.refs().storeRoot;
  ours.close();
  if (hasOther) scratchRepository(environment, '/copy').close();
  return { disk: memory, root };
}

async function restore(
  on: MemoryDisk | FailingDisk,
  mayReplace: boolean,
  store: RemoteStore = openRemote(scratchEnvironment({ disk: on }), url),
): Promise<DoltError | undefined> {
  try {
    const replacing = mayReplace ? (): void => {} : undefined;
    await restoreBackup(scratchEnvironment({ disk: on }), store, '/copy', { replacing });
    return undefined;
  } catch (error) {
    if (!(error instanceof DoltError)) throw error;
    return error;
  }
}

function rootOf(on: MemoryDisk): string {
  const repository = Repository.open(scratchEnvironment({ disk: on }), '/copy');
  expect([...checkStore(on, repository.chunks.directory, true)]).toEqual([]);
  const { storeRoot } = repository.refs();
  repository.close();
  return storeRoot;
}

test.each([false, true])(
  'killed at any operation it goes on and ends the same; in place of another: %s',
  async (hasOther) => {
    const scene = await disk(hasOther);
    const old = hasOther ? rootOf(scene.disk) : undefined;
    let failed = true;
    let reused = 0;
    for (let failAt = 1; failed; failAt++) {
      const memory = scene.disk.crash(() => 0.999);
      const failing = new FailingDisk(memory, { failAt, sticky: true });
      const before: string[] = [];
      const open = (on: MemoryDisk | FailingDisk): RemoteStore => openRemote(scratchEnvironment({ disk: on }), url);
      await restore(failing, hasOther, watched(open(failing), before));
      failed = failing.failed;
      const left = memory.crash(failAt % 2 === 0 ? () => 0.999 : seeded(failAt));
      // Until the backup has taken its place, what was there is whole.
      if (hasOther && left.stat('/copy/.dolt'))
        expect([old, scene.root], failing.lastOperation).toContain(rootOf(left));
      const after: string[] = [];
      const again = await restore(left, hasOther, watched(open(left), after));
      if (again) expect(String(again), failing.lastOperation).toMatch(/already exists/);
      expect(rootOf(left), failing.lastOperation).toBe(scene.root);
      expect(left.list('/copy'), failing.lastOperation).toEqual(['.dolt']);
      reused += before.filter((name) => !after.includes(name)).length;
    }
    expect(reused).toBeGreaterThan(10);
  },
);

test('a restore that was to replace a repository and was killed is not taken for done', async () => {
  const scene = await disk(true);
  const lost = changed(openRemote(scratchEnvironment({ disk: scene.disk }), url), {
    async download() {
      throw new DoltError('unavailable', 'gone');
    },
  });
  expect(String(await restore(scene.disk, true, lost))).toMatch(/gone; what has come is kept: restore again/);
  expect(scene.disk.list('/copy')).toEqual(['.dolt', '.replacing']);
  expect(String(await restore(scene.disk, false))).toMatch(/already exists/);
  expect(rootOf(scene.disk)).not.toBe(scene.root);
  expect(await restore(scene.disk, true)).toBeUndefined();
  expect(rootOf(scene.disk)).toBe(scene.root);
  expect(scene.disk.list('/copy')).toEqual(['.dolt']);
});
