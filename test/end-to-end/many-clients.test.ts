/** A server and many clients at once. */
import { performance } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Scratch } from './command-line.ts';
import { ServerProcess, type Session } from './sql-server.ts';

let scratch: Scratch;
let server: ServerProcess;

beforeEach(async () => {
  scratch = new Scratch();
  scratch.repository('shop');
  server = await ServerProcess.start(scratch, 'shop');
});

afterEach(async () => {
  await server.end('SIGKILL');
  scratch.remove();
});

const connect = (count: number): Promise<Session[]> =>
  Promise.all(Array.from({ length: count }, () => server.session()));

test('64 clients are answered soon while another reads all of a table', async () => {
  const scanner = await server.session();
  await scanner.rows('create table t (id int primary key, v varchar(20))');
  const digits = '(select 0 d union select 1 union select 2 union select 3 union select 4)';
  const numbers = `select a.d + 5 * b.d + 25 * c.d + 125 * d.d + 625 * e.d + 3125 * f.d
    from ${digits} a, ${digits} b, ${digits} c, ${digits} d, ${digits} e, ${digits} f`;
  await scanner.rows(`insert into t select n, concat('value ', n) from (${numbers}) as some (n)`);
  const clients = await connect(64);
  let isScanning = true;
  const began = performance.now();
  const scan = scanner
    .rows('select count(*), sum(length(a.v) + length(b.v)) from t a, t b where a.id % 50 = 0 and a.v <> b.v')
    .finally(() => {
      isScanning = false;
    });
  const waits: number[] = [];
  const answered = await Promise.all(
    clients.map(async (client, i) => {
      let count = 0;
      for (; isScanning; count++) {
        const asked = performance.now();
        expect(await client.rows(`select v from t where id = ${i}`)).toEqual([[`value ${i}`]]);
        waits.push(performance.now() - asked);
        await sleep(20);
      }
      return count;
    }),
  );
  const took = performance.now() - began;
  expect((await scan)[0]?.[0]).toBe(String(313 * 15_625 - 313));
  waits.sort((a, b) => a - b);
  // Alone it takes more than a second; whoever had to wait for its end would be answered once.
  expect(Math.min(...answered), `${took} ms, the longest wait ${waits.at(-1)} ms`).toBeGreaterThan(3);
  expect(waits[Math.floor(waits.length * 0.9)]).toBeLessThan(500);
  for (const client of [scanner, ...clients]) client.close();
});

test('a thousand connections, each with a session of its own', async () => {
  const clients: Session[] = [];
  for (let i = 0; i < 10; i++) clients.push(...(await connect(100)));
  await Promise.all(clients.map((client, i) => client.rows(`set @mine = ${i}`)));
  expect(await Promise.all(clients.map((client) => client.rows('select @mine')))).toEqual(
    clients.map((_, i) => [[String(i)]]),
  );
  for (const client of clients) client.close();
});
