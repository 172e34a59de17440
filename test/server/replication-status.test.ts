/**
 * `dolt_replication_status` in running servers, and the same over HTTP: each column and each metric, with a clock that is set
 * back.
 */
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise';
import { afterEach, expect, test } from 'vitest';
import { serverConfig } from '../../src/server/config.ts';
import { type RunningServer, startServer } from '../../src/server/server-process.ts';
import { openLog } from '../../src/service/log.ts';
import { type Settings, World } from '../replication/world.ts';

const PRIMARY = { dolt_replicate_to_remote: 'origin', dolt_skip_replication_errors: '1' };
const REPLICA = {
  dolt_read_replica_remote: 'origin',
  dolt_replicate_all_heads: '1',
  dolt_skip_replication_errors: '1',
  dolt_read_replica_force_pull: '0',
};
const DAY = 86_400_000;

interface Asked {
  readonly running: RunningServer;
  readonly client: Connection;
}

const open: Asked[] = [];
afterEach(async () => {
  for (const { client, running } of open.splice(0)) {
    client.destroy();
    await running.stop();
  }
});

async function serve(world: World, folder: string): Promise<Asked> {
  const log = openLog('fatal', 'text', () => {});
  const { config } = serverConfig({
    listener: { host: '127.0.0.1', port: 0 },
    behavior: { event_scheduler: 'DISABLED' },
    metrics: { host: '127.0.0.1', port: 0 },
  });
  const running = await startServer({ environment: world.environment(), directory: folder, config, log });
  const [endpoint] = running.endpoints;
  const port = endpoint !== undefined && 'port' in endpoint ? endpoint.port : 0;
  const client = await createConnection({
    host: '127.0.0.1',
    port,
    user: 'root',
    database: folder.slice(1),
    timezone: 'Z',
  });
  const asked = { running, client };
  open.push(asked);
  return asked;
}

async function status({ client }: Asked): Promise<RowDataPacket> {
  const [rows] = await client.query<RowDataPacket[]>('select * from dolt_replication_status');
  expect(rows).toHaveLength(1);
  return rows[0]!;
}

/** Values by name, without the prefix; all are of the one database and remote. */
async function metrics({ running }: Asked, database: string): Promise<Record<string, number>> {
  const text = await (await fetch(`http://127.0.0.1:${running.httpPort}/metrics`)).text();
  const labels = `{database="${database}",remote="origin"}`;
  const lines = text.split('\n').filter((line) => line.startsWith('dss_') && line.includes(labels));
  return Object.fromEntries(
    lines.map((line) => [line.slice('dss_'.length, line.indexOf('{')), Number(line.split(' ').at(-1))]),
  );
}

async function primary(): Promise<World> {
  const world = new World();
  world.init('/p', { dolt_replicate_to_remote: 'origin' } satisfies Settings);
  await world.sql('/p', "create table t (pk int primary key); call dolt_commit('-Am', 'one')");
  world.configure('/p', PRIMARY);
  return world;
}

const commit = "call dolt_commit('--allow-empty', '-m', 'more')";
const headOf = (world: World, folder?: string) => world.refs(folder)['refs/heads/main'];
const now = (world: World): number => world.environment().clock.now();

test('of a primary: what waits, since when it could not be pushed, and why', async () => {
  const world = await primary();
  const server = await serve(world, '/p');
  await server.client.query(commit);
  const success = now(world);
  const head = headOf(world);
  const well = { role: 'primary', remote: 'origin', head: 'main', local_commit: head, remote_commit: head };
  expect(await status(server)).toEqual({
    ...well,
    ...{
      commits_behind: 0,
      milliseconds_behind: 0,
      queue_length: 0,
      last_success: new Date(success),
      last_error: null,
    },
  });
  const healthy = { is_replica: 0, replication_lag: 0, replication_commits_behind: 0, replication_queue: 0 };
  const at = { replication_last_success: success / 1000 };
  expect(await metrics(server, 'p')).toEqual({ ...healthy, ...at, replication_failing: 0 });

  world.move('/remote', '/away');
  await world.advance(250);
  await server.client.query(commit);
  await server.client.query(commit);
  // The time behind is no matter of the clock on the wall.
  world.setClock(-DAY);
  await world.advance(450);
  const behind = { commits_behind: 2, milliseconds_behind: 700, queue_length: 1, last_success: new Date(success) };
  expect(await status(server)).toEqual({
    ...well,
    ...behind,
    local_commit: headOf(world, '/p'),
    last_error: expect.stringMatching(/^remote 'origin' \(file:\/\/\/remote\) is empty, and was not before/),
  });
  expect(await metrics(server, 'p')).toEqual({
    ...{ is_replica: 0, replication_lag: 700, replication_commits_behind: 2, replication_queue: 1 },
    ...{ ...at, replication_failing: 1 },
  });

  world.move('/away', '/remote');
  await world.advance(60_000);
  const again = await status(server);
  expect(again).toMatchObject({ commits_behind: 0, milliseconds_behind: 0, queue_length: 0, last_error: null });
  expect(again).toMatchObject({ local_commit: headOf(world), remote_commit: headOf(world) });
  expect(Math.abs(Number(again['last_success']) - now(world))).toBeLessThan(60_000);
  expect(await metrics(server, 'p')).toMatchObject({ ...healthy, replication_failing: 0 });
});

test('of a replica: a head that does not follow, and a remote that is away', async () => {
  const world = await primary();
  await world.clone('/r', REPLICA);
  const server = await serve(world, '/r');
  const first = headOf(world);
  const before = { role: 'replica', remote: 'origin', head: 'main', local_commit: first, queue_length: 0 };
  expect(await status(server)).toEqual({
    ...{ ...before, remote_commit: first, commits_behind: 0, milliseconds_behind: 0 },
    ...{ last_success: new Date(now(world)), last_error: null },
  });
  const behind = { is_replica: 1, replication_queue: 0, replication_failing: 0 };
  expect(await metrics(server, 'r')).toMatchObject({ ...behind, replication_lag: 0, replication_commits_behind: 0 });

  await world.sql('/p', `call dolt_commit('--amend', '-m', 'instead'); ${commit}`);
  await status(server);
  world.setClock(DAY);
  await world.advance(300);
  const apart = await status(server);
  expect(apart).toMatchObject({ ...before, remote_commit: headOf(world), commits_behind: 2, milliseconds_behind: 300 });
  expect(apart).toMatchObject({ last_success: new Date(now(world)), last_error: null });
  expect(await metrics(server, 'r')).toEqual({
    ...{ ...behind, replication_lag: 300, replication_commits_behind: 2 },
    replication_last_success: now(world) / 1000,
  });

  // It follows, and the difference that was is forgotten.
  await server.client.query('set global dolt_read_replica_force_pull = 1');
  const success = now(world);
  const there = headOf(world);
  const following = { local_commit: there, remote_commit: there, commits_behind: 0, last_success: new Date(success) };
  expect(await status(server)).toMatchObject({ ...following, milliseconds_behind: 0, last_error: null });

  world.move('/remote', '/away');
  world.setClock(-2 * DAY);
  await world.advance(900);
  expect(await status(server)).toMatchObject({
    ...{ ...following, milliseconds_behind: 900 },
    last_error: expect.stringMatching(/^replica cannot read its remote 'origin' \(file:\/\/\/remote\): /),
  });
  expect(await metrics(server, 'r')).toEqual({
    ...{ is_replica: 1, replication_queue: 0, replication_commits_behind: 0, replication_lag: 900 },
    ...{ replication_failing: 1, replication_last_success: success / 1000 },
  });
});
