/** Several databases in one folder: the settings apply to each, and databases that are created later get their remotes. */
import { describe, expect, test } from 'vitest';
import { Transport, unreachableTransport } from './transport.ts';
import { turns, World } from './world.ts';

const TEMPLATE = 'file:///remotes/{database}';
const PRIMARY = { dolt_replicate_to_remote: 'origin', dolt_replication_remote_url_template: TEMPLATE };
const REPLICA = {
  dolt_read_replica_remote: 'origin',
  dolt_replicate_all_heads: '1',
  dolt_replication_remote_url_template: TEMPLATE,
};
const create = "create database shop; use shop; create table t (pk int primary key); call dolt_commit('-Am', 'one')";

describe('a database that is created on a primary', () => {
  test('has its remote by the template, and stands there at once', async () => {
    const world = new World();
    world.dataFolder('/data', PRIMARY);
    const server = await world.start('/data');
    await server.rows('create database shop');
    expect(world.refs('/remotes/shop')).toEqual(world.refs('/data/shop'));
    expect(world.datasets('/data/shop', 'refs/internal/replication/held')).toEqual([]);
    await server.rows('create database `bar`; use bar; create table u (a int primary key)');
    await server.rows("call dolt_commit('-Am', 'bar one'); use shop; call dolt_branch('f')");
    expect(await server.rows('select name, url from dolt_remotes')).toEqual([['origin', 'file:///remotes/shop']]);
    for (const name of ['shop', 'bar']) expect(world.refs(`/remotes/${name}`)).toEqual(world.refs(`/data/${name}`));
    expect(world.messages('main', '/remotes/bar')[0]).toBe('bar one');
    expect(Object.keys(world.refs('/remotes/shop'))).toEqual(['refs/heads/f', 'refs/heads/main']);
    await server.stop();
  });

  test('or cloned: the same, beside the remote that it comes from', async () => {
    const world = new World();
    world.dataFolder('/origins', {
      dolt_replicate_to_remote: 'origin',
      dolt_replication_remote_url_template: 'file:///far/{database}',
    });
    await world.sql('/origins', create);
    world.dataFolder('/data', { ...PRIMARY, dolt_replicate_to_remote: 'backup' });
    const server = await world.start('/data');
    await server.rows("call dolt_clone('file:///far/shop', 'shop')");
    expect(world.refs('/remotes/shop')['refs/heads/main']).toBe(world.refs('/far/shop')['refs/heads/main']);
    await server.rows("use shop; create table u (a int primary key); call dolt_commit('-Am', 'two')");
    expect(world.messages('main', '/remotes/shop')[0]).toBe('two');
    expect(world.messages('main', '/far/shop')[0]).toBe('one');
    expect(await server.rows('select name, url from dolt_remotes order by name')).toEqual([
      ['backup', 'file:///remotes/shop'],
      ['origin', 'file:///far/shop'],
    ]);
    await server.stop();
  });

  test('is not, where its remote cannot be reached', async () => {
    const world = new World();
    world.dataFolder('/data', PRIMARY);
    const transport = unreachableTransport();
    const server = await world.start('/data', { transport });
    expect((await server.error(create)).message).toMatch(/replication to 'origin' .* failed: connection refused/);
    expect(world.disk.list('/data')).toEqual([]);
    transport.fate = () => undefined;
    await server.rows(create);
    expect(world.messages('main', '/remotes/shop')[0]).toBe('one');
    await server.stop();
  });

  test('is not, where another has one of its name', async () => {
    const world = new World();
    world.dataFolder('/other', PRIMARY);
    await world.sql('/other', create);
    world.tick();
    world.dataFolder('/data', PRIMARY);
    const before = world.refs('/remotes/shop');
    const server = await world.start('/data');
    expect((await server.error(create)).message).toMatch(/its history is unrelated/);
    expect(world.disk.list('/data')).toEqual([]);
    expect(world.refs('/remotes/shop')).toEqual(before);
    await server.stop();
  });

  test('stands with a warning where errors are skipped, and arrives later', async () => {
    const world = new World();
    world.dataFolder('/data', { ...PRIMARY, dolt_skip_replication_errors: '1' });
    const server = await world.start('/data', { transport: unreachableTransport() });
    await server.rows('create database shop');
    expect(server.warnings.join()).toMatch(/replication to 'origin' .* failed: connection refused/);
    await server.stop();
    await (await world.start('/data')).stop();
    expect(world.refs('/remotes/shop')).toEqual(world.refs('/data/shop'));
  });

  test('is pushed in the background where that is asked for', async () => {
    const world = new World();
    world.dataFolder('/data', { ...PRIMARY, dolt_async_replication: '1' });
    const server = await world.start('/data');
    await server.rows(create);
    await server.stop();
    expect(world.refs('/remotes/shop')).toEqual(world.refs('/data/shop'));
  });

  test('has none without a template', async () => {
    const world = new World();
    world.dataFolder('/data', { dolt_replicate_to_remote: 'origin' });
    const server = await world.start('/data');
    expect((await server.error(create)).message).toBe("failure loading hook; remote not found: 'origin'");
    expect(await server.rows('use shop; select * from dolt_remotes')).toEqual([]);
    await server.stop();
  });

  test('after a kill at any call to its remote, is there or not, and finished by the next start', async () => {
    for (let n = 0, met = true; met; n++) {
      const world = new World(n);
      world.dataFolder('/data', PRIMARY);
      const transport = new Transport();
      met = false;
      transport.fate = (_call, nth) => {
        if (nth < 0 || transport.calls.length <= n) return undefined;
        met = true;
        return 'silence';
      };
      const server = await world.start('/data', { transport });
      server.rows('create database shop').catch(() => {});
      await turns(40);
      server.kill();
      world.disk = world.disk.crash(() => 0.999999);
      const next = await world.start('/data');
      await next.rows(world.disk.stat('/data/shop') ? create.replace('create database shop;', '') : create);
      expect(world.refs('/remotes/shop'), `call ${n}`).toEqual(world.refs('/data/shop'));
      await next.stop();
    }
  });
});

test('a replica meets a database when it is used', async () => {
  const world = new World();
  world.dataFolder('/data', PRIMARY);
  await world.sql('/data', create);
  world.dataFolder('/replica', REPLICA);
  const replica = await world.start('/replica');
  expect((await replica.error('use nowhere')).message).toMatch(/Unknown database 'nowhere'; .*no folder/);
  expect(await replica.rows('use information_schema; use shop; select count(*) from t')).toEqual([[0]]);
  world.dataFolder('/data', PRIMARY);
  await world.sql('/data', "use shop; insert into t values (1); call dolt_commit('-am', 'two')");
  expect(await replica.rows('select count(*) from t')).toEqual([[1]]);
  expect(await replica.error('delete from t')).toMatchObject({ errno: 1290 });
  await replica.stop();
});

test('each database replicates to its own remote of the name, or fails alone', async () => {
  const world = new World();
  for (const name of ['a', 'b', 'c']) {
    world.init(`/data/${name}`, {}, name === 'c' ? {} : { origin: `file:///remotes/${name}` });
  }
  world.dataFolder('/data', { dolt_replicate_to_remote: 'origin' });
  const server = await world.start('/data');
  for (const name of ['a', 'b'])
    await server.rows(`use ${name}; call dolt_commit('--allow-empty', '-m', 'of ${name}')`);
  expect((await server.error("use c; call dolt_commit('--allow-empty', '-m', 'of c')")).message).toMatch(
    /remote not found: 'origin'/,
  );
  await server.stop();
  expect(world.messages('main', '/remotes/a')[0]).toBe('of a');
  expect(world.messages('main', '/remotes/b')[0]).toBe('of b');
});

test('a database that is dropped stays on its remote; taken back, it pushes what it had not', async () => {
  const world = new World();
  world.dataFolder('/data', { ...PRIMARY, dolt_async_replication: '1' });
  const transport = unreachableTransport();
  const { fate } = transport;
  transport.fate = () => undefined;
  const server = await world.start('/data', { transport });
  await server.rows(create);
  await turns();
  transport.fate = fate;
  await server.rows("use shop; insert into t values (1); call dolt_commit('-am', 'two')");
  await server.rows('drop database shop');
  expect(world.disk.list('/data')).toEqual(['.dolt_dropped_databases']);
  transport.fate = () => undefined;
  await turns();
  expect(world.messages('main', '/remotes/shop')[0]).toBe('one');
  await server.rows("call dolt_undrop('shop')");
  await server.stop();
  expect(world.messages('main', '/remotes/shop')[0]).toBe('two');
});
