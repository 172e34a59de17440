/** Files over HTTP by Node's client and by fetch alike, from a server that does what real ones do. */
import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Network } from '../../src/base/network.ts';
import { nodeNetwork } from '../../src/node-network.ts';
import { HttpFiles } from '../../src/remote/http-files.ts';

const content = randomBytes(3 << 20);
let server: Server;
let url: string;
let connections: number;
let respond: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  connections = 0;
  server = createServer((request, response) => respond(request, response));
  server.on('connection', () => connections++);
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/file`;
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

const { http, ...byFetch } = nodeNetwork;
const networks: readonly (readonly [string, Network])[] = [
  ['http', nodeNetwork],
  ['fetch', byFetch],
];

function ranged(request: IncomingMessage, response: ServerResponse): void {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')!;
  const [start, end] = [Number(first), Math.min(content.length, Number(last) + 1)];
  response.writeHead(206, { 'content-range': `bytes ${start}-${end - 1}/${content.length}` });
  response.end(content.subarray(start, end));
}

describe.each(networks)('by %s', (_, network) => {
  const files = (): HttpFiles => new HttpFiles({ network, url: 'http://remote/a/b' });

  test('ranges are read over connections that are used again', async () => {
    respond = ranged;
    const reader = files();
    expect(await reader.size(url)).toBe(content.length);
    for (const [offset, length] of [
      [0, 1],
      [5, 100_000],
      [content.length - 10, 10],
      [0, content.length],
    ] as const) {
      const bytes = await reader.read(url, { offset, length });
      expect(Buffer.from(bytes).equals(content.subarray(offset, offset + length))).toBe(true);
    }
    // `fetch` may give up one whose answer it has not seen the end of.
    expect(connections).toBeLessThanOrEqual(network.http ? 1 : 3);
  });

  test('a server that knows no ranges sends all, of which the range is taken', async () => {
    respond = (_request, response) => {
      response.writeHead(200, { 'content-length': String(content.length) });
      response.end(content);
    };
    expect(await files().size(url)).toBe(content.length);
    const bytes = await files().read(url, { offset: 1000, length: 50 });
    expect(Buffer.from(bytes).equals(content.subarray(1000, 1050))).toBe(true);
  });

  test('an answer that breaks off, ends early or does not come can be asked for again', async () => {
    const span = { offset: 0, length: content.length };
    respond = (_request, response) => {
      response.writeHead(206, { 'content-length': String(content.length) });
      response.write(content.subarray(0, 100_000), () => response.destroy());
    };
    await expect(files().read(url, span)).rejects.toMatchObject({ kind: 'unavailable' });
    respond = (_request, response) => {
      response.writeHead(206);
      response.end(content.subarray(0, 100));
    };
    await expect(files().read(url, span)).rejects.toThrow('remote http://remote/a/b: an answer ended after 100 bytes');
    respond = (request) => request.socket.destroy();
    await expect(files().read(url, span)).rejects.toMatchObject({ kind: 'unavailable' });
    server.close();
    server.closeAllConnections();
    await expect(files().read(url, span)).rejects.toMatchObject({ kind: 'unavailable' });
  });

  test.each([
    [401, 'denied'],
    [403, 'denied'],
    [404, 'notFound'],
    [416, 'invalid'],
    [429, 'unavailable'],
    [500, 'unavailable'],
  ])('status %i is %s, with what the server says', async (status, kind) => {
    respond = (_request, response) => {
      response.writeHead(status);
      response.end(`because of ${'x'.repeat(100_000)}`);
    };
    const refused = files().read(url, { offset: 0, length: 1 });
    await expect(refused).rejects.toMatchObject({ kind, status });
    await expect(refused).rejects.toThrow(/HTTP status \d+: because of x{150,200}$/);
  });

  test('a file is written as it was announced, no faster than it is taken', async () => {
    const pieces: Buffer[] = [];
    let headers: IncomingMessage['headers'] = {};
    respond = (request, response) => {
      ({ headers } = request);
      request.on('data', (piece: Buffer) => {
        pieces.push(piece);
        request.pause();
        setImmediate(() => request.resume());
      });
      request.on('end', () => response.end());
    };
    const md5 = createHash('md5').update(content).digest();
    await files().write(url, inPieces(), { length: content.length, md5 });
    expect(Buffer.concat(pieces).equals(content)).toBe(true);
    expect(headers).toMatchObject({
      'content-length': String(content.length),
      'content-md5': md5.toString('base64'),
    });
  });

  test('a file that is refused, or whose server goes away, is no loss of patience', async () => {
    const announced = { length: content.length, md5: new Uint8Array(16) };
    respond = (_request, response) => {
      response.writeHead(403, { connection: 'close' });
      response.end('too large');
    };
    // Whether the answer or the end of the connection is seen first is up to the system.
    await expect(files().write(url, inPieces(), announced)).rejects.toMatchObject({
      kind: expect.stringMatching(/denied|unavailable/),
    });
    respond = (request) => request.socket.destroy();
    await expect(files().write(url, inPieces(), announced)).rejects.toMatchObject({ kind: 'unavailable' });
  });
});

async function* inPieces(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000);
}
