/** A primary and replicas that meet in a bucket. */
import { expect, test } from 'vitest';
import { type FakeRequest, FakeS3 } from '../remote/s3/fake-s3.ts';
import { type Server, World } from './world.ts';

const URL = 's3://chunks/replicated';
const PRIMARY = { dolt_replicate_to_remote: 'origin' };
const REPLICA = { dolt_read_replica_remote: 'origin', dolt_replicate_heads: 'main' };

interface Pair {
  readonly s3: FakeS3;
  readonly world: World;
  readonly primary: Server;
  readonly replica: Server;
}

async function pair(): Promise<Pair> {
  const s3 = new FakeS3();
  const world = new World();
  world.network = s3.network;
  world.variables = s3.variables;
  world.init('/p', PRIMARY, { origin: URL });
  const primary = await world.start('/p');
  await primary.rows(
    "create table t (pk int primary key, c int); insert into t values (1, 1); call dolt_commit('-Am', 'one')",
  );
  await world.clone('/r', REPLICA, URL);
  return { s3, world, primary, replica: await world.start('/r') };
}

const all = 'select pk from t order by pk';
const add = (pk: number) => `insert into t values (${pk}, 0); call dolt_commit('-am', 'c${pk}')`;
const isSwap = ({ method, key }: FakeRequest): boolean => method === 'PUT' && key === 'replicated/manifest';

test('a replica reads what was acknowledged before, and fifty commits leave few files', async () => {
  const { s3, primary, replica } = await pair();
  expect(await replica.rows(all)).toEqual([[1]]);
  for (let pk = 2; pk <= 50; pk++) {
    await primary.rows(add(pk));
    if (pk % 7 === 0) expect(await replica.rows(all)).toHaveLength(pk);
  }
  expect(await replica.rows('select count(*) from t')).toEqual([[50]]);
  expect(s3.text('replicated/manifest')!.split(':').length).toBeLessThan(5 + 2 * 24);
});

test('a read of a remote that has not moved asks for its manifest, and gets none', async () => {
  const { s3, replica } = await pair();
  await replica.rows(all);
  const before = s3.requests.length;
  await replica.rows(all);
  const asked = s3.requests.slice(before);
  expect(asked.map(({ method, key }) => `${method} ${key}`)).toEqual(['GET replicated/manifest']);
  expect(asked[0]!.headers.has('if-none-match')).toBe(true);
});

test('a push whose answer is lost is acknowledged when it is there', async () => {
  const { s3, primary, replica } = await pair();
  let lost = 0;
  s3.fate = (request) => (isSwap(request) && lost++ === 0 ? 'answer lost' : undefined);
  await primary.rows(add(2));
  expect(lost).toBeGreaterThan(0);
  expect(await replica.rows(all)).toEqual([[1], [2]]);
});

test('while the bucket cannot be reached nothing is acknowledged, and afterwards all of it arrives', async () => {
  const { s3, world, primary, replica } = await pair();
  s3.fate = () => 'request lost';
  await expect(world.finish(primary.rows(add(2)))).rejects.toThrow(/replication to 'origin'.* failed/);
  await expect(world.finish(replica.rows(all))).rejects.toThrow(/cannot read its remote/);
  s3.fate = () => undefined;
  await primary.rows(add(3));
  const rows = await replica.rows(all);
  expect(rows).toEqual(await primary.rows(all));
});
