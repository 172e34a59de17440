/**
 * A replicated commit is interrupted at each operation of the disk in turn: the operation fails, or the machine dies there.
 * After a restart every commit that was acknowledged is on the remote and here, once; one that was refused is nowhere;
 * one whose fate was left open is in both places or in none.
 */
import { describe, expect, test } from 'vitest';
import { DoltError } from '../../src/base/errors.ts';
import { FailingDisk } from '../../src/base/failing-disk.ts';
import type { MemoryDisk } from '../../src/base/memory-disk.ts';
import { commit } from '../../src/verbs/commit.ts';
import { push } from '../../src/verbs/push.ts';
import { Transport } from './transport.ts';
import { beginning, replicatedWorld, seeded, turns, World } from './world.ts';

const PRIMARY = { dolt_replicate_to_remote: 'origin' };

/** A primary that has replicated once, and a row that waits to be committed. */
const preparing = (settings: Readonly<Record<string, string>>) =>
  beginning(async () => {
    const world = await replicatedWorld(settings);
    await world.sql('/p', 'insert into t values (2, 2)').catch(() => {});
    return world;
  });
const primary = preparing(PRIMARY);

type Outcome = 'acknowledged' | 'refused' | 'unknown';

/** Runs the action on a disk that fails at its n-th operation. */
async function attempt(
  world: World,
  action: string,
  disk: FailingDisk,
  transport = new Transport(),
): Promise<{ outcome: Outcome; text: string }> {
  let server: Awaited<ReturnType<World['start']>> | undefined;
  try {
    server = await world.start('/p', { disk, transport });
    await server.rows(action);
    return { outcome: 'acknowledged', text: '' };
  } catch (error) {
    if (!(error instanceof DoltError)) throw error;
    return { outcome: error.kind === 'unknown' ? 'unknown' : 'refused', text: `${error.kind}: ${error.message}` };
  } finally {
    await turns(3);
    try {
      await server?.stop();
    } catch {
      server?.kill();
    }
  }
}

/** Both sides after a restart, in which nothing else was done but to recover and to push what waits. */
async function afterRestart(world: World, what: string, name: string): Promise<'there' | 'not there'> {
  const next = await world.start('/p');
  const rows = await next.rows('select pk from t order by pk');
  await next.stop();
  const count = (folder: string): number => world.messages('main', folder).filter((each) => each === name).length;
  const here = count('/p');
  expect([0, 1], `${what}: here`).toContain(here);
  expect(count('/remote'), `${what}: on the remote as here`).toBe(here);
  expect(world.refs(), what).toEqual(world.refs('/p'));
  expect(rows.flat(), what).toContain(2);
  expect(world.datasets('/p', 'refs/internal/replication/held'), what).toEqual([]);
  return here === 1 ? 'there' : 'not there';
}

/** One operation fails, each in turn, and the process goes on. */
async function failsOnce(kind: string, settings: Readonly<Record<string, string>>, action: string): Promise<void> {
  const prepared = preparing(settings);
  for (let n = 1, failed = true; failed; n++) {
    const world = await prepared(n);
    const disk = new FailingDisk(world.disk, { failAt: n });
    const { outcome, text } = await attempt(world, action, disk);
    failed = disk.failed;
    const what = `${kind}, operation ${n} (${disk.lastOperation}), ${outcome} ${text}`;
    const found = await afterRestart(world, what, 'two');
    if (outcome === 'acknowledged') expect(found, what).toBe('there');
    // A definite no is one.
    if (outcome === 'refused') expect(found, what).toBe('not there');
  }
}

describe.each<[string, Readonly<Record<string, string>>, string]>([
  ['synchronous', PRIMARY, "call dolt_commit('-am', 'two')"],
  ['skipping errors', { ...PRIMARY, dolt_skip_replication_errors: '1' }, "call dolt_commit('-am', 'two')"],
  ['asynchronous', { ...PRIMARY, dolt_async_replication: '1' }, "call dolt_commit('-am', 'two')"],
])('%s', (kind, settings, action) => {
  const prepared = preparing(settings);

  test('the disk dies at each operation', async () => {
    let operations = 0;
    const outcomes = new Map<string, number>();
    for (let n = 1, failed = true; failed; n++) {
      const world = await prepared(n);
      const disk = new FailingDisk(world.disk, { failAt: n, sticky: true });
      const { outcome, text } = await attempt(world, action, disk);
      failed = disk.failed;
      operations = n;
      const random = seeded(n);
      world.disk = n % 2 === 0 ? world.disk.crash(random) : world.disk.crash(() => 0.999999);
      const what = `${kind}, operation ${n} (${disk.lastOperation}), ${outcome} ${text}`;
      const found = await afterRestart(world, what, 'two');
      if (outcome === 'acknowledged') expect(found, what).toBe('there');
      outcomes.set(`${outcome}, ${found}`, (outcomes.get(`${outcome}, ${found}`) ?? 0) + 1);
    }
    expect(operations).toBeGreaterThan(40);
    expect([...outcomes.keys()]).toContain('acknowledged, there');
    expect([...outcomes.keys()]).toContain('refused, not there');
  });

  test('the process dies at each operation, and the machine after the next start', async () => {
    for (let n = 1, failed = true; failed; n++) {
      const world = await prepared(n);
      const disk = new FailingDisk(world.disk, { failAt: n, sticky: true });
      const { outcome, text } = await attempt(world, action, disk);
      failed = disk.failed;
      const what = `${kind}, operation ${n} (${disk.lastOperation}), ${outcome} ${text}`;
      const found = await afterRestart(world, what, 'two');
      // Whatever was not synced is gone.
      world.disk = world.disk.crash(() => 0);
      expect(world.messages().includes('two'), what).toBe(found === 'there');
      expect(await afterRestart(world, what, 'two'), what).toBe(found);
    }
  });

  test('one operation fails, and the process goes on', () => failsOnce(kind, settings, action));
});

test('asynchronous only since it runs: one operation fails, and the process goes on', () =>
  failsOnce('asynchronous', PRIMARY, "set persist dolt_async_replication = 1; call dolt_commit('-am', 'two')"));

test('the remote dies at each call, with its answer or its request, and the process is killed', async () => {
  for (const fate of ['silence', 'black hole', 'answer lost', 'request lost', 'refused'] as const) {
    for (let n = 0, met = true; met; n++) {
      const world = await primary(n);
      const transport = new Transport();
      met = false;
      transport.fate = () => {
        if (transport.calls.length <= n) return undefined;
        met = true;
        return fate;
      };
      const server = await world.start('/p', { transport });
      let outcome = 'killed' as Outcome | 'killed';
      const acting = server.rows("call dolt_commit('-am', 'two')").then(
        () => {
          outcome = 'acknowledged';
        },
        (error: DoltError) => {
          outcome = error.kind === 'unknown' ? 'unknown' : 'refused';
        },
      );
      acting.catch(() => {});
      await turns(30);
      server.kill();
      await turns(3);
      world.disk = world.disk.crash(() => 0.999999);
      const what = `${fate} from call ${n} (${transport.calls[n]}), ${outcome}`;
      const found = await afterRestart(world, what, 'two');
      if (outcome === 'acknowledged') expect(found, what).toBe('there');
      if (outcome === 'refused') expect(found, what).toBe('not there');
    }
  }
});

test('the remote refuses, and the disk fails while that is recorded: never a no that comes back as a yes', async () => {
  const outcomes = new Set<Outcome>();
  for (let n = 1, failed = true; failed; n++) {
    const world = await primary(n);
    const transport = new Transport();
    transport.fate = (call) => (call === 'uploadChunks' ? 'refused' : undefined);
    const disk = new FailingDisk(world.disk, { failAt: n, counts: () => transport.count('uploadChunks') > 0 });
    const { outcome, text } = await attempt(world, "call dolt_commit('-am', 'two')", disk, transport);
    failed = disk.failed;
    outcomes.add(outcome);
    const what = `refused, then operation ${n} (${disk.lastOperation}), ${outcome} ${text}`;
    expect(outcome, what).not.toBe('acknowledged');
    const found = await afterRestart(world, what, 'two');
    if (outcome === 'refused') expect(found, what).toBe('not there');
  }
  expect([...outcomes].sort()).toEqual(['refused', 'unknown']);
});

test('killed with a merge under way, at each operation', async () => {
  const behind = beginning(async () => {
    const world = await primary(1);
    await world.clone('/peer');
    const theirs = await world.start('/peer');
    await theirs.rows('insert into t values (7, 7)');
    await theirs.stop();
    await world.command('/peer', commit, '-a', '-m', 'of the peer');
    await world.command('/peer', push, 'origin', 'main');
    return world;
  });
  for (let n = 1, failed = true; failed; n += 3) {
    const world = await behind(n);
    const disk = new FailingDisk(world.disk, { failAt: n, sticky: true });
    const { outcome, text } = await attempt(world, "call dolt_commit('-am', 'two')", disk);
    failed = disk.failed;
    world.disk = world.disk.crash(seeded(n));
    const what = `merge, operation ${n} (${disk.lastOperation}), ${outcome} ${text}`;
    const next = await world.start('/p');
    await next.rows("call dolt_commit('--allow-empty', '-m', 'after')");
    const rows = (await next.rows('select pk from t order by pk')).flat();
    await next.stop();
    expect(rows, what).toEqual([1, 2, 7]);
    expect(world.refs(), what).toEqual(world.refs('/p'));
    const messages = world.messages();
    for (const name of ['two', 'of the peer', 'after']) {
      expect(messages.filter((each) => each === name).length, `${what}: ${name} once`).toBeLessThanOrEqual(1);
    }
    expect(messages, what).toContain('of the peer');
    if (outcome === 'acknowledged') expect(messages, what).toContain('two');
  }
});

test('a rename, a new branch, a tag and a reset, killed at each operation', async () => {
  const branched = beginning(async () => {
    const world = new World();
    world.init('/p', PRIMARY);
    await world.sql('/p', "create table t (pk int primary key); call dolt_commit('-Am', 'one'); call dolt_branch('a')");
    return world;
  });
  for (const action of [
    "call dolt_branch('-m', 'a', 'b')",
    "call dolt_branch('c')",
    "call dolt_tag('v1')",
    "call dolt_branch('-D', 'a')",
    "call dolt_reset('--hard', 'HEAD~1')",
    "call dolt_commit('--amend', '-am', 'amended')",
  ]) {
    for (let n = 1, failed = true; failed; n += 5) {
      const world = await branched(n);
      const before = world.refs('/p');
      const disk = new FailingDisk(world.disk, { failAt: n, sticky: true });
      const { outcome, text } = await attempt(world, action, disk);
      failed = disk.failed;
      world.disk = world.disk.crash(seeded(n + 1000));
      const what = `${action}, operation ${n} (${disk.lastOperation}), ${outcome} ${text}`;
      const next = await world.start('/p');
      await next.rows('select 1');
      await next.stop();
      expect(world.refs(), what).toEqual(world.refs('/p'));
      const moved = JSON.stringify(world.refs()) !== JSON.stringify(before);
      if (outcome === 'acknowledged') expect(moved, what).toBe(true);
    }
  }
});

test('what a branch follows cannot be stored: the branch has moved all the same', async () => {
  const following = beginning(async () => {
    const world = new World();
    world.init('/p', PRIMARY);
    await world.sql(
      '/p',
      `create table t (pk int primary key); call dolt_commit('-Am', 'one'); call dolt_fetch('origin');
       call dolt_branch('--track', 'a', 'origin/main')`,
    );
    return world;
  });
  for (const action of [
    "call dolt_branch('-m', 'a', 'b')",
    "call dolt_branch('-D', 'a')",
    "call dolt_branch('--track', 'b', 'origin/main')",
    "call dolt_checkout('-b', 'b', '--track', 'origin/main')",
  ]) {
    for (let n = 1, failed = true; failed; n++) {
      const world = await following(n);
      const before = world.refs();
      const counts = (operation: string): boolean => /repo.state/.test(operation) && transport.count('swap') > 0;
      const transport = new Transport();
      const disk = new FailingDisk(world.disk, { failAt: n, counts });
      const { outcome, text } = await attempt(world, action, disk, transport);
      failed = disk.failed;
      expect(`${outcome} ${text}`, `${action}, operation ${n} (${disk.lastOperation})`).toBe('acknowledged ');
      expect(world.refs()).not.toEqual(before);
      expect(world.refs('/p')).toEqual(world.refs());
    }
  }
});

test('a clone and a replica read whole commits while a primary writes and tidies', async () => {
  const world = new World();
  world.init('/p', PRIMARY);
  await world.sql('/p', "create table t (pk int primary key); call dolt_commit('-Am', 'one')");
  const primary = await world.start('/p');
  const disk = world.disk as MemoryDisk;
  for (let i = 0; i < 60; i++) {
    await primary.rows(`insert into t values (${i}); call dolt_commit('-am', 'c${i}')`);
    if (i % 7 !== 0) continue;
    await world.clone(`/clone${i}`);
    expect(await world.sql(`/clone${i}`, 'select count(*) from t')).toEqual([[i + 1]]);
    disk.removeTree('', `/clone${i}`);
  }
  await primary.stop();
});
