/** Clones of a limited depth, over every transport; histories are random, with merges, from a seed. */
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Address } from '../../src/base/address.ts';
import { DoltError } from '../../src/base/errors.ts';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { GhostCommitError } from '../../src/chunks/ghosts.ts';
import { cloneInto } from '../../src/remote/clone.ts';
import { fetchFrom } from '../../src/remote/fetch.ts';
import { openRemote } from '../../src/remote/open-remote.ts';
import { pushTo } from '../../src/remote/push.ts';
import { readRemoteRefs } from '../../src/remote/remote-refs.ts';
import type { RemoteStore } from '../../src/remote/remote-store.ts';
import { type Deepening, fetchShallow } from '../../src/remote/shallow.ts';
import { isAncestor, readCommit, writeCommit } from '../../src/repo/commit.ts';
import { collectGarbage } from '../../src/repo/garbage.ts';
import { checkIntegrity } from '../../src/repo/integrity.ts';
import { walkLog } from '../../src/repo/log-walk.ts';
import { mergeBase } from '../../src/repo/merge-base.ts';
import { branchRef, tagRef } from '../../src/repo/refs.ts';
import { initialRepoState, newRemote, writeRepoState } from '../../src/repo/repo-state.ts';
import { type Environment, Repository } from '../../src/repo/repository.ts';
import { RootValue } from '../../src/repo/root-value.ts';
import { complete } from '../../src/repo/steps.ts';
import { writeTag } from '../../src/serial/tag.ts';
import { seeded } from '../replication/world.ts';
import { scratchEnvironment, scratchRepository } from '../repo/scratch-repository.ts';
import { FakeService } from './grpc/fake-service.ts';
import { addCommit, changed, copyFolder, golden, pushSpec, tagSpec } from './remote-fixture.ts';
import { FakeS3 } from './s3/fake-s3.ts';

interface Scene {
  readonly environment: Environment;
  readonly url: string;
  readonly ours: Repository;
  open(url?: string): RemoteStore;
}

const TRANSPORTS: Readonly<Record<string, () => [Environment, string]>> = {
  'file://': () => [scratchEnvironment(), 'file:///remote'],
  'http://': () => [{ ...scratchEnvironment(), network: new FakeService() }, 'http://hub.example:50051/ada/shop'],
  's3://': () => [new FakeS3().environment(), 's3://chunks/shop'],
};

function scene(transport: keyof typeof TRANSPORTS): Scene {
  const [environment, url] = TRANSPORTS[transport]!();
  return {
    environment,
    url,
    ours: scratchRepository(environment, '/ours'),
    open: (at = url) => openRemote(environment, at, { create: true }),
  };
}

/** A commit with these parents, the first of which it changes nothing of. */
function commitOn(repository: Repository, parents: readonly Address[], message: string): Address {
  const who = { name: 'Test', email: 'test@example.com' };
  const root = parents.length === 0 ? RootValue.empty(repository.nodes).address : undefined;
  const date = repository.environment.clock.now();
  return writeCommit(repository.nodes, root ?? readCommit(repository.nodes, parents[0]!).root, parents, {
    ...{ author: who, committer: who, authorDate: date, committerDate: date, message },
  });
}

/** Commits on `main`, each on one or two of the ones before it; their addresses. */
function randomHistory(repository: Repository, count: number, random: () => number): readonly Address[] {
  const commits = [repository.headOf('main')];
  for (let i = 0; i < count; i++) {
    const recent = commits.slice(-4);
    const pick = (): Address => recent[Math.floor(random() * recent.length)]!;
    const parents = random() < 0.6 ? [commits.at(-1)!] : [...new Set([pick(), pick()])];
    commits.push(commitOn(repository, parents, `commit ${i}`));
  }
  repository.update(() => new Map([[branchRef('main'), commits.at(-1)!]]));
  return commits;
}

/** What is less than `depth` steps from a commit. */
function within({ nodes }: Repository, head: Address, depth: number): ReadonlySet<Address> {
  const found = new Set([head]);
  let level = [head];
  for (let i = 1; i < depth; i++) {
    level = level.flatMap((address) => readCommit(nodes, address).parents);
    for (const address of level) found.add(address);
  }
  return found;
}

const logOf = ({ nodes }: Repository, head: Address): ReadonlySet<Address> =>
  new Set(Array.from(walkLog(nodes, [head]), ({ address }) => address));

async function problemsOf({ environment, directory }: Repository): Promise<readonly unknown[]> {
  return (await complete(checkIntegrity(environment, directory))).problems;
}

function attempt<T>(work: () => T): T | 'ghost' {
  try {
    return work();
  } catch (error) {
    if (error instanceof GhostCommitError) return 'ghost';
    throw error;
  }
}

describe.each(Object.keys(TRANSPORTS))('over %s', (transport) => {
  test('a clone has the last commits, and knows of the others what they are', async () => {
    const random = seeded(5);
    for (let round = 0; round < 2; round++) {
      const { environment, url, ours, open } = scene(transport);
      const commits = randomHistory(ours, 18, random);
      const head = commits.at(-1)!;
      await pushTo(ours, open(), newRemote('origin', url), [pushSpec('main')]);
      const all = logOf(ours, head);
      for (const depth of [1, 2, 5, 100]) {
        const clone = await cloneInto(environment, open(), url, `/clone-${depth}`, { depth });
        const taken = within(ours, head, depth);
        expect(logOf(clone, head)).toEqual(taken);
        for (const address of all) {
          expect(clone.chunks.isGhost(address)).toBe(!taken.has(address));
          if (address !== head) expect(isAncestor(clone.nodes, address, head)).toBe(true);
        }
        for (const a of taken) {
          const b = [...taken][Math.floor(random() * taken.size)]!;
          const base = mergeBase(ours.nodes, a, b)!;
          expect(attempt(() => mergeBase(clone.nodes, a, b))).toBe(taken.has(base) ? base : 'ghost');
        }
        expect(await problemsOf(clone)).toEqual([]);
        await complete(collectGarbage(clone));
        clone.close();
        const again = Repository.open(environment, `/clone-${depth}`);
        expect(logOf(again, head)).toEqual(taken);
        expect(await problemsOf(again)).toEqual([]);
        again.close();
      }
    }
  });

  test('it pushes to where it comes from, and nowhere else', async () => {
    const { environment, url, ours, open } = scene(transport);
    for (let i = 0; i < 6; i++) addCommit(ours, 'main', `commit ${i}`);
    const origin = newRemote('origin', url);
    await pushTo(ours, open(), origin, [pushSpec('main')]);
    const clone = await cloneInto(environment, open(), url, '/clone', { depth: 2 });
    const next = addCommit(clone, 'main', 'ours');
    const [pushed] = await pushTo(clone, open(), origin, [pushSpec('main')]);
    expect(pushed).toMatchObject({ outcome: 'fast-forward', new: next });
    await fetchFrom(ours, open(), origin);
    expect(logOf(ours, next).size).toBe(8);
    const other = newRemote('other', 'file:///other');
    await expect(pushTo(clone, open(other.url), other, [pushSpec('main')])).rejects.toThrow(
      'shallow repository missing chunks to complete push',
    );
    // Forward from a commit that it does not have.
    const old = [...logOf(ours, next)].at(-2)!;
    ours.update(() => new Map([[branchRef('old'), old]]));
    await pushTo(ours, open(), origin, [pushSpec('old')]);
    const [moved] = await pushTo(clone, open(), origin, [pushSpec('main:refs/heads/old')]);
    expect(moved).toMatchObject({ outcome: 'fast-forward', old, new: next });
  });

  test('it fetches what is new, as far as it has the history, and tags of what it has', async () => {
    const { environment, url, ours, open } = scene(transport);
    const commits = [ours.headOf('main')];
    for (let i = 0; i < 6; i++) commits.push(addCommit(ours, 'main', `commit ${i}`));
    const tag = (name: string, commit: Address): void => {
      const address = ours.nodes.write(
        writeTag({ commit, name: 'T', email: 't@x.y', description: name, timestampMillis: 0, userTimestampMillis: 0 }),
      );
      ours.update(() => new Map([[tagRef(name), address]]));
    };
    tag('new', commits[6]!);
    tag('old', commits[1]!);
    const origin = newRemote('origin', url);
    await pushTo(ours, open(), origin, [pushSpec('main'), tagSpec('new'), tagSpec('old')]);
    const clone = await cloneInto(environment, open(), url, '/clone', { depth: 2 });
    expect([...clone.refs().entries('refs/tags/')]).toEqual([]);
    const next = addCommit(ours, 'main', 'next');
    const beside = commitOn(ours, [commits[2]!], 'beside');
    ours.update(
      () => new Map([branchRef('beside'), branchRef('old')].map((ref, i) => [ref, [beside, commits[3]!][i]!])),
    );
    await pushTo(ours, open(), origin, ['main', 'beside', 'old'].map(pushSpec));
    await fetchFrom(clone, open(), origin);
    const refs = Object.fromEntries(clone.refs().entries('refs/remotes/'));
    expect(logOf(clone, refs['refs/remotes/origin/main']!)).toEqual(new Set([next, commits[6], commits[5]]));
    expect(logOf(clone, refs['refs/remotes/origin/beside']!)).toEqual(new Set([beside]));
    // What a branch points to is there, though the clone had left it out.
    expect(logOf(clone, refs['refs/remotes/origin/old']!)).toEqual(new Set([commits[3]]));
    expect(Array.from(clone.refs().entries('refs/tags/'), ([name]) => name)).toEqual(['refs/tags/new']);
    expect(await problemsOf(clone)).toEqual([]);
  });
});

describe.each(Object.keys(TRANSPORTS))('a fetch over %s', (transport) => {
  const listed = ({ environment, directory }: Repository): boolean =>
    environment.disk.stat(`${directory}/.dolt/noms/ghostObjects.txt`) !== undefined;

  /** A remote with a random history, a clone of two generations, and ways to fetch there. */
  async function shallowScene(seed: number) {
    const { environment, url, ours, open } = scene(transport);
    const commits = randomHistory(ours, 18, seeded(seed));
    const head = commits.at(-1)!;
    const origin = newRemote('origin', url);
    await pushTo(ours, open(), origin, [pushSpec('main')]);
    const clone = await cloneInto(environment, open(), url, '/clone', { depth: 2 });
    const deepen = async (deepening: Deepening): Promise<void> => {
      await fetchFrom(clone, open(), origin, { deepening });
    };
    /** What it has, though it is opened anew, is whole, and of the rest it knows what it is. */
    const assertHas = async (taken: ReadonlySet<Address>): Promise<void> => {
      const again = Repository.open(environment, '/clone', { readOnly: true });
      expect(logOf(again, head)).toEqual(taken);
      for (const address of logOf(ours, head)) expect(again.chunks.isGhost(address)).toBe(!taken.has(address));
      again.close();
      expect(await problemsOf(clone)).toEqual([]);
    };
    return { ours, head, origin, open, clone, deepen, assertHas };
  }

  test('makes the history as long as is asked for, and never shorter', async () => {
    for (let seed = 1; seed <= 3; seed++) {
      const { ours, head, clone, deepen, assertHas } = await shallowScene(seed);
      for (const generations of [3, 6, 4]) {
        await deepen({ from: 'tips', generations });
        await assertHas(within(ours, head, generations === 4 ? 6 : generations));
      }
      expect(listed(clone)).toBe(true);
      await deepen({ from: 'tips', generations: 100 });
      await assertHas(logOf(ours, head));
      expect(listed(clone)).toBe(false);
    }
  });

  test('makes it longer than it is', async () => {
    for (let seed = 1; seed <= 3; seed++) {
      const { ours, head, deepen, assertHas } = await shallowScene(seed);
      let taken = within(ours, head, 2);
      for (const generations of [1, 3, 100]) {
        for (let i = 0; i < generations; i++) {
          taken = new Set([...taken, ...[...taken].flatMap((address) => readCommit(ours.nodes, address).parents)]);
        }
        await deepen({ from: 'end', generations });
        await assertHas(taken);
      }
    }
  });

  test('makes it complete: it is cloned, pushed elsewhere, merged and collected as any other', async () => {
    const { ours, head, open, clone, deepen, assertHas, origin } = await shallowScene(4);
    const next = addCommit(ours, 'main', 'next');
    const tag = ours.nodes.write(
      writeTag({
        ...{ commit: head, name: 'T', email: 't@x.y', description: '' },
        timestampMillis: 0,
        userTimestampMillis: 0,
      }),
    );
    ours.update(() => new Map([[tagRef('v1'), tag]]));
    await pushTo(ours, open(), origin, [pushSpec('main'), tagSpec('v1')]);
    await deepen('all');
    await assertHas(logOf(ours, head));
    expect(clone.refs().get('refs/remotes/origin/main')).toBe(next);
    expect(clone.refs().get(tagRef('v1'))).toBe(tag);
    expect(clone.chunks.isShallow).toBe(false);
    await complete(collectGarbage(clone));
    await assertHas(logOf(ours, head));
    const [pushed] = await pushTo(clone, open('file:///other'), newRemote('other', 'file:///other'), [
      pushSpec('main'),
    ]);
    expect(pushed).toMatchObject({ outcome: 'new', new: head });
    for (const address of logOf(ours, head)) expect(mergeBase(clone.nodes, address, next)).toBe(address);
  });
});

test('a fetch that is killed at any operation while it makes the history longer leaves what was, and is made again', async () => {
  const calm = scene('file://');
  randomHistory(calm.ours, 12, seeded(3));
  const origin = newRemote('origin', calm.url);
  await pushTo(calm.ours, calm.open(), origin, [pushSpec('main')]);
  (await cloneInto(calm.environment, calm.open(), calm.url, '/clone', { depth: 2 })).close();
  const full = (calm.environment.disk as MemoryDisk).crash(() => 0.999);
  const head = calm.ours.headOf('main');
  const [before, after] = [within(calm.ours, head, 2), logOf(calm.ours, head)];
  const seen = new Set<number>();
  let failed = true;
  for (let failAt = 1; failed; failAt++) {
    const memory = full.crash(() => 0.999);
    const disk = new FailingDisk(memory, { failAt, sticky: true });
    const deepen = async (on: MemoryDisk | FailingDisk): Promise<void> => {
      const environment = scratchEnvironment({ disk: on });
      const clone = Repository.open(environment, '/clone');
      try {
        await fetchFrom(clone, openRemote(environment, calm.url), origin, { deepening: 'all' });
      } finally {
        clone.close();
      }
    };
    await deepen(disk).catch((error: unknown) => {
      if (!(error instanceof DoltError)) throw error;
    });
    failed = disk.failed;
    const left = memory.crash(seeded(failAt));
    const found = Repository.open(scratchEnvironment({ disk: left }), '/clone');
    const log = logOf(found, head);
    seen.add(log.size);
    expect([before, after], disk.lastOperation).toContainEqual(log);
    expect(await problemsOf(found), disk.lastOperation).toEqual([]);
    found.close();
    await deepen(left);
    const again = Repository.open(scratchEnvironment({ disk: left }), '/clone');
    expect(logOf(again, head), disk.lastOperation).toEqual(after);
    expect(again.chunks.isShallow).toBe(false);
    expect(await problemsOf(again), disk.lastOperation).toEqual([]);
    again.close();
  }
  expect(seen.size).toBe(2);
});

test('a clone that is killed at any operation is made again and ends the same', async () => {
  const calm = scene('file://');
  randomHistory(calm.ours, 12, seeded(3));
  await pushTo(calm.ours, calm.open(), newRemote('origin', calm.url), [pushSpec('main')]);
  const full = (calm.environment.disk as MemoryDisk).crash(() => 0.999);
  let failed = true;
  for (let failAt = 1; failed; failAt++) {
    const memory = full.crash(() => 0.999);
    const disk = new FailingDisk(memory, { failAt, sticky: true });
    const clone = async (on: MemoryDisk | FailingDisk): Promise<unknown> => {
      const environment = scratchEnvironment({ disk: on });
      try {
        (await cloneInto(environment, openRemote(environment, calm.url), calm.url, '/clone', { depth: 3 })).close();
        return undefined;
      } catch (error) {
        if (!(error instanceof DoltError)) throw error;
        return error;
      }
    };
    await clone(disk);
    failed = disk.failed;
    const left = memory.crash(seeded(failAt));
    const again = await clone(left);
    if (again) expect(String(again), disk.lastOperation).toMatch(/already exists/);
    const repository = Repository.open(scratchEnvironment({ disk: left }), '/clone');
    const head = calm.ours.headOf('main');
    expect(logOf(repository, head), disk.lastOperation).toEqual(within(calm.ours, head, 3));
    expect(await problemsOf(repository), disk.lastOperation).toEqual([]);
    expect(left.list('/clone'), disk.lastOperation).toEqual(['.dolt']);
    repository.close();
  }
});

test('what has come stays in complete files, and is not asked for again', async () => {
  const disk = new MemoryDisk();
  copyFolder(disk, join(golden, 'remote-20k'), '/remote');
  const environment = scratchEnvironment({ disk });
  const remote = openRemote(environment, 'file:///remote');
  const refs = await readRemoteRefs(remote);
  const head = refs.get(branchRef('main'))!;
  const asked: Address[] = [];
  let left = Number.POSITIVE_INFINITY;
  const store = changed(remote, {
    async chunks(addresses) {
      left -= addresses.length;
      if (left < 0) throw new DoltError('unavailable', 'gone');
      asked.push(...addresses);
      return await remote.chunks(addresses);
    },
  });
  const fetch = async (directory: string): Promise<Repository> => {
    if (!disk.stat(directory)) Repository.create(environment, directory, 'main').close();
    const repository = Repository.create(environment, directory, 'main');
    try {
      await fetchShallow(store, repository, head, 1, { fileBytes: 50_000 });
      repository.update(() => new Map([[branchRef('main'), head]]));
      return repository;
    } catch (error) {
      repository.close();
      throw error;
    }
  };
  await fetch('/calm');
  const all = asked.length;
  expect(new Set(asked).size).toBe(all);
  left = all - 20;
  await expect(fetch('/clone')).rejects.toThrow('gone');
  left = Number.POSITIVE_INFINITY;
  asked.length = 0;
  const clone = await fetch('/clone');
  expect(asked.length).toBeLessThan(all * 0.6);
  expect(logOf(clone, head).size).toBe(1);
  clone.close();
  expect(await problemsOf(clone)).toEqual([]);
});

test("the original's shallow clone is read, collected and checked", async () => {
  const disk = new MemoryDisk();
  copyFolder(disk, join(golden, '../shallow/noms'), '/theirs/.dolt/noms');
  const environment = scratchEnvironment({ disk });
  writeRepoState(disk, '/theirs/.dolt', initialRepoState(branchRef('x')));
  const theirs = Repository.open(environment, '/theirs');
  const head = theirs.headOf('x');
  const [newest, older, ...others] = walkLog(theirs.nodes, [head]);
  expect([newest!.message, older!.message, others]).toEqual(['Added Val: 5', 'Added Val: 4', []]);
  expect(attempt(() => readCommit(theirs.nodes, older!.parents[0]!))).toBe('ghost');
  expect(isAncestor(theirs.nodes, older!.parents[0]!, head)).toBe(true);
  expect(await problemsOf(theirs)).toEqual([]);
  await complete(collectGarbage(theirs));
  expect(logOf(theirs, head).size).toBe(2);
  theirs.close();
  expect(await problemsOf(theirs)).toEqual([]);
});
