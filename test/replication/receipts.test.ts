/**
 * A push lands, its answer never comes, the process is killed, and before it starts again a peer takes back what landed: the
 * receipt on the remote tells, so that nothing that was discarded comes back. What did not land is pushed.
 */
import { describe, expect, test, vi } from 'vitest';
import { branch } from '../../src/verbs/branch.ts';
import { commit } from '../../src/verbs/commit.ts';
import { fetch } from '../../src/verbs/fetch.ts';
import { push } from '../../src/verbs/push.ts';
import { reset } from '../../src/verbs/reset.ts';
import { type Fate, Transport } from './transport.ts';
import { type Settings, turns, World } from './world.ts';

const SYNCHRONOUS: Settings = { dolt_replicate_to_remote: 'origin' };
const ASYNCHRONOUS: Settings = { ...SYNCHRONOUS, dolt_async_replication: '1' };

/** A primary that replicated the commit 'one', and its peer. */
async function prepared(settings = SYNCHRONOUS): Promise<World> {
  const world = new World();
  world.init('/p', SYNCHRONOUS);
  await world.sql('/p', "create table t (pk int primary key); call dolt_commit('-Am', 'one')");
  await world.clone('/peer');
  world.configure('/p', settings);
  return world;
}

/** Runs an action whose swap has this fate, and kills the process that waits for its answer. */
async function cutOff(world: World, action: string, fate: Fate): Promise<void> {
  const transport = new Transport();
  transport.fate = (call) => (call === 'swap' ? fate : undefined);
  const server = await world.start('/p', { transport });
  server.rows(action).catch(() => {});
  // The first use of a statement loads it, which takes as long as it takes.
  await vi.waitFor(() => expect(transport.count('swap')).toBe(1), 20_000);
  await turns(10);
  expect(transport.count('swap')).toBe(1);
  server.kill();
  await turns();
}

async function restart(world: World): Promise<void> {
  const server = await world.start('/p');
  await server.stop();
}

describe.each([
  ['synchronous', SYNCHRONOUS],
  ['asynchronous', ASYNCHRONOUS],
])('%s: what a peer took back before the restart stays away', (_, settings) => {
  test.each<[string, string, string, (world: World) => Promise<unknown>]>([
    [
      'a new branch was deleted',
      "call dolt_branch('b')",
      'refs/heads/b',
      (world) => world.command('/peer', push, 'origin', ':b'),
    ],
    [
      'a new tag was deleted',
      "call dolt_tag('v1')",
      'refs/tags/v1',
      (world) => world.command('/peer', push, 'origin', ':refs/tags/v1'),
    ],
    [
      'a commit was taken off its branch, which stands where it stood',
      "call dolt_commit('--allow-empty', '-m', 'two')",
      'refs/heads/main',
      async (world) => {
        await world.command('/peer', fetch, 'origin');
        await world.command('/peer', reset, '--hard', 'origin/main');
        await world.command('/peer', reset, '--hard', 'HEAD~1');
        await world.command('/peer', push, '-f', 'origin', 'main');
      },
    ],
    [
      'a new branch was set to another commit',
      "call dolt_branch('b')",
      'refs/heads/b',
      async (world) => {
        await world.command('/peer', commit, '--amend', '--allow-empty', '-m', 'other');
        await world.command('/peer', push, '-f', 'origin', 'main:b');
      },
    ],
    [
      'a deleted branch was made again',
      "call dolt_branch('-D', 'a')",
      'refs/heads/a',
      async (world) => {
        await world.command('/peer', branch, 'a');
        await world.command('/peer', push, 'origin', 'a');
      },
    ],
  ])('%s', async (_name, action, ref, takeBack) => {
    const world = await prepared(SYNCHRONOUS);
    await world.sql('/p', "call dolt_branch('a')");
    world.configure('/p', settings);
    const before = world.refs()[ref];
    await cutOff(world, action, 'silence');
    const landed = world.refs()[ref];
    expect(landed).not.toBe(before);
    await takeBack(world);
    const after = world.refs();
    expect(after[ref]).not.toBe(landed);
    await restart(world);
    await restart(world);
    expect(world.refs()).toEqual(after);
    // Here it stands as it was made, which the remote has had.
    expect(world.refs('/p')[ref]).toBe(landed);
  });
});

describe.each([
  ['synchronous', SYNCHRONOUS],
  ['asynchronous', ASYNCHRONOUS],
])('%s: what did not land', (_, settings) => {
  test.each([
    ['a new branch', "call dolt_branch('b')"],
    ['a new tag', "call dolt_tag('v1')"],
    ['a commit', "call dolt_commit('--allow-empty', '-m', 'two')"],
  ])('%s is pushed at the next start', async (_name, action) => {
    const world = await prepared(settings);
    const before = world.refs();
    await cutOff(world, action, 'black hole');
    expect(world.refs()).toEqual(before);
    await restart(world);
    expect(world.refs()).not.toEqual(before);
    expect(world.refs()).toEqual(world.refs('/p'));
  });
});

test('the merge that landed is taken over, though the branch was reset since', async () => {
  const world = await prepared();
  const peerCommits = async (message: string): Promise<void> => {
    await world.command('/peer', commit, '--allow-empty', '-m', message);
    await world.command('/peer', push, 'origin', 'main');
  };
  await peerCommits('of the peer');
  await cutOff(world, "call dolt_commit('--allow-empty', '-m', 'two')", 'silence');
  const [merge] = world.messages();
  expect(merge).toBe("Merge remote 'origin'");
  await world.command('/peer', push, '-f', 'origin', 'main');
  await restart(world);
  expect(world.messages()).toEqual(['of the peer', 'one', 'Initialize data repository']);
  expect(world.messages('main', '/p')[0]).toBe("Merge remote 'origin'");
});

test('who has no need of it does not ask for it', async () => {
  const world = await prepared();
  const transport = new Transport();
  const server = await world.start('/p', { transport });
  for (let i = 0; i < 3; i++) await server.rows(`call dolt_commit('--allow-empty', '-m', 'c${i}')`);
  await server.stop();
  // The map of refs, for each push.
  expect(transport.count('chunks')).toBe(3);
  expect(world.datasets('/remote', 'refs/internal/').length).toBe(1);
});

test('each server has one receipt, whatever it pushes, and a clone has none', async () => {
  const world = await prepared();
  await world.clone('/q', SYNCHRONOUS);
  await world.sql('/q', "call dolt_branch('q')");
  await world.sql('/p', "call dolt_branch('p')");
  await world.sql('/q', "call dolt_branch('q2')");
  expect(world.datasets('/remote', 'refs/internal/replication/pushed/').length).toBe(2);
  await world.clone('/late');
  expect(world.datasets('/late', 'refs/internal/replication/pushed/')).toEqual([]);
});
