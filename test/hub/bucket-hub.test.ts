/** Hubs over a bucket (moto's server): all that they know is there, so that they are one hub. */

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { EMPTY_ADDRESS } from '../../src/base/address.ts';
import { AccountBook } from '../../src/hub/accounts/account-book.ts';
import { newToken } from '../../src/hub/accounts/passwords.ts';
import { BucketRepositories } from '../../src/hub/storage/bucket-repositories.ts';
import type { RepositoryName } from '../../src/hub/storage/repository-name.ts';
import { cloneInto } from '../../src/remote/clone.ts';
import { methods } from '../../src/remote/grpc/messages.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import { pushTo } from '../../src/remote/push.ts';
import { readRemoteRefs, swapRemoteRefs } from '../../src/remote/remote-refs.ts';
import { newRemote } from '../../src/repo/repo-state.ts';
import { Repository } from '../../src/repo/repository.ts';
import { addCommit, assertComplete, pushSpec } from '../remote/remote-fixture.ts';
import { Moto, motoIsMissing } from '../remote/s3/moto.ts';
import { ServedHub } from './served-hub.ts';

const bucket = 's3://chunks/hub';
const shop = 'acme/shop' as RepositoryName;
const name = `hubs over a bucket${motoIsMissing() ?? ''}`;
let moto: Moto;
let hubs: ServedHub[];
let storage: BucketRepositories;

beforeAll(async () => {
  if (motoIsMissing()) return;
  moto = await Moto.start();
  hubs = [];
  for (let i = 0; i < 2; i++) {
    const hub = new ServedHub(moto.variables);
    await hub.start({ bucket, isOpen: true });
    hubs.push(hub);
  }
  storage = new BucketRepositories(hubs[0]!.environment, bucket, join(hubs[0]!.folder, 'scratch'));
});
afterAll(async () => {
  for (const hub of hubs ?? []) await hub.remove();
  await moto?.stop();
});

test.skipIf(motoIsMissing())(
  `${name}: pushes through both, and no update is lost`,
  async () => {
    const [hub] = hubs as [ServedHub];
    const pushed = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        const through = hubs[i % 2]!;
        const branch = `b${i}`;
        const who = { name: 'A', email: 'a@b.c', initialBranch: 'main' };
        const repository = Repository.init(hub.environment, join(hub.folder, branch), who);
        const remote = openRemote(through.environment, through.url(shop));
        let head = EMPTY_ADDRESS;
        for (let n = 0; n < 2; n++) {
          head = addCommit(repository, branch, `${branch} ${n}`);
          await pushTo(repository, remote, newRemote('origin', remote.url), [pushSpec(branch)]);
        }
        remote.close();
        repository.close();
        return [branch, head] as const;
      }),
    );
    for (const through of hubs) {
      const remote = openRemote(through.environment, through.url(shop));
      const refs = await readRemoteRefs(remote);
      for (const [branch, head] of pushed) expect(refs.get(`refs/heads/${branch}`)).toBe(head);
      const clone = await cloneInto(through.environment, remote, remote.url, join(through.folder, 'clone'));
      assertComplete(clone);
      clone.close();
      remote.close();
    }
    expect(await storage.list()).toEqual([shop]);
    const [first, second] = await Promise.all(hubs.map((each) => each.get('/acme/shop/commits?ref=b0')));
    expect(first!.text).toContain('b0 1');
    expect(second!.status).toBe(200);
  },
  120_000,
);

test.skipIf(motoIsMissing())(`${name}: a URL of one is good at the other`, async () => {
  const [first, second] = hubs as [ServedHub, ServedHub];
  const { tableFileInfo } = await first.call(methods.listTableFiles, { repoPath: shop });
  const url = new URL(tableFileInfo[0]!.url);
  url.port = String(second.hub.grpcPort);
  expect((await fetch(url)).status).toBe(200);
});

test.skipIf(motoIsMissing())(
  `${name}: users are in the bucket, changed by comparison, and hold within a moment`,
  async () => {
    const guarded = new ServedHub(moto.variables);
    await guarded.start({ bucket });
    const books = Array.from({ length: 5 }, () => {
      return new AccountBook(new BucketRepositories(guarded.environment, bucket, join(guarded.folder, 'x')).accounts);
    });
    const token = newToken();
    await Promise.all(books.map((book, i) => book.change((accounts) => accounts.withUser(`user${i}`, undefined))));
    const { id, hash } = token;
    await books[0]!.change((accounts) =>
      accounts.withToken('user0', { id, hash, name: '', created: 0 }).withRight('user0', 'acme', 'reader'),
    );
    expect((await new AccountBook(storage.accounts).now()).users.size).toBe(5);
    const code = () => guarded.codeOf(methods.root, { repoPath: shop }, `Bearer ${token.text}`);
    await sleep(1100);
    expect(await code()).toBe(0);
    expect(await guarded.codeOf(methods.root, { repoPath: shop })).toBe(16);
    await books[1]!.change((accounts) => accounts.withoutUser('user0'));
    await sleep(1100);
    expect(await code()).toBe(16);
    await guarded.remove();
  },
  60_000,
);

test.skipIf(motoIsMissing())(
  `${name}: garbage goes while hubs run, and a pusher that counts on it comes through`,
  async () => {
    const [hub, other] = hubs as [ServedHub, ServedHub];
    const garden = 'acme/garden' as RepositoryName;
    const who = { name: 'A', email: 'a@b.c', initialBranch: 'main' };
    const repository = Repository.init(hub.environment, join(hub.folder, 'garden'), who);
    const remote = openRemote(hub.environment, hub.url(garden));
    const push = (...specs: string[]) =>
      pushTo(repository, remote, newRemote('origin', remote.url), specs.map(pushSpec));
    for (let i = 0; i < 5; i++) addCommit(repository, 'main', `main ${i}`);
    for (let i = 0; i < 5; i++) addCommit(repository, 'dropped', `dropped ${i}`);
    await push('main', 'dropped');
    await push(':dropped');
    const dropped = repository.headOf('dropped');
    const there = await readRemoteRefs(remote);
    expect(await remote.absent([dropped])).toEqual([]);
    // Its clock counts seconds.
    await sleep(2100);
    const report = await storage.collect(garden, { graceMs: 0, leastShare: 0 });
    expect(report.chunksDropped).toBeGreaterThan(5);
    expect(report.bytesAfter).toBeLessThan(report.bytesBefore);
    const second = openRemote(other.environment, other.url(garden));
    expect(await second.absent([dropped, repository.headOf('main')])).toEqual([dropped]);
    expect(await swapRemoteRefs(remote, there, () => new Map([['refs/heads/again', dropped]]))).toBe(true);
    const clone = await cloneInto(other.environment, second, second.url, join(other.folder, 'garden-clone'));
    assertComplete(clone);
    expect(clone.refs().get('refs/remotes/origin/again')).toBe(dropped);
    for (const each of [clone, repository, remote, second]) each.close();
    await storage.remove(garden);
  },
  60_000,
);

test.skipIf(motoIsMissing())(
  `${name}: repositories are made, tidied and removed`,
  async () => {
    const [one, other] = ['ben/one', 'ben/other'] as RepositoryName[] as [RepositoryName, RepositoryName];
    for (const each of [other, one, one]) await storage.create(each);
    const mine = async () => (await storage.list()).filter((each) => each.startsWith('ben/'));
    expect(await mine()).toEqual([one, other]);
    expect(await storage.collect(one, { graceMs: 0, leastShare: 0 })).toMatchObject({ chunksDropped: 0 });
    await storage.remove(one);
    await expect(storage.remove(one)).rejects.toMatchObject({ kind: 'notFound' });
    expect(await mine()).toEqual([other]);
    const { rootHash } = await hubs[0]!.call(methods.root, { repoPath: one });
    expect(Buffer.from(rootHash).equals(Buffer.alloc(20))).toBe(true);
  },
  60_000,
);

test.skipIf(motoIsMissing())(
  `${name}: a hub that ends takes along what it kept on its machine, and no other's`,
  async () => {
    const [hub] = hubs as [ServedHub];
    const kept = () => readdirSync(join(hub.folder, 'data/.hub')).filter((each) => each.startsWith('process-'));
    const own = kept();
    expect(own.length).toBeGreaterThan(0);
    const other = new ServedHub(moto.variables);
    await other.start({ bucket, isOpen: true, dataDirectory: join(hub.folder, 'data') });
    expect((await other.get(`/${shop}`)).status).toBe(200);
    expect(kept().length).toBeGreaterThan(own.length);
    await other.remove();
    expect(kept()).toEqual(own);
    expect((await hub.get(`/${shop}`)).status).toBe(200);
  },
);
