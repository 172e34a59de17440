/** Our own client against a server: TLS, and the account of the machine. */
import { X509Certificate } from 'node:crypto';
import { connect } from 'node:net';
import { afterEach, expect, test } from 'vitest';
import { tls } from '../../src/cli/server/connect.ts';
import { parseServerInfo, serverInfoPath } from '../../src/server/server-info.ts';
import { Client, type LogIn } from '../../src/wire/client.ts';
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
