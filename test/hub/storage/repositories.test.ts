/** Which store answers for a repository while it is made, removed and made again. */
import { expect, test } from 'vitest';
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
