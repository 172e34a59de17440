/** A primary and a replica whose remote is behind ChunkStoreService. */
import { beforeEach, describe, expect, test } from 'vitest';
import { FakeService, type Fault } from '../remote/grpc/fake-service.ts';
import { type Server, World } from './world.ts';

const url = 'http://ada:secret@hub.example:50051/ada/shop';
const PRIMARY = { dolt_replicate_to_remote: 'origin' };
const REPLICA = { dolt_read_replica_remote: 'origin', dolt_replicate_all_heads: '1' };

let world: World;
let service: FakeService;
let primary: Server;
let replica: Server;

const insert = (pk: number): string => `insert into t values (${pk}); call dolt_commit('-am', 'c${pk}')`;
const count = async (): Promise<unknown> => (await replica.rows('select count(*) from t'))[0]![0];

beforeEach(async () => {
  world = new World();
  service = new FakeService();
  world.network = service;
  world.init('/p', PRIMARY, { origin: url });
  primary = await world.start('/p');
  await primary.rows("create table t (pk int primary key); call dolt_commit('-Am', 'one')");
  await world.clone('/r', REPLICA, url);
  replica = await world.start('/r');
});

test('a commit on the primary is there at the next read of the replica', async () => {
  expect(await count()).toBe(0);
  for (let pk = 1; pk <= 3; pk++) {
    await primary.rows(insert(pk));
    expect(await count()).toBe(pk);
  }
  await primary.rows("call dolt_checkout('-b', 'b'); insert into t values (9); call dolt_commit('-am', 'on b')");
  expect(await replica.rows("select count(*) from t as of 'b'")).toEqual([[4]]);
  expect(service.authorization).toBe(`Basic ${Buffer.from('ada:secret').toString('base64')}`);
});

test('a read of a remote that has not moved asks once', async () => {
  await count();
  service.calls.length = 0;
  await count();
  expect(service.calls).toEqual(['Root']);
});

describe.each<Fault>(['refused', 'lost'])('a swap that is %s', (fault) => {
  test('is settled, and comes to the replica once', async () => {
    let faults = 0;
    service.fault = ({ name }) => (name === 'Commit' && faults++ === 0 ? fault : undefined);
    const outcome = await primary.rows(insert(1)).then(
      () => 'done',
      (error: unknown) => String(error),
    );
    expect(faults).toBeGreaterThan(0);
    if (outcome !== 'done') expect(outcome).toMatch(/outcome unknown/);
    service.fault = () => undefined;
    await primary.rows(insert(2));
    const rows = await primary.rows('select pk from t order by pk');
    expect(rows.at(-1)).toEqual([2]);
    expect(await replica.rows('select pk from t order by pk')).toEqual(rows);
    const messages = await replica.rows("select message from dolt_log where message = 'c1'");
    expect(messages.length).toBeLessThanOrEqual(1);
  });
});

test('while the server is away commits fail and reads go on, with the reason and no password', async () => {
  await primary.rows(insert(1));
  await count();
  service.fault = () => 'refused';
  const error = await primary.error(insert(2));
  expect(error.message).toMatch(/http:\/\/ada:\*\*\*@hub.example:50051\/ada\/shop: cannot be reached/);
  expect(error.message).not.toMatch(/secret/);
  expect(await primary.rows('select url from dolt_remotes')).toEqual([['http://ada:***@hub.example:50051/ada/shop']]);
  service.fault = () => undefined;
  await primary.rows(insert(3));
  const rows = await primary.rows('select pk from t order by pk');
  expect(await replica.rows('select pk from t order by pk')).toEqual(rows);
});

test('a database whose clone was cut off is cloned by the same call', async () => {
  await primary.rows(insert(1));
  world.dataFolder('/data', {});
  const server = await world.start('/data');
  service.fault = ({ name }) => (service.calls.includes('ListTableFiles') && name === 'GET' ? 'refused' : undefined);
  service.calls.length = 0;
  const clone = `call dolt_clone('${url}', 'shop')`;
  expect((await server.error(clone)).message).toMatch(/clone again into the same folder to go on/);
  expect(await server.rows("show databases like 'shop'")).toEqual([]);
  service.fault = () => undefined;
  await server.rows(clone);
  expect(await server.rows('select pk from shop.t')).toEqual([[1]]);
  await server.stop();
});
