/** SHOW STATUS and the lists of connections count what clients do. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { RowDataPacket } from 'mysql2/promise';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { memoryEnvironment } from '../sql/memory-engine.ts';
import { realTime } from './real-time.ts';
import { type Served, serve } from './served-accounts.ts';

let served: Served;

beforeAll(async () => {
  served = await serve({ tls: true, environment: { ...memoryEnvironment(), ...realTime } });
});

afterAll(() => served.stop());

type Client = Awaited<ReturnType<Served['client']>>;

async function status(client: Client, scope = 'global'): Promise<Readonly<Record<string, string>>> {
  const [rows] = await client.query<RowDataPacket[]>(`show ${scope} status`);
  return Object.fromEntries(rows.map((row) => [row['Variable_name'], row['Value']]));
}

/** Clients that left have been let go: it may take the server a moment to notice. */
async function alone(client: Client): Promise<void> {
  const isAlone = async (): Promise<boolean> => (await status(client))['Threads_connected'] === '1';
  for (let i = 0; !(await isAlone()); i++) {
    if (i === 200) throw new Error('other connections stay');
    await sleep(10);
  }
}

test('statements are counted by what they are, for the session and for all', async () => {
  const [one, two] = [await served.client({ database: 'shop' }), await served.client({ database: 'shop' })];
  await one.query('create table t (id int primary key)');
  const before = await status(one);
  await one.query('insert into t values (1), (2)');
  await one.query('replace into t values (2)');
  await two.execute('select * from t where id = ?', [1]);
  await two.query('select 1');
  await expect(two.query('select nothing')).rejects.toMatchObject({ errno: 1054 });
  await two.query('show tables');
  const after = await status(one);
  const grown = (name: string): number => Number(after[name]) - Number(before[name] ?? 0);
  expect(['Com_insert', 'Com_replace', 'Com_select', 'Com_show_tables', 'Com_update'].map(grown)).toEqual([
    1, 1, 3, 1, 0,
  ]);
  expect(grown('Questions')).toBe(7);
  const own = await status(one, 'session');
  expect([own['Com_insert'], own['Com_select'], own['Com_create_table']]).toEqual(['1', '0', '1']);
  const [like] = await one.query<RowDataPacket[]>("show status like 'com_repl%'");
  expect(like).toEqual([{ Variable_name: 'Com_replace', Value: '1' }]);
  await Promise.all([one.end(), two.end()]);
});

test('connections, their bytes and their ends', async () => {
  const watcher = await served.client();
  const before = await status(watcher);
  const other = await served.client({ ssl: { rejectUnauthorized: false } });
  const open = await status(watcher);
  expect(Number(open['Threads_connected']) - Number(before['Threads_connected'])).toBe(1);
  expect(Number(open['Connections']) - Number(before['Connections'])).toBe(1);
  expect(Number(open['Max_used_connections'])).toBeGreaterThanOrEqual(Number(open['Threads_connected']));
  expect(await status(other, 'session')).toMatchObject({
    Ssl_version: expect.stringMatching(/^TLSv1/),
    Compression: 'OFF',
  });
  expect(await status(watcher, 'session')).toMatchObject({ Ssl_version: '', Threads_running: '1' });
  await other.query(`select '${'x'.repeat(10_000)}'`);
  const read = await status(watcher);
  for (const name of ['Bytes_received', 'Bytes_sent']) {
    expect(Number(read[name]) - Number(open[name])).toBeGreaterThan(10_000);
  }
  await other.end();
  const dropped = await served.client();
  dropped.destroy();
  await expect(served.client({ user: 'nobody', password: 'wrong' })).rejects.toMatchObject({ errno: 1045 });
  await alone(watcher);
  const now = await status(watcher);
  expect(Number(now['Aborted_clients']) - Number(before['Aborted_clients'])).toBe(1);
  expect(Number(now['Aborted_connects']) - Number(before['Aborted_connects'])).toBe(1);
  await watcher.end();
});

test('slow statements are counted', async () => {
  const client = await served.client();
  await client.query('set long_query_time = 0.01');
  await client.query('select sleep(0.05)');
  await client.query('set long_query_time = 10');
  expect((await status(client, 'session'))['Slow_queries']).toMatch(/^[12]$/);
  await client.end();
});

test('the list of connections is a table, too', async () => {
  const one = await served.client({ database: 'shop' });
  await alone(one);
  const two = await served.client();
  const [rows] = await one.query<RowDataPacket[]>(
    'select ID, USER, DB, COMMAND, INFO from information_schema.processlist order by id',
  );
  expect(rows).toMatchObject([
    { USER: 'root', DB: 'shop', COMMAND: 'Query', INFO: expect.stringMatching(/^select ID/) },
    { USER: 'root', DB: null, COMMAND: 'Sleep', INFO: null },
  ]);
  await Promise.all([one.end(), two.end()]);
});
