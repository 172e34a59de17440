/** `dolt_replication_status`: how far a primary and its replicas are apart, and since when. */
import { expect, test } from 'vitest';
import { commit } from '../../src/verbs/commit.ts';
import { push } from '../../src/verbs/push.ts';
import { Transport } from './transport.ts';
import { turns, World } from './world.ts';

const PRIMARY = { dolt_replicate_to_remote: 'origin' };
const REPLICA = { dolt_read_replica_remote: 'origin', dolt_replicate_all_heads: '1' };
const lag =
  'select role, remote, head, commits_behind, milliseconds_behind, queue_length, last_error is null from dolt_replication_status order by role, head';

async function primary(settings: Readonly<Record<string, string>>): Promise<World> {
  const world = new World();
  world.init('/p', PRIMARY);
  await world.sql('/p', "create table t (pk int primary key); call dolt_commit('-Am', 'one')");
  world.configure('/p', settings);
  return world;
}

test('a primary whose commits wait', async () => {
  const world = await primary({ dolt_skip_replication_errors: '1' });
  const transport = new Transport();
  const server = await world.start('/p', { transport });
  expect(await server.rows(lag)).toEqual([['primary', 'origin', 'main', 0, 0, 0, 1]]);
  await server.rows("call dolt_commit('--allow-empty', '-m', 'two')");
  const success = world.environment().clock.now();
  await world.advance(500);
  transport.fate = () => 'refused';
  await server.rows(
    "call dolt_commit('--allow-empty', '-m', 'three'); call dolt_commit('--allow-empty', '-m', 'four')",
  );
  await world.advance(250);
  const [row] = await server.rows(lag);
  // Not reached: the time since it was.
  expect(row?.slice(0, 4)).toEqual(['primary', 'origin', 'main', 2]);
  expect(Number(row?.[4])).toBe(world.environment().clock.now() - success);
  expect(row?.slice(5)).toEqual([1, 0]);
  expect(await server.rows('select last_error from dolt_replication_status')).toEqual([
    ["replication to 'origin' (file:///remote) failed: connection refused"],
  ]);
  const [refs] = await server.rows('select local_commit, remote_commit from dolt_replication_status');
  expect(refs).toEqual([world.refs('/p')['refs/heads/main'], world.refs()['refs/heads/main']]);
  transport.fate = () => undefined;
  await world.advance(60_000);
  expect(await server.rows(lag)).toEqual([['primary', 'origin', 'main', 0, 0, 0, 1]]);
  const [[last]] = (await server.rows('select last_success from dolt_replication_status')) as [[string]];
  expect(String(last)).not.toBe('null');
  await server.stop();
});

test('a primary whose commits are refused: since the difference was seen', async () => {
  const world = await primary({ dolt_skip_replication_errors: '1' });
  await world.clone('/peer');
  await world.command('/peer', commit, '--amend', '-m', 'instead');
  await world.command('/peer', push, '-f', 'origin', 'main');
  const server = await world.start('/p');
  await server.rows("call dolt_commit('--allow-empty', '-m', 'two')");
  await world.advance(700);
  await server.rows("call dolt_commit('--allow-empty', '-m', 'three')");
  await world.advance(300);
  const [row] = await server.rows(lag);
  expect(row?.slice(0, 4)).toEqual(['primary', 'origin', 'main', 2]);
  expect(Number(row?.[4])).toBeGreaterThanOrEqual(1000);
  expect(Number(row?.[4])).toBeLessThan(1500);
  await server.stop();
});

test('a replica: equal, diverged, unreachable', async () => {
  const world = await primary({});
  await world.clone('/r', { ...REPLICA, dolt_skip_replication_errors: '1', dolt_read_replica_force_pull: '0' });
  const transport = new Transport();
  const replica = await world.start('/r', { transport });
  await replica.rows("call dolt_branch('mine')");
  expect(await replica.rows(lag)).toEqual([['replica', 'origin', 'main', 0, 0, 0, 1]]);
  await world.sql('/p', "call dolt_commit('--allow-empty', '-m', 'two')");
  expect(await replica.rows(lag)).toEqual([['replica', 'origin', 'main', 0, 0, 0, 1]]);
  await world.sql(
    '/p',
    "call dolt_commit('--amend', '-m', 'two, amended'); call dolt_commit('--allow-empty', '-m', 'x')",
  );
  expect(await replica.rows(lag)).toEqual([['replica', 'origin', 'main', 2, 0, 0, 1]]);
  await world.advance(400);
  await world.sql('/p', "call dolt_commit('--allow-empty', '-m', 'y')");
  expect(await replica.rows(lag)).toEqual([['replica', 'origin', 'main', 3, 400, 0, 1]]);
  await replica.rows('set global dolt_read_replica_force_pull = 1');
  expect(await replica.rows(lag)).toEqual([['replica', 'origin', 'main', 0, 0, 0, 1]]);
  transport.fate = () => 'refused';
  await world.advance(900);
  expect(await replica.rows(lag)).toEqual([['replica', 'origin', 'main', 0, 900, 0, 0]]);
  await replica.stop();
  const never = await world.start('/r', { transport });
  expect(await never.rows(lag)).toEqual([['replica', 'origin', 'main', 0, null, 0, 0]]);
  await never.stop();
});

test('nobody has no rows, both roles have their own', async () => {
  const world = await primary({ dolt_replicate_to_remote: '' });
  const server = await world.start('/p');
  expect(await server.rows(lag)).toEqual([]);
  await server.stop();
  world.init('/both', { ...REPLICA, dolt_replicate_to_remote: 'up' }, { origin: 'file:///remote', up: 'file:///up' });
  await world.clone('/chain', { ...REPLICA, dolt_replicate_to_remote: 'up' });
  await turns();
});
