/** When a repository was pushed to last, whoever pushed, and whatever else has written the manifest since. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Address } from '../../../src/base/address.ts';
import { EMPTY_ADDRESS } from '../../../src/base/address.ts';
import { silentLogger } from '../../../src/base/environment.ts';
import { BucketRepositories } from '../../../src/hub/storage/bucket-repositories.ts';
import { FolderRepositories } from '../../../src/hub/storage/folder-repositories.ts';
import { lastPush, notePush } from '../../../src/hub/storage/last-push.ts';
import { PushNotes } from '../../../src/hub/storage/push-notes.ts';
import type { RepositoryName } from '../../../src/hub/storage/repository-name.ts';
import type { RepositoryStorage } from '../../../src/hub/storage/repository-storage.ts';
import { realEnvironment } from '../../../src/real-environment.ts';
import { openRemote } from '../../../src/remote/open-remote.ts';
import { pushTo } from '../../../src/remote/push.ts';
import { newRemote } from '../../../src/repo/repo-state.ts';
import { type Environment, Repository } from '../../../src/repo/repository.ts';
import { FolderStore } from '../../../src/service/folder-store.ts';
import { openLog } from '../../../src/service/log.ts';
import { addCommit, pushSpec } from '../../remote/remote-fixture.ts';
import { FakeS3 } from '../../remote/s3/fake-s3.ts';

const shop = 'acme/shop' as RepositoryName;
const real = realEnvironment(silentLogger);
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'last-push-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Place {
  readonly storage: RepositoryStorage;
  readonly url: string;
  readonly environment: Environment;
}

const places: readonly (readonly [string, () => Place])[] = [
  [
    'a folder',
    () => {
      const data = join(folder, 'data');
      const storage = new FolderRepositories(real, data, (directory) => new FolderStore(real, directory, 0));
      return { storage, url: `file://${data}/${shop}`, environment: real };
    },
  ],
  [
    'a bucket',
    () => {
      const s3 = new FakeS3();
      // Whatever is there is old.
      s3.before = () => {
        s3.nowMs += 2000;
      };
      const environment = { ...s3.environment(), disk: real.disk };
      const storage = new BucketRepositories(environment, 's3://chunks', join(folder, 'scratch'));
      return { storage, url: `s3://chunks/${shop}`, environment };
    },
  ],
];

describe.each(places)('%s', (_, open) => {
  test('knows when it was pushed to, through a hub or beside it, and garbage collection changes nothing', async () => {
    const { storage, url, environment } = open();
    const who = { name: 'A', email: 'a@b.c', initialBranch: 'main' };
    const repository = Repository.init(real, join(folder, 'work'), who);
    const push = async (...specs: string[]): Promise<Address> => {
      const remote = openRemote(environment, url, { create: true });
      await pushTo(repository, remote, newRemote('origin', url), specs.map(pushSpec));
      const { root } = await remote.root();
      remote.close();
      return root;
    };
    const collect = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve, 10));
      expect((await storage.collect(shop, { graceMs: 0, leastShare: 0 })).chunksDropped).toBeGreaterThan(0);
    };
    await storage.create(shop);
    expect(await lastPush(storage, shop, EMPTY_ADDRESS)).toBeUndefined();
    addCommit(repository, 'other', 'goes again');
    await push('main', 'other');
    // A hub notes it.
    const root = await push(':other');
    await notePush(storage, shop, root, 1234);
    expect(await lastPush(storage, shop, root)).toBe(1234);
    await collect();
    expect(await lastPush(storage, shop, root)).toBe(1234);
    // Nobody notes it.
    addCommit(repository, 'main', 'more');
    const beside = await push('main');
    const changed = await storage.changedMs(shop);
    await collect();
    expect(await storage.changedMs(shop)).not.toBe(changed);
    expect(await lastPush(storage, shop, beside)).toBe(changed);
    await storage.remove(shop);
    expect(await storage.notes.list('pushes/acme')).toEqual([]);
    repository.close();
  });

  test('of many pushes at a time, the last one is noted, and a note that is damaged is none', async () => {
    const { storage } = open();
    await storage.create(shop);
    const log = openLog('info', 'json', () => {});
    let now = 0;
    const notes = new PushNotes(storage, { now: () => ++now, monotonic: () => now }, log);
    const roots = Array.from({ length: 20 }, (__, i) => String(i).padStart(32, '0') as Address);
    for (const root of roots) notes.pushed(shop, root);
    await notes.settled();
    expect(await lastPush(storage, shop, roots.at(-1)!)).toBe(20);
    await storage.notes.write(`pushes/${shop}`, '{');
    expect(await lastPush(storage, shop, roots.at(-1)!)).toBe(await storage.changedMs(shop));
  });
});
