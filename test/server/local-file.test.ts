/** LOAD DATA LOCAL over the wire. */
import { Readable } from 'node:stream';
import type { Connection } from 'mysql2';
import type { ResultSetHeader, RowDataPacket } from 'mysql2/promise';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { errnoOf, type Served, serve } from './served-accounts.ts';

let served: Served;
let root: Awaited<ReturnType<Served['client']>>;

beforeEach(async () => {
  served = await serve();
  root = await served.client({ database: 'shop' });
  await root.query('create table t (id int primary key, s varchar(20))');
});

afterEach(async () => {
  await served.stop();
});

const LOAD = "load data local infile 'rows.csv' into table t fields terminated by ','";

function load(client: typeof root, stream: () => Readable, sql = LOAD): Promise<ResultSetHeader> {
  return client.query<ResultSetHeader>({ sql, infileStreamFactory: stream }).then(([result]) => result);
}

/** Rows in pieces of a hundred. */
function* lines(count: number, from = 0): Generator<Buffer> {
  for (let at = from; at < from + count; at += 100) {
    yield Buffer.from(Array.from({ length: 100 }, (_, i) => `${at + i},row ${at + i}\n`).join(''));
  }
}

const count = async (): Promise<number> => {
  const other = await served.client({ database: 'shop' });
  const [rows] = await other.query<RowDataPacket[]>('select count(*) as n from t');
  return rows[0]!['n'];
};

test('files are taken only when the server is told to', async () => {
  expect(await errnoOf(load(root, () => Readable.from(lines(100))))).toBe(3948);
  // The connection is in step.
  expect(await count()).toBe(0);
  await root.query('select 1');
});

test('many packets, several loads, and a statement after it', async () => {
  await root.query('set global local_infile = 1');
  const client = await served.client({ database: 'shop', multipleStatements: true });
  const result = await load(client, () => Readable.from(lines(50_000)));
  expect(result.affectedRows).toBe(50_000);
  expect(result.info).toBe('Records: 50000  Deleted: 0  Skipped: 0  Warnings: 0');
  const again = await load(client, () => Readable.from([Buffer.from('1,a\n50000,b\n')]));
  expect(again.info).toBe('Records: 2  Deleted: 0  Skipped: 1  Warnings: 1');
  expect(await count()).toBe(50_001);
  expect((await load(client, () => Readable.from([]))).affectedRows).toBe(0);
  expect(await errnoOf(client.prepare(LOAD))).toBe(1295);
});

test('what a failing statement leaves of a file is taken, and the connection goes on', async () => {
  await root.query('set global local_infile = 1');
  const client = await served.client({ database: 'shop' });
  const missing = LOAD.replace('table t', 'table nope');
  expect(await errnoOf(load(client, () => Readable.from(lines(50_000)), missing))).toBe(1146);
  await root.query('create table k (id int primary key, n varchar(30), check (id < 1000))');
  const checked = LOAD.replace("'rows.csv' into table t", "'rows.csv' replace into table k");
  expect(await errnoOf(load(client, () => Readable.from(lines(50_000)), checked))).toBe(3819);
  const [rows] = await client.query<RowDataPacket[]>('select count(*) as n from k');
  expect(rows).toEqual([{ n: 0 }]);
});

test('a client that leaves in the middle leaves nothing', async () => {
  await root.query('set global local_infile = 1');
  const client = await served.client({ database: 'shop' });
  async function* broken(): AsyncGenerator<Buffer> {
    yield* lines(40_000);
    (client as unknown as { connection: Connection }).connection.destroy();
    await new Promise(() => {});
  }
  void load(client, () => Readable.from(broken())).catch(() => {});
  await expect.poll(() => served.running.server.connections().size, { timeout: 10_000 }).toBe(1);
  expect(await count()).toBe(0);
});
