/** What comes from many clients through one buffer is theirs, in order, and stays what it was. */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';
import { sharedReads } from '../../src/server/shared-reads.ts';

const opened: Socket[] = [];
const server = createServer((accepted) => {
  const socket = sharedReads(accepted);
  opened.push(socket);
  server.emit('opened', socket);
});

afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy();
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  await closed;
});

/** Both ends of a connection. */
async function pair(): Promise<{ client: Socket; socket: Socket }> {
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
  const arrival = once(server, 'opened') as Promise<Socket[]>;
  const client = connect((server.address() as AddressInfo).port, '127.0.0.1');
  opened.push(client);
  await once(client, 'connect');
  return { client, socket: (await arrival)[0]! };
}

/** Resolves when so many bytes have come. */
async function collect(socket: Socket, length: number): Promise<Buffer[]> {
  const pieces: Buffer[] = [];
  let available = 0;
  for (;;) {
    const [piece] = (await once(socket, 'data')) as [Buffer];
    pieces.push(piece);
    available += piece.length;
    if (available >= length) return pieces;
  }
}

test('a small piece takes a part of a block that others share, and no read changes it', async () => {
  const [one, two] = [await pair(), await pair()];
  const [first, second] = [collect(one.socket, 5), collect(two.socket, 6)];
  one.client.write('hello');
  const [hello] = await first;
  two.client.write('WORLDS');
  const [worlds] = await second;
  expect([hello!.toString(), worlds!.toString()]).toEqual(['hello', 'WORLDS']);
  expect(hello!.buffer.byteLength).toBe(Buffer.poolSize);
});

test('much comes whole and in order', async () => {
  const { client, socket } = await pair();
  const bytes = Buffer.from(Array.from({ length: 300_000 }, (_, i) => (i * 7919) >> 5));
  const pieces: Buffer[] = [];
  socket.on('data', (piece) => pieces.push(piece));
  client.end(bytes);
  await once(socket, 'end');
  expect(Buffer.concat(pieces).equals(bytes)).toBe(true);
});

test('what comes before anybody listens is kept', async () => {
  const { client, socket } = await pair();
  client.write('early');
  while (socket.readableLength < 5) await sleep(1);
  client.write(' and late');
  expect(Buffer.concat(await collect(socket, 14)).toString()).toBe('early and late');
});

test('a socket that is paused takes nothing until it goes on', async () => {
  const { client, socket } = await pair();
  let available = 0;
  socket.on('data', (piece: Buffer) => {
    available += piece.length;
    socket.pause();
  });
  client.write('one');
  while (available === 0) await sleep(1);
  client.write('two');
  await sleep(20);
  expect([available, socket.isPaused()]).toEqual([3, true]);
  socket.resume();
  while (available < 6) await sleep(1);
});

test('the server counts it, and it ends with its client', async () => {
  const { client, socket } = await pair();
  expect([socket.remoteAddress, socket.bytesRead]).toEqual(['127.0.0.1', 0]);
  const closed = once(socket, 'close');
  socket.resume();
  client.end();
  await closed;
  expect(await new Promise((resolve) => server.getConnections((_, count) => resolve(count)))).toBe(0);
});
