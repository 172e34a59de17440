/** Our own client against a server: TLS, the account of the machine, and files that are asked for. */
import { X509Certificate } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { tls } from '../../src/cli/server/connect.ts';
import { RemoteSession } from '../../src/cli/server/remote-session.ts';
import { serverInfoPath } from '../../src/repo/repository.ts';
import { parseServerInfo } from '../../src/server/server-info.ts';
import type { LocalFile } from '../../src/sql/session/local-file.ts';
import { Client, type ClientResult, type LogIn, type OpenWantedFile } from '../../src/wire/client.ts';
import type { OkPacket } from '../../src/wire/packets/ok.ts';
import { certificate, FOLDER, type Served, serve } from './served-accounts.ts';

let served: Served | undefined;
const clients: Client[] = [];

afterEach(async () => {
  for (const client of clients.splice(0)) client.close();
  await served?.stop();
  served = undefined;
});

const portOf = ({ running }: Served): number => {
  const [endpoint] = running.endpoints;
  return endpoint !== undefined && 'port' in endpoint ? endpoint.port : 0;
};

async function open(logIn: Partial<LogIn> = {}): Promise<Client> {
  const socket = connect({ host: '127.0.0.1', port: portOf(served!) });
  await new Promise((resolve) => socket.once('connect', resolve));
  const client = await Client.open(socket, { user: 'root', password: '', isSecure: false, ...logIn });
  clients.push(client);
  return client;
}

async function scalar(client: Client, sql: string): Promise<string | undefined> {
  let value: string | undefined;
  for await (const result of client.query(sql)) {
    if (result.kind === 'rows') for await (const [first] of result.rows) value = first?.toString();
  }
  return value;
}

const info = ({ environment }: Served) =>
  parseServerInfo(Buffer.from(environment.disk.readFile(serverInfoPath(FOLDER))!).toString());

test('speaks TLS where the server demands it', async () => {
  served = await serve({ tls: true });
  const root = await open();
  await scalar(root, 'set global require_secure_transport = 1');
  await expect(open()).rejects.toMatchObject({ errno: 3159 });
  const secret = { user: '__dolt_local_user__', password: info(served)!.secret };
  const client = await open({ ...secret, tls: tls({ isRequired: false, rejectUnauthorized: false }) });
  expect(await scalar(client, 'select 6 * 7')).toBe('42');
  // Rows that take more than one record of TLS.
  expect(await scalar(client, "select length(repeat('x', 100000))")).toBe('100000');
});

test('does not trust a certificate that nobody vouches for', async () => {
  expect(new X509Certificate(certificate).verify(new X509Certificate(certificate).publicKey)).toBe(true);
  served = await serve({ tls: true });
  const demanding = tls({ isRequired: true, rejectUnauthorized: true, host: '127.0.0.1' });
  await expect(open({ tls: demanding })).rejects.toThrow(/self-signed|unable to verify/);
});

test('does not log in without the TLS that it requires', async () => {
  served = await serve();
  await expect(open({ tls: tls({ isRequired: true, rejectUnauthorized: false }) })).rejects.toMatchObject({
    errno: 2026,
  });
  expect(await scalar(await open({ tls: tls({ isRequired: false, rejectUnauthorized: false }) }), 'select 1')).toBe(
    '1',
  );
});

test('the account of the machine may do everything, and is not kept', async () => {
  served = await serve();
  const { secret, pid } = info(served)!;
  expect(pid).toBe(process.pid);
  const local = await open({ user: '__dolt_local_user__', password: secret });
  expect(await scalar(local, 'select current_user()')).toBe('__dolt_local_user__@localhost');
  await scalar(local, 'create user ada');
  const shown = "select group_concat(user order by user) from mysql.user where host in ('%', 'localhost')";
  expect(await scalar(local, shown)).toBe('__dolt_local_user__,ada,root');
  await expect(scalar(local, 'create user __dolt_local_user__@localhost')).rejects.toMatchObject({ errno: 1396 });
  await expect(open({ user: '__dolt_local_user__', password: 'guess' })).rejects.toMatchObject({ errno: 1045 });
  const { environment } = served;
  await served.stop();
  expect(environment.disk.readFile(serverInfoPath(FOLDER))).toBeUndefined();
  served = await serve({ environment });
  expect(info(served)!.secret).not.toBe(secret);
  await expect(open({ user: '__dolt_local_user__', password: secret })).rejects.toMatchObject({ errno: 1045 });
});

test('a server leaves the file of the next one alone', async () => {
  served = await serve();
  const { environment } = served;
  const file = environment.disk.create('test', serverInfoPath(FOLDER));
  file.write('test', Buffer.from('1:2:of-another'), 0);
  file.close();
  await served.stop();
  served = undefined;
  expect(Buffer.from(environment.disk.readFile(serverInfoPath(FOLDER))!).toString()).toBe('1:2:of-another');
});

/** The account of the command line on this machine. */
const local = () =>
  ({ user: '__dolt_local_user__', password: info(served!)!.secret, isSecure: true, database: 'shop' }) as const;

const LOAD = "load data local infile 'rows.csv' into table t fields terminated by ','";

function fileOf(pieces: readonly string[], broken = false): LocalFile {
  const left = pieces.map((piece) => Buffer.from(piece));
  return {
    async next() {
      const piece = left.shift();
      if (piece === undefined && broken) throw new Error('the disk is gone');
      return piece;
    },
    close: () => {},
  };
}

async function run(client: Client, sql: string, openFile?: OpenWantedFile): Promise<number | undefined> {
  let rows: number | undefined;
  for await (const result of client.query(sql, openFile)) if (result.kind === 'ok') rows = result.ok.affectedRows;
  return rows;
}

test('sends a file that the statement names, also of more than the socket takes at once', async () => {
  served = await serve();
  const root = await open({ database: 'shop' });
  await run(root, 'create table t (id int primary key, s varchar(100))');
  const client = await open(local());
  const lines = Array.from({ length: 40_000 }, (_, i) => `${i},${'row'.repeat(20)}\n`);
  const pieces = [lines.slice(0, 1000).join(''), lines.slice(1000).join('')];
  expect(await run(client, LOAD, () => fileOf(pieces))).toBe(40_000);
  expect(await scalar(client, 'select count(*) from t')).toBe('40000');
  // Others send files where the server takes them.
  await expect(run(root, LOAD, () => fileOf(['90000,x\n']))).rejects.toMatchObject({ errno: 3948 });
  await run(root, 'set global local_infile = 1');
  expect(await run(root, LOAD, () => fileOf(['90000,x\n']))).toBe(1);
});

test('a file that cannot be opened, or is none that is given away, is nothing, and the client goes on', async () => {
  served = await serve();
  const client = await open(local());
  await run(client, 'create table t (id int primary key, s varchar(100))');
  await expect(run(client, LOAD)).rejects.toMatchObject({ errno: 2068 });
  const missing = (): never => {
    throw new Error('no such file');
  };
  await expect(run(client, LOAD, missing)).rejects.toThrow('no such file');
  expect(await scalar(client, 'select count(*) from t')).toBe('0');
});

test('of a file that ends in the middle nothing stays', async () => {
  served = await serve();
  const client = await open(local());
  await run(client, 'create table t (id int primary key, s varchar(100))');
  await expect(run(client, LOAD, () => fileOf(['1,a\n2,b\n'], true))).rejects.toThrow('the disk is gone');
  expect(await scalar(await open(local()), 'select count(*) from t')).toBe('0');
});

test('a server gets no file but the one that the statement names', async () => {
  const given: unknown[] = [];
  const curious = {
    warnings: 0,
    async *query(sql: string, openFile?: OpenWantedFile): AsyncGenerator<ClientResult, void, void> {
      if (!/^(load|select 1)/.test(sql)) return;
      for (const path of ['/etc/passwd', 'rows.csv']) given.push(openFile?.(path));
      yield { kind: 'ok', ok: { affectedRows: 0, insertId: 0, status: 2, warnings: 0, info: '' } as OkPacket };
    },
  };
  const session = await RemoteSession.open(async () => curious as unknown as Client);
  session.openLocalFile = (path) => path as unknown as LocalFile;
  for await (const _ of session.execute(LOAD));
  for await (const _ of session.execute(LOAD.replace('local ', '')));
  expect(given).toEqual([undefined, 'rows.csv', undefined, undefined]);
});
