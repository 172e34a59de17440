/** Each variable of replication, set while a process runs: SET GLOBAL for it, SET PERSIST for the next ones too. */
import { describe, expect, test } from 'vitest';
import { Transport } from './transport.ts';
import { settled, turns, World } from './world.ts';

async function pair(): Promise<World> {
  const world = new World();
  world.init('/p', {});
  await world.sql('/p', "create table t (pk int primary key); call dolt_commit('-Am', 'one')");
  await world.sql('/p', "set global dolt_replicate_to_remote = 'origin'; call dolt_branch('f')");
  await world.clone('/r');
  return world;
}

const more = "call dolt_commit('--allow-empty', '-m', 'more')";

describe('SET GLOBAL', () => {
  test('dolt_async_replication', async () => {
    const world = await pair();
    const transport = new Transport();
    let go = () => {};
    const gate = new Promise<void>((resolve) => {
      go = resolve;
    });
    transport.before = () => gate;
    const server = await world.start('/p', { transport });
    await server.rows("set global dolt_replicate_to_remote = 'origin', global dolt_async_replication = 1");
    await server.rows(more);
    expect(world.messages()[0]).toBe('one');
    go();
    await server.stop();
    expect(world.messages()[0]).toBe('more');
  });

  test('dolt_transaction_commit, for the sessions that start afterwards', async () => {
    const world = await pair();
    const server = await world.start('/p');
    await server.rows("set global dolt_replicate_to_remote = 'origin', global dolt_transaction_commit = 1");
    await server.rows('insert into t values (1)');
    expect(world.messages()[0]).toBe('one');
    const later = server.session();
    await server.rows('begin; insert into t values (2); insert into t values (3); commit', later);
    expect(world.messages().slice(0, 2)).toEqual(['Transaction commit', 'one']);
    await server.rows('set dolt_transaction_commit_message = "by session"; insert into t values (4)', later);
    expect(world.messages()[0]).toBe('by session');
    expect(world.refs()).toEqual(world.refs('/p'));
    await server.stop();
  });

  test('dolt_read_replica_remote, dolt_replicate_heads and dolt_replicate_all_heads', async () => {
    const world = await pair();
    await world.sql('/p', `set global dolt_replicate_to_remote = 'origin'; ${more}`);
    const replica = await world.start('/r');
    const count = async (): Promise<unknown> => (await replica.rows('select count(*) from dolt_log'))[0]?.[0];
    expect(await count()).toBe(2);
    expect((await replica.error("set global dolt_read_replica_remote = 'origin'; select 1")).message).toMatch(/needs/);
    // Still to be mended from within.
    await replica.rows("set global dolt_replicate_heads = 'main'");
    expect(await count()).toBe(3);
    expect(Object.keys(world.refs('/r'))).toEqual(['refs/heads/main']);
    await replica.rows("set global dolt_replicate_heads = '', global dolt_replicate_all_heads = 1");
    await count();
    expect(Object.keys(world.refs('/r'))).toEqual(['refs/heads/f', 'refs/heads/main']);
    await replica.rows("set global dolt_read_replica_remote = ''; insert into t values (5)");
    await replica.stop();
  });

  test('dolt_replication_timeout_ms', async () => {
    const world = await pair();
    const transport = new Transport();
    transport.fate = (call) => (call === 'root' ? 'black hole' : undefined);
    const server = await world.start('/p', { transport });
    await server.rows("set global dolt_replicate_to_remote = 'origin', global dolt_replication_timeout_ms = 2000");
    const failing = server.error(more);
    await turns();
    await world.advance(1_900);
    expect(await settled(failing)).toBe('open');
    await world.advance(100);
    expect((await failing).message).toMatch(/no answer within 2000 ms/);
    await server.stop();
  });

  test('is refused for what a variable does not take, and for one that is not known', async () => {
    const world = await pair();
    const server = await world.start('/p');
    expect(await server.error("set global dolt_async_replication = 'maybe'")).toMatchObject({ errno: 1231 });
    expect(await server.error("set global dolt_replication_timeout_ms = 'soon'")).toMatchObject({ errno: 1232 });
    expect(await server.error("set global dolt_replicate_to_remte = 'origin'")).toMatchObject({ errno: 1193 });
    expect(await server.error("set dolt_replicate_to_remote = 'origin'")).toMatchObject({ errno: 1229 });
    await server.stop();
  });
});

describe('SET PERSIST', () => {
  const values: Readonly<Record<string, readonly [set: string, shown: string, initial: string | number]>> = {
    dolt_replicate_to_remote: ["'origin'", 'origin', ''],
    dolt_async_replication: ['on', 'ON', 0],
    dolt_transaction_commit: ['1', 'ON', 0],
    dolt_read_replica_remote: ["'elsewhere'", 'elsewhere', ''],
    dolt_replicate_heads: ["' main , f* '", ' main , f* ', ''],
    dolt_replicate_all_heads: ['0', 'OFF', 0],
    dolt_skip_replication_errors: ['1', 'ON', 0],
    dolt_read_replica_force_pull: ['0', 'OFF', 1],
    dolt_replication_remote_url_template: ["'file:///remotes/{database}'", 'file:///remotes/{database}', ''],
    dolt_replication_timeout_ms: ['5000', '5000', 30000],
  };
  for (const [name, [value, shown, initial]] of Object.entries(values)) {
    test(`${name} holds in this process and the next, until DEFAULT`, async () => {
      const world = new World();
      world.init('/p', {});
      const global = `select @@global.${name}`;
      const server = await world.start('/p');
      expect(await server.rows(global)).toEqual([[initial]]);
      await server.rows(`set persist ${name} = ${value}`);
      const text = server.opened.engine.state.globals.text(name);
      expect(text).toBe(shown);
      server.kill();
      const next = await world.start('/p');
      expect(next.opened.engine.state.globals.text(name)).toBe(text);
      // A replica of a remote that is not there answers SET all the same.
      await next.rows(`set persist ${name} = default`);
      next.kill();
      expect(await world.sql('/p', global)).toEqual([[initial]]);
    });
  }
});
