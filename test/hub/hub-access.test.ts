/** What the page is shown of repositories that lie in no folder of this machine: copies of them. */
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AccountBook } from '../../src/hub/accounts/account-book.ts';
import { Readings } from '../../src/hub/content/reading.ts';
import { StoreCopies } from '../../src/hub/content/store-copies.ts';
import { HubAccess } from '../../src/hub/hub-access.ts';
import type { HubHost } from '../../src/hub/hub-host.ts';
import { FolderRepositories } from '../../src/hub/storage/folder-repositories.ts';
import { Repositories } from '../../src/hub/storage/repositories.ts';
import type { RepositoryStorage } from '../../src/hub/storage/repository-storage.ts';
import { realEnvironment } from '../../src/real-environment.ts';
import { FolderStore } from '../../src/service/folder-store.ts';
import { golden } from '../remote/remote-fixture.ts';

const environment = realEnvironment({ warn() {}, info() {} });
const { disk, clock } = environment;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-access-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A storage that says of no folder that it is one. */
function elsewhere(storage: RepositoryStorage): RepositoryStorage {
  return new Proxy(storage, {
    get(target, name) {
      if (name === 'directoryOf') return undefined;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

test.each(['in a folder', 'elsewhere'])('a repository %s is listed, and read', async (where) => {
  const data = join(folder, 'data');
  cpSync(join(golden, 'remote-small'), join(data, 'acme/shop'), { recursive: true });
  const inFolder = new FolderRepositories(environment, data, (each) => new FolderStore(environment, each, 1000));
  const storage = where === 'elsewhere' ? elsewhere(inFolder) : inFolder;
  const repositories = new Repositories(storage, 8);
  const copies = new StoreCopies(disk, clock, join(folder, 'copies'), 1 << 30);
  const access = new HubAccess({
    ...{ disk, storage, repositories, book: new AccountBook(storage.accounts), isOpen: true },
    ...{ host: {} as HubHost, copies: () => copies, keys: undefined, log: { info() {} } },
  });
  const [listed] = await access.repositories(undefined);
  expect(listed).toMatchObject({ owner: 'acme', database: 'shop', isPublic: true });
  const { byteSize, lastPush } = await listed!.facts();
  expect(byteSize).toBeGreaterThan(1000);
  expect(lastPush).toBe(disk.stat(join(data, 'acme/shop/manifest'))!.modifiedMs);
  const shown = await listed!.folder();
  expect(shown.startsWith(join(folder, where === 'elsewhere' ? 'copies' : 'data'))).toBe(true);
  const readings = new Readings(environment);
  expect(await readings.read(shown, 'shop', ({ branches }) => branches)).toContain('main');
  const none = await access.repository('acme', 'new', undefined);
  expect(await none!.facts()).toEqual({ byteSize: 0, lastPush: undefined });
  expect(await readings.read(await none!.folder(), 'new', ({ isEmpty }) => isEmpty)).toBe(true);
  readings.close();
  repositories.close();
});
