/** Some thousand statements of four clients: the store stays within a bound, and so does what the server keeps. */
import type { RowDataPacket } from 'mysql2/promise';
import { expect, test } from 'vitest';
import { nomsIn } from '../../src/repo/repository.ts';
import { memoryEnvironment } from '../sql/memory-engine.ts';
import { realTime } from './real-time.ts';
import { FOLDER, serve } from './served-accounts.ts';

const STATEMENTS = 5000;
const GARBAGE_BYTES = 1 << 16;

test('a soak', async () => {
  const environment = {
    ...memoryEnvironment(),
    ...realTime,
  };
  const served = await serve({ environment, garbageBytes: GARBAGE_BYTES });
  const { disk } = environment;
  const bytesIn = (folder: string): number =>
    (disk.list(folder) ?? []).reduce((sum, name) => sum + (disk.stat(`${folder}/${name}`)?.size ?? 0), 0);
  const clients = await Promise.all([1, 2, 3, 4].map(() => served.client({ database: 'shop' })));
  await clients[0]!.query('create table t (id int auto_increment primary key, k int, v varchar(1000), key (k))');
  const statements = [
    (i: number) => `insert into t (k, v) values (${i % 1000}, repeat('value ${i} ', 40))`,
    (i: number) => `select * from t where id = ${1 + (i % 500)}`,
    (i: number) => `update t set v = repeat('again ${i} ', 40) where id = ${1 + (i % 500)}`,
    (i: number) => `select k, count(*) from t where k between ${i % 1000} and ${(i % 1000) + 5} group by k`,
    (i: number) => `delete from t where id < ${Math.floor(i / 5) - 500}`,
  ];
  let next = 0;
  let largest = 0;
  const collected = () => served.logged.some((line) => line.includes('"auto gc"'));
  await Promise.all(
    clients.map(async (client) => {
      // It looks once a second, in which a fast machine may run them all.
      while (next < STATEMENTS || (next < 20 * STATEMENTS && !collected())) {
        const i = next++;
        await client.query(statements[i % statements.length]!(i));
        if (i % 50 === 0) largest = Math.max(largest, bytesIn(nomsIn(FOLDER)) + bytesIn(`${nomsIn(FOLDER)}/oldgen`));
      }
    }),
  );
  const [rows] = await clients[0]!.query<RowDataPacket[]>('select count(*) as n from t');
  expect(rows[0]!['n']).toBeGreaterThan(400);
  // Some seconds go by between looks at the sizes on a busy machine.
  expect(largest).toBeLessThan(5 << 20);
  expect(collected()).toBe(true);
  const { activity } = served.running.server.engine.state;
  expect([activity.holders.size, activity.oldest]).toEqual([0, activity.last + 1]);
  await served.stop();
}, 240_000);
