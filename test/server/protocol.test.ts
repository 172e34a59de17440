/** The server as MySQL’s clients meet it: both protocols of rows, several results, KILL, limits, broken packets. */
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { afterEach, expect, test } from 'vitest';
import { memoryEnvironment } from '../sql/memory-engine.ts';
import { realTime } from './real-time.ts';
import { type Served, serve } from './served-accounts.ts';

let served: Served | undefined;

afterEach(async () => {
  await served?.stop();
  served = undefined;
});

/** Repositories in memory, real time: statements give way to each other. */
const living = () => ({
  ...memoryEnvironment(),
  ...realTime,
});

const start = async (): Promise<Served> => {
  served = await serve({ environment: living() });
  return served;
};

const whole = (text: string): string => text.replace(/\.0+$/, '');

const ENDLESS = 'with recursive n (i) as (select 1 union all select i + 1 from n) select count(*) from n';

test('every type comes alike as text and as binary', async () => {
  const { client } = await start();
  const root = await client({ database: 'shop', dateStrings: true, supportBigNumbers: true });
  await root.query(`create table t (id int primary key, b bigint unsigned, f double, r float, d decimal(20,5), s varchar(20),
    x blob, da date, ti time, dt datetime(6), y year, e enum('p','q'), se set('u','v'), bi bit(12), j json, n int)`);
  await root.query(`insert into t values (-1, 18446744073709551615, 1.5e300, -0.5, -12345.67891, 'é€🙂', x'00ff', '2024-02-29',
    '-26:03:04', '2024-02-29 01:02:03.123456', 2024, 'q', 'u,v', b'101010101010', '{"a": [1, null]}', null),
    (2, 0, 0, 0, 0, '', '', '1000-01-01', '00:00:00', '2024-01-01 00:00:00', 1901, 'p', '', 0, '[]', 7)`);
  const [text] = await root.query<RowDataPacket[]>('select * from t order by id');
  const [binary] = await root.execute<RowDataPacket[]>('select * from t order by id');
  // This client writes no zeros that the binary protocol leaves out.
  const short = (rows: RowDataPacket[]) => rows.map((row) => ({ ...row, ti: whole(row['ti']), dt: whole(row['dt']) }));
  expect(short(binary)).toEqual(short(text));
  expect(text[0]).toMatchObject({ id: -1, b: '18446744073709551615', d: '-12345.67891', s: 'é€🙂', e: 'q', n: null });
  expect(text[0]!['x']).toEqual(Buffer.of(0, 255));
});

test('parameters of every kind', async () => {
  const { client } = await start();
  const root = await client({ database: 'shop' });
  await root.query('create table t (id bigint primary key, s longtext, x longblob, dt datetime(3), d decimal(10,2))');
  const big = 'x'.repeat(17_000_000);
  const date = new Date('2024-02-29T01:02:03.456Z');
  await root.execute('insert into t values (?, ?, ?, ?, ?)', [7, big, Buffer.of(0, 255, 1), date, '12.50']);
  await root.execute('insert into t values (?, ?, ?, ?, ?)', [8, null, null, null, null]);
  const [rows] = await root.execute<RowDataPacket[]>(
    'select length(s) as l, hex(x) as x, d from t where id = ? or s = ?',
    [7, 'none'],
  );
  expect(rows).toEqual([{ l: 17_000_000, x: '00FF01', d: '12.50' }]);
  const [back] = await root.query<RowDataPacket[]>('select s from t where id = 7');
  expect(back[0]!['s']).toBe(big);
});

test('several statements in one text, and an error in the middle', async () => {
  const { client } = await start();
  const many = await client({ database: 'shop', multipleStatements: true });
  const [results] = await many.query(
    'select 1 as a; create table t (a int); insert into t values (1), (2); select count(*) as n from t',
  );
  expect((results as unknown[]).length).toBe(4);
  await expect(
    many.query('insert into t values (3); insert into nope values (1); insert into t values (4)'),
  ).rejects.toMatchObject({
    errno: 1146,
    sqlState: '42S02',
  });
  const [rows] = await many.query('select count(*) as n from t');
  expect(rows).toEqual([{ n: 3 }]);
  const one = await client({ database: 'shop' });
  await expect(one.query('select 1; select 2')).rejects.toMatchObject({ errno: 1064 });
});

test('transactions are each client’s own; the second of two that change a cell is told to try again', async () => {
  const { client } = await start();
  const a = await client({ database: 'shop' });
  const b = await client({ database: 'shop' });
  await a.query('create table t (id int primary key, n int)');
  await a.query('insert into t values (1, 0), (2, 0)');
  await a.query('start transaction');
  await b.query('start transaction');
  await a.query('update t set n = 1 where id = 1');
  await b.query('update t set n = 2 where id = 1');
  expect((await b.query('select n from t where id = 1'))[0]).toEqual([{ n: 2 }]);
  await a.query('commit');
  await expect(b.query('commit')).rejects.toMatchObject({ errno: 1213, sqlState: '40001' });
  await b.query('update t set n = 3 where id = 2');
  expect((await a.query('select n from t order by id'))[0]).toEqual([{ n: 1 }, { n: 3 }]);
});

test('KILL QUERY ends what runs within a tenth of a second, others are served meanwhile', async () => {
  const { client } = await start();
  const other = await client();
  await other.query('set global cte_max_recursion_depth = 4294967295');
  const victim = await client();
  const running = victim.query(ENDLESS).catch((error: unknown) => error);
  await sleep(150);
  const asked = performance.now();
  await other.query('select 1');
  expect(performance.now() - asked).toBeLessThan(1000);
  const [list] = await other.query<RowDataPacket[]>('show processlist');
  const found = list.find((row) => row['Info'] === ENDLESS);
  const killed = performance.now();
  await other.query(`kill query ${found!['Id']}`);
  expect(await running).toMatchObject({ errno: 1317 });
  expect(performance.now() - killed).toBeLessThan(1000);
  expect((await victim.query('select 2 as n'))[0]).toEqual([{ n: 2 }]);
  await other.query(`kill ${found!['Id']}`);
  await expect(victim.query('select 3')).rejects.toBeInstanceOf(Error);
  await expect(other.query('kill 4000000')).rejects.toMatchObject({ errno: 1094 });
});

test('no more clients than max_connections', async () => {
  const { client } = await start();
  const first = await client();
  await first.query('set global max_connections = 2');
  await client();
  await expect(client()).rejects.toMatchObject({ errno: 1040 });
});

test('a client that is silent for longer than wait_timeout is gone', async () => {
  const { client } = await start();
  const quiet = await client();
  const other = await client();
  await quiet.query('set session wait_timeout = 1');
  await sleep(1600);
  await expect(quiet.query('select 1')).rejects.toBeInstanceOf(Error);
  expect((await other.query('select 1 as n'))[0]).toEqual([{ n: 1 }]);
});

test('what clients say of themselves is shown to their account, and to who may see all connections', async () => {
  const { client } = await start();
  const root = await client({ database: 'shop', connectAttributes: { program_name: 'till', lane: '7' } });
  await root.query("create user 'ada'@'localhost' identified by 'secret'");
  await root.query("grant select on performance_schema.* to 'ada'@'localhost'");
  const ada = await client({ user: 'ada', password: 'secret', connectAttributes: { program_name: 'stock' } });
  const said = (table: string) =>
    `select attr_value as v from performance_schema.${table} where attr_name = 'program_name' order by processlist_id`;
  expect((await root.query(said('session_connect_attrs')))[0]).toEqual([{ v: 'till' }, { v: 'stock' }]);
  expect((await root.query(said('session_account_connect_attrs')))[0]).toEqual([{ v: 'till' }]);
  for (const table of ['session_connect_attrs', 'session_account_connect_attrs']) {
    expect((await ada.query(said(table)))[0]).toEqual([{ v: 'stock' }]);
  }
  const own = 'select * from performance_schema.session_account_connect_attrs where processlist_id = connection_id()';
  const rows = (await root.query<RowDataPacket[]>(own))[0];
  expect(rows.map(({ ORDINAL_POSITION }) => ORDINAL_POSITION)).toEqual(rows.map((_, i) => i));
  expect(rows).toContainEqual(expect.objectContaining({ ATTR_NAME: 'lane', ATTR_VALUE: '7' }));
});

test('another user, a reset session, another database on the same connection', async () => {
  const { client } = await start();
  const root = await client({ database: 'shop' });
  await root.query("create user 'ada'@'localhost' identified by 'secret'");
  await root.query("grant select on shop.* to 'ada'@'localhost'");
  await root.query('set @a = 1');
  await root.changeUser({ user: 'ada', password: 'secret' });
  expect((await root.query('select user() as u, @a as a'))[0]).toEqual([{ u: 'ada@localhost', a: null }]);
  expect((await root.query('select 1 as n'))[0]).toEqual([{ n: 1 }]);
});

test('compressed', async () => {
  const { client } = await start();
  const root = await client({ compress: true });
  const [rows] = await root.query<RowDataPacket[]>("select repeat('abc', 100000) as s, 1 as n");
  expect(rows[0]!['s']).toBe('abc'.repeat(100_000));
});

/** Sends bytes after the greeting and answers all that comes back until the server closes, or for a moment. */
async function send(port: number, bytes: readonly Buffer[]): Promise<Buffer> {
  const socket: Socket = connect(port, '127.0.0.1');
  const pieces: Buffer[] = [];
  socket.on('data', (piece) => pieces.push(piece));
  socket.on('error', () => {});
  await new Promise((resolve) => socket.once('data', resolve));
  for (const piece of bytes) socket.write(piece);
  await Promise.race([new Promise((resolve) => socket.once('close', resolve)), sleep(100)]);
  socket.destroy();
  return Buffer.concat(pieces);
}

test('broken packets close their connection and nobody else’s', async () => {
  const { client, running, logged } = await start();
  const root = await client();
  const [endpoint] = running.endpoints;
  const port = endpoint !== undefined && 'port' in endpoint ? endpoint.port : 0;
  let seed = 7;
  const random = (below: number): number => {
    seed = (seed * 16807) % 2147483647;
    return seed % below;
  };
  const broken: Buffer[][] = [
    [Buffer.of(0xff, 0xff, 0xff, 1)],
    [Buffer.of(5, 0, 0, 9, 1, 2, 3, 4, 5)],
    [Buffer.of(0, 0, 0, 1)],
    [Buffer.of(3, 0, 0, 1, 0)],
  ];
  for (let i = 0; i < 40; i++) {
    const body = Buffer.from(Array.from({ length: random(120) }, () => random(256)));
    broken.push([Buffer.of(body.length, 0, 0, 1), body]);
  }
  for (const bytes of broken) await send(port, bytes);
  expect((await root.query('select 1 as n'))[0]).toEqual([{ n: 1 }]);
  expect(logged.filter((line) => line.includes('a bug'))).toEqual([]);
});
