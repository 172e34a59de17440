/** Ports that take gRPC and HTTP alike, in clear and over TLS; how they end, and what they do with who says nothing. */
import { readFileSync } from 'node:fs';
import { get } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { Client, credentials, Metadata } from '@grpc/grpc-js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Address } from '../../src/base/address.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { GrpcStatus } from '../../src/base/network.ts';
import { nodeNetwork } from '../../src/node-network.ts';
import { methods } from '../../src/remote/grpc/messages.ts';
import { OpenPushes } from '../../src/service/open-pushes.ts';
import { copyFolder, golden } from '../remote/remote-fixture.ts';
import { basic, type Served, type ServeOptions, serveFolders } from './service-fixture.ts';

const TLS = join(import.meta.dirname, '../../fixtures/tls');
const key = readFileSync(`${TLS}/key.pem`);
const certificate = readFileSync(`${TLS}/cert.pem`);
const repo = { repoPath: 'me/db' };

let served: Served | undefined;
afterEach(async () => {
  await served?.close();
  served = undefined;
});

async function serve(options: ServeOptions = {}): Promise<Served> {
  const disk = new MemoryDisk();
  copyFolder(disk, join(golden, 'remote-small'), '/data/me/db');
  served = await serveFolders({ disk, ...options });
  return served;
}

test('either port takes both, and a URL leads to where the client called', async () => {
  const { listener } = await serve({ listener: { ports: [0, 0] } });
  const [first, second] = listener.ports;
  expect(first).not.toBe(second);
  for (const port of [first, second]) {
    const channel = nodeNetwork.openChannel({ authority: `127.0.0.1:${port}`, isSecure: false });
    const request = methods.listTableFiles.request.encode(repo);
    const metadata = { authorization: basic('reader') };
    const answer = methods.listTableFiles.response.decode(
      await channel.call(methods.listTableFiles.path, request, { metadata }),
    );
    const { url } = answer.tableFileInfo[0]!;
    expect(new URL(url).port).toBe(String(port));
    expect((await fetch(url)).status).toBe(200);
    channel.close();
  }
});

test('gRPC that comes a byte at a time is gRPC', async () => {
  const { listener } = await serve();
  const socket = connect(listener.ports[0]!, '127.0.0.1');
  const answered = new Promise<Buffer>((resolve) => socket.once('data', resolve));
  for (const byte of Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')) {
    socket.write(Buffer.of(byte));
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
  socket.write(Buffer.from([0, 0, 0, 4, 0, 0, 0, 0, 0]));
  // A frame of settings: its type is 4.
  expect((await answered)[3]).toBe(4);
  socket.destroy();
});

test('what is neither is refused', async () => {
  const { listener } = await serve();
  const answer = await new Promise<string>((resolve) => {
    let text = '';
    const socket = connect(listener.ports[0]!, '127.0.0.1', () => socket.write('\x16\x03\x01\x02\x00\x01\x00\r\n\r\n'));
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1');
    });
    socket.on('close', () => resolve(text));
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
});

test('no more connections than allowed, and room again when one has left', async () => {
  const { listener } = await serve({ listener: { maxConnections: 3 } });
  const port = listener.ports[0]!;
  const open = () => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', () => {});
    return socket;
  };
  const kept = [open(), open(), open()];
  await Promise.all(kept.map((socket) => new Promise((resolve) => socket.once('connect', resolve))));
  const refused = open();
  await new Promise((resolve) => refused.once('close', resolve));
  kept[0]!.destroy();
  await new Promise((resolve) => setTimeout(resolve, 50));
  const response = await fetch(`http://127.0.0.1:${port}/x`);
  expect(response.status).toBe(404);
  for (const socket of kept) socket.destroy();
});

describe('TLS', () => {
  const withTls = { listener: { tls: { key, certificate } } };

  test('gRPC and files', async () => {
    const { listener } = await serve(withTls);
    const authority = `localhost:${listener.ports[0]}`;
    const client = new Client(authority, credentials.createSsl(certificate), {});
    const asIs = (bytes: Uint8Array): Buffer => Buffer.from(bytes);
    const metadata = new Metadata();
    metadata.set('authorization', basic('reader'));
    const request = methods.listTableFiles.request.encode(repo);
    const bytes = await new Promise<Uint8Array>((resolve, reject) => {
      client.makeUnaryRequest(methods.listTableFiles.path, asIs, asIs, request, metadata, (error, answer) =>
        error ? reject(error) : resolve(answer!),
      );
    });
    client.close();
    const { url } = methods.listTableFiles.response.decode(bytes).tableFileInfo[0]!;
    expect(url).toMatch(/^https:\/\/localhost:/);
    const status = await new Promise((resolve, reject) => {
      get(url, { ca: certificate }, (response) => resolve(response.resume().statusCode)).on('error', reject);
    });
    expect(status).toBe(200);
  });

  test.each([
    [['h2'], 'h2'],
    // A client that reads files by either: the original's.
    [['h2', 'http/1.1'], 'http/1.1'],
    [['http/1.1'], 'http/1.1'],
  ])('%j is %s', async (offered, chosen) => {
    const { listener } = await serve(withTls);
    const socket = connectTls({
      ...{ host: 'localhost', port: listener.ports[0]!, ca: certificate, ALPNProtocols: offered },
    });
    await new Promise((resolve, reject) => socket.once('secureConnect', resolve).once('error', reject));
    expect(socket.alpnProtocol).toBe(chosen);
    socket.destroy();
  });

  test('who speaks in clear there is left', async () => {
    const { listener } = await serve(withTls);
    await expect(fetch(`http://127.0.0.1:${listener.ports[0]}/`)).rejects.toThrow();
  });
});

describe('the end', () => {
  test('what is under way is waited for; what comes then is refused', async () => {
    const running = await serve();
    const { tableFileInfo } = await running.call(methods.listTableFiles, repo);
    const response = await fetch(tableFileInfo[0]!.url);
    const stream = running.channel.stream(methods.streamChunkLocations.path, {
      metadata: { authorization: basic('reader') },
    });
    const answers = stream.answers[Symbol.asyncIterator]();
    const request = methods.streamChunkLocations.request.encode({ ...repo, chunkHashes: new Uint8Array(20) });
    stream.send(request);
    expect((await answers.next()).done).toBe(false);
    const closed = running.listener.close(5000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    stream.send(request);
    expect((await answers.next()).done).toBe(false);
    stream.end();
    expect((await answers.next()).done).toBe(true);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(0);
    const start = performance.now();
    await closed;
    expect(performance.now() - start).toBeLessThan(3000);
    await expect(running.call(methods.root, repo)).rejects.toMatchObject({ code: GrpcStatus.unavailable });
    await expect(fetch(`${running.origin}/x`)).rejects.toThrow();
  });

  test('and not for longer than told', async () => {
    const running = await serve();
    const stream = running.channel.stream(methods.streamChunkLocations.path, {
      metadata: { authorization: basic('reader') },
    });
    const answers = stream.answers[Symbol.asyncIterator]();
    stream.send(methods.streamChunkLocations.request.encode({ ...repo, chunkHashes: new Uint8Array(20) }));
    await answers.next();
    const idle = connect(running.listener.ports[0]!, '127.0.0.1');
    await new Promise((resolve) => idle.once('connect', resolve));
    const start = performance.now();
    const left = expect(answers.next()).rejects.toThrow();
    await running.listener.close(200);
    expect(performance.now() - start).toBeLessThan(2000);
    await left;
    idle.destroy();
  });
});

describe('pushes at the end', () => {
  const pusher = { repository: 'me/db', caller: 'ada', peer: '127.0.0.1' };
  const [one, two] = ['1'.repeat(32), '2'.repeat(32)] as [Address, Address];
  let nowMs: number;
  const fileOf = (name: Address) => ({ name, chunkCount: 1 });
  const refuse = async (): Promise<never> => {
    throw new Error('refused');
  };
  /** What happens when so much time has gone by. */
  let later: ReadonlyMap<number, () => void>;
  let pushes: OpenPushes;

  beforeEach(() => {
    nowMs = 0;
    later = new Map();
    const clock = { now: () => nowMs, monotonic: () => nowMs };
    const sleep = async (ms: number): Promise<void> => {
      for (let i = 0; i < ms; i++) later.get(++nowMs)?.();
      await new Promise((resolve) => setImmediate(resolve));
    };
    pushes = new OpenPushes({ clock, timers: { sleep } });
  });

  /** How long the end took, and whether others could begin meanwhile. */
  async function ended(graceMs: number): Promise<number> {
    await pushes.end(graceMs);
    expect(() => pushes.announced({ ...pusher, caller: 'bob' }, [one])).toThrow(/is ending/);
    return nowMs;
  }

  test('without any there is nothing to wait for', async () => {
    expect(await ended(30_000)).toBe(0);
  });

  test('one may send more files, and is over a moment after its Commit', async () => {
    pushes.announced(pusher, [one]);
    const stays = async () => {};
    later = new Map([
      [900, () => void pushes.arriving('me/db', one, stays)],
      [5000, () => pushes.announced(pusher, [`${two}.darc`])],
      [6000, () => void pushes.adding(pusher, [fileOf(one)], stays)],
      [7000, () => void pushes.committing({ ...pusher, peer: '10.0.0.1' }, [fileOf(two)], async () => true)],
      [8000, () => void pushes.committing(pusher, [fileOf(two)], async () => false)],
      [9000, () => void pushes.committing(pusher, [], async () => true)],
    ]);
    expect(await ended(30_000)).toBe(10_000);
  });

  test('a file that arrives is waited for, and what comes behind it', async () => {
    pushes.announced(pusher, [one]);
    let arrive = (): void => {};
    void pushes.arriving('me/db', one, () => new Promise((resolve) => (arrive = resolve)));
    later = new Map([
      [20_000, () => arrive()],
      [29_000, () => void pushes.committing(pusher, [fileOf(one)], async () => true)],
    ]);
    expect(await ended(30_000)).toBe(30_000);
  });

  test('nobody is waited for longer than told', async () => {
    pushes.announced(pusher, [one]);
    void pushes.arriving('me/db', one, () => new Promise(() => {}));
    expect(await ended(5000)).toBe(5000);
  });

  test('who has not been heard of for a while has gone', async () => {
    pushes.announced(pusher, [one]);
    await pushes.arriving('me/db', one, async () => {});
    nowMs = 9000;
    pushes.announced({ ...pusher, repository: 'me/other' }, [two]);
    expect(await ended(30_000)).toBe(10_000);
  });

  test.each([
    ['a file', 1000, () => pushes.arriving('me/db', one, refuse)],
    ['its Commit', 0, () => pushes.committing(pusher, [], refuse)],
  ])('of a push of which %s is refused, more is waited for during %d ms', async (_, waitMs, refused) => {
    pushes.announced(pusher, [one]);
    await expect(refused()).rejects.toThrow('refused');
    expect(await ended(30_000)).toBe(waitMs);
  });
});
