/** A remote stays tidy under many small commits, and all of it stays readable (promise 8). */
import { expect, test } from 'vitest';
import { NbsStore } from '../../src/chunks/nbs-store.ts';
import { World } from './world.ts';

const files = (world: World): number => {
  const store = NbsStore.open(world.disk, '/remote', { journal: false, readOnly: true });
  const { length } = store.files();
  store.close();
  return length;
};

test('after 1,000 one-row commits the manifest names at most 32 files', async () => {
  const world = new World();
  world.init('/p', { dolt_replicate_to_remote: 'origin' });
  const server = await world.start('/p');
  await server.rows("create table t (pk int primary key, c int); call dolt_commit('-Am', 'start')");
  let most = 0;
  for (let i = 0; i < 1000; i++) {
    await server.rows(`insert into t values (${i}, ${i}); call dolt_commit('-am', 'c${i}')`);
    if (i % 50 === 0) most = Math.max(most, files(world));
  }
  await server.stop();
  expect(files(world)).toBeLessThanOrEqual(32);
  expect(most).toBeLessThanOrEqual(32);
  // What is no longer named is gone.
  expect(world.disk.list('/remote')!.length).toBeLessThanOrEqual(40);
  await world.clone('/clone');
  expect(await world.sql('/clone', 'select count(*), sum(c) from t')).toEqual([[1000, 499500]]);
  expect(await world.sql('/clone', 'select count(*) from dolt_log')).toEqual([[1002]]);
  expect(await world.sql('/clone', "select count(*) from t as of 'HEAD~500'")).toEqual([[500]]);
  expect((await world.fsck('/clone')).problems).toEqual([]);
}, 240_000);

test('asynchronous, too', async () => {
  const world = new World();
  world.init('/p', { dolt_replicate_to_remote: 'origin', dolt_async_replication: '1' });
  const server = await world.start('/p');
  await server.rows("create table t (pk int primary key, c int); call dolt_commit('-Am', 'start')");
  for (let i = 0; i < 150; i++) {
    await server.rows(`insert into t values (${i}, ${i}); call dolt_commit('-am', 'c${i}')`);
    await server.opened.engine.state.databases.database('p')?.replication?.status();
  }
  await server.stop();
  expect(files(world)).toBeLessThanOrEqual(32);
  await world.clone('/clone');
  expect(await world.sql('/clone', 'select count(*) from t')).toEqual([[150]]);
});
