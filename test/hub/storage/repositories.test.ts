/** Which store answers for a repository while it is made, removed and made again. */

import { expect, test } from 'vitest';
import { MemoryDisk } from '../../../src/base/memory-disk.ts';
import { OwnFolder } from '../../../src/hub/storage/own-folder.ts';
import { Repositories } from '../../../src/hub/storage/repositories.ts';
import type { RepositoryName } from '../../../src/hub/storage/repository-name.ts';
import type { RepositoryStorage } from '../../../src/hub/storage/repository-storage.ts';
import type { ServedStore } from '../../../src/service/served-store.ts';

const name = 'ada/shop' as RepositoryName;

test('a store makes its repository and stays; that of a removed one goes', async () => {
  let identity: string | undefined;
  let opened = 0;
  const storage = {
    identity: async () => identity,
    open: () => {
      opened++;
      return { close() {} } as ServedStore;
    },
  } as unknown as RepositoryStorage;
  const repositories = new Repositories(storage, 8);
  const first = await repositories.store(name);
  identity = 'first';
  expect(await repositories.store(name)).toBe(first);
  identity = 'second';
  const second = await repositories.store(name);
  expect(second).not.toBe(first);
  identity = undefined;
  expect(await repositories.store(name)).not.toBe(second);
  expect(opened).toBe(3);
});

test('a process leaves others their folders, and removes those of the killed', () => {
  const disk = new MemoryDisk();
  const there = (on: MemoryDisk) => [...(on.list('/data/.hub') ?? [])].sort();
  const namesOf = (...folders: OwnFolder[]) =>
    folders.flatMap(({ path }) => [path, `${path}.lock`].map((each) => each.slice('/data/.hub/'.length))).sort();
  const [one, two, three] = [0, 1, 2].map(() => new OwnFolder(disk, '/data')) as [OwnFolder, OwnFolder, OwnFolder];
  for (const each of [one, two]) {
    each.take();
    disk.create('test', `${each.path}/upload`).close();
  }
  three.take();
  expect(there(disk)).toEqual(namesOf(one, two, three));
  two.close();
  expect(there(disk)).toEqual(namesOf(one, three));
  const restarted = disk.crash(() => 0.999);
  expect(there(restarted)).toEqual(namesOf(one, three));
  const next = new OwnFolder(restarted, '/data');
  next.take();
  expect(there(restarted)).toEqual(namesOf(next));
  next.close();
  expect(there(restarted)).toEqual([]);
});
