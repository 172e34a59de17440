/** The page of a running hub: what is pushed to it is seen, by whom it may be; who pulls; who is told. */
import { createHmac } from 'node:crypto';
import { createServer } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseRepositoryName } from '../../src/hub/storage/repository-name.ts';
import { init } from '../../src/index.ts';
import { nodeNetwork } from '../../src/node-network.ts';
import { methods, REPLICA_METADATA } from '../../src/remote/grpc/messages.ts';
import { ServedHub } from './served-hub.ts';

const served = new ServedHub();
let authorizations: Readonly<Record<string, string>>;
const told: { readonly headers: Record<string, unknown>; readonly body: string }[] = [];
const receiver = createServer((request, response) => {
  let body = '';
  request.on('data', (data) => {
    body += data;
  });
  request.on('end', () => {
    told.push({ headers: request.headers, body });
    response.end();
  });
});

beforeAll(async () => {
  await new Promise<void>((resolve) => receiver.listen(0, '127.0.0.1', resolve));
  const { port } = receiver.address() as AddressInfo;
  served.place('remote-small', 'acme/open');
  served.place('remote-small', 'acme/shop');
  await served.start({
    webhooks: [{ repository: 'ada/*', url: `http://127.0.0.1:${port}/hook`, secret: 's3cret' }],
  });
  authorizations = await served.users('ada', 'reader', 'stranger');
  await served.change((accounts) =>
    accounts.withRight('reader', 'acme', 'reader').withPublic(parseRepositoryName('acme/open')!, true),
  );
});

afterAll(async () => {
  await served.remove();
  receiver.close();
});

const as = (user: string): Record<string, string> => ({ authorization: authorizations[user]! });

test('shows to everybody what they may clone', async () => {
  const listed = async (headers: Record<string, string>) => {
    const { text } = await served.get('/api/v1/repositories', headers);
    return JSON.parse(text).repositories.map((each: { owner: string; database: string }) => each.database);
  };
  expect(await listed({})).toEqual(['open']);
  expect(await listed(as('stranger'))).toEqual(['open']);
  expect(await listed(as('reader'))).toEqual(['open', 'shop']);
  expect((await served.get('/acme/open')).status).toBe(200);
  expect((await served.get('/acme/shop')).status).toBe(404);
  expect((await served.get('/acme/shop', as('stranger'))).status).toBe(404);
  expect((await served.get('/acme/shop', as('reader'))).status).toBe(200);
  expect((await served.get('/acme/none', as('reader'))).status).toBe(404);
  expect((await served.get('/', { authorization: 'Bearer forged' })).status).toBe(401);
  expect((await served.get('/acme/open/tables')).status).toBe(404);
  expect((await served.get('/../accounts.json')).status).toBe(404);
  expect((await served.get('/.hub/accounts.json')).status).toBe(404);
});

describe.each(['/login', '/acme/open/sql', '/api/v1/repositories', '/nowhere', '/healthz'])('to %s', (path) => {
  const begin = (length: string) => {
    const socket = connect(served.hub.httpPort, '127.0.0.1');
    const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n`;
    socket.write(`${head}${length}\r\n\r\n`);
    let answer = '';
    socket.on('data', (data) => {
      answer += data;
    });
    socket.on('error', () => {});
    const closed = new Promise<string>((resolve) => void socket.once('close', () => resolve(answer)));
    return { socket, closed };
  };

  test('a gigabyte is refused before it comes', async () => {
    expect(await begin(`Content-Length: ${2 ** 30}`).closed).toMatch(/^HTTP\/1\.1 413 /);
  });

  test('a body without an end is not read to it', async () => {
    const { socket, closed } = begin('Transfer-Encoding: chunked');
    const piece = `10000\r\n${'x'.repeat(1 << 16)}\r\n`;
    let sent = 0;
    while (!socket.destroyed && sent < 256 << 20) {
      sent += piece.length;
      const isTaken = new Promise((resolve) => void socket.write(piece, resolve));
      await Promise.race([isTaken, closed]);
    }
    expect(sent).toBeLessThan(256 << 20);
    socket.destroy();
    expect((await served.get('/healthz')).status).toBe(200);
  });
});

test('a client that does not know whom it asks is answered all the same', async () => {
  for (const host of ['[x', 'a b', '"><script>', '']) {
    const socket = connect(served.hub.httpPort, '127.0.0.1');
    socket.write(`GET /acme/open HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    const answer = await new Promise<string>((resolve) => {
      let all = '';
      socket.on('data', (data) => {
        all += data;
      });
      socket.once('close', () => resolve(all));
    });
    expect(answer, host).toMatch(/^HTTP\/1.1 (200|400)/);
    expect(answer, host).not.toContain('"><script>');
  }
});

test('a cookie of the page is a token of the hub', async () => {
  const token = authorizations['reader']!.replace('Bearer ', '');
  const answer = await fetch(`http://127.0.0.1:${served.hub.httpPort}/login`, {
    ...{ method: 'POST', redirect: 'manual' },
    body: new URLSearchParams({ token, next: '/acme/shop' }),
  });
  expect(answer.status).toBe(303);
  const cookie = answer.headers.get('set-cookie')!.split(';')[0]!;
  expect((await served.get('/acme/shop', { cookie })).status).toBe(200);
  await served.change((accounts) => accounts.withoutUser('reader'));
  expect((await served.get('/acme/shop', { cookie })).status).toBe(404);
});

test('what is pushed is seen, and told, signed', async () => {
  const empty = await served.get('/ada/notes', as('ada'));
  expect(empty.text.replaceAll('<wbr>', '')).toContain(`dolt remote add origin ${served.url('ada/notes')}`);
  const database = await init(join(served.folder, 'notes'), { name: 'Ada', email: 'ada@example.com' });
  await database.query('create table notes (id int primary key, text varchar(40))');
  await database.query("insert into notes values (1, 'seen on the page')");
  await database.commit('A note');
  const before = Date.now();
  const secret = authorizations['ada']!.replace('Bearer ', '');
  process.env['DOLT_REMOTE_PASSWORD'] = secret;
  try {
    await database.query("call dolt_remote('add', 'origin', ?)", [served.url('ada/notes')]);
    await database.query("call dolt_push('--user', 'ada', 'origin', 'main')");
  } finally {
    delete process.env['DOLT_REMOTE_PASSWORD'];
    await database.close();
  }
  expect((await served.get('/ada/notes/tables/notes', as('ada'))).text).toContain('seen on the page');
  expect((await served.get('/ada/notes/tables/notes')).status).toBe(404);
  const { lastPush } = JSON.parse((await served.get('/api/v1/repositories/ada/notes', as('ada'))).text);
  expect(Date.parse(lastPush)).toBeGreaterThanOrEqual(before);
  expect(Date.parse(lastPush)).toBeLessThanOrEqual(Date.now());
  expect((await served.get('/ada/notes', as('ada'))).text).toContain('<dt>Last push</dt>');
  for (let i = 0; i < 100 && told.length === 0; i++) await new Promise((resolve) => setTimeout(resolve, 20));
  const [{ headers, body }] = told as [(typeof told)[number]];
  expect(headers['x-dolt-signature-256']).toBe(`sha256=${createHmac('sha256', 's3cret').update(body).digest('hex')}`);
  const event = JSON.parse(body);
  expect(event).toMatchObject({ event: 'push', repository: 'ada/notes', pusher: 'ada' });
  expect(event.refs).toMatchObject([{ ref: 'refs/heads/main', before: null }]);
});

test('who pulls is known by name, with what failed', async () => {
  await served.call(methods.root, { repoPath: 'acme/open' }, authorizations['stranger']);
  await served.codeOf(methods.addTableFiles, { repoPath: 'acme/open' }, authorizations['stranger']);
  const path = '/api/v1/repositories/acme/open/replication';
  expect((await served.get(path)).status).toBe(403);
  await served.change((accounts) => accounts.withRight('stranger', 'acme/open', 'reader'));
  const { text } = await served.get(path, as('stranger'));
  const [replica] = JSON.parse(text).replicas;
  expect(replica).toMatchObject({ name: 'stranger at 127.0.0.1', account: 'stranger', behind: { commits: 0 } });
  expect(replica.lastError.message).toContain('stranger may read acme/open');
});

test('replicas of one account on one machine are told apart by what they call themselves', async () => {
  const channel = nodeNetwork.openChannel({ authority: `127.0.0.1:${served.hub.grpcPort}`, isSecure: false });
  const poll = (replica: string, user?: string) => {
    const authorization = user === undefined ? {} : { authorization: authorizations[user]! };
    const options = { metadata: { ...authorization, [REPLICA_METADATA]: replica }, timeoutMs: 20_000 };
    return channel.call(methods.root.path, methods.root.request.encode({ repoPath: 'acme/open' }), options);
  };
  for (const digit of ['1', '2', '1']) await poll(digit.repeat(32), 'stranger');
  await poll('<script>', 'stranger');
  // Of whom nobody knows, each could be as many as it likes.
  for (const digit of ['3', '4']) await poll(digit.repeat(32));
  channel.close();
  await served.change((accounts) => accounts.withRight('stranger', 'acme/open', 'reader'));
  const { text } = await served.get('/api/v1/repositories/acme/open/replication', as('stranger'));
  const names = JSON.parse(text).replicas.map(({ name }: { name: string }) => name);
  expect(new Set(names)).toEqual(
    new Set([
      'stranger at 127.0.0.1, 111111111111',
      'stranger at 127.0.0.1, 222222222222',
      'stranger at 127.0.0.1',
      '127.0.0.1',
    ]),
  );
});
