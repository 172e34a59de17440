/** Files over HTTP straight into memory, by Node's client and by fetch alike, from a server that does what real ones do. */
import { createHash, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createRawServer, type Server as RawServer } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Network } from '../../src/base/network.ts';
import { nodeRanges } from '../../src/base/node-ranges.ts';
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

const { readRange, ...byHttp } = nodeNetwork;
const { http, ...byFetch } = byHttp;
const networks: readonly (readonly [string, Network])[] = [
  ['ranges', nodeNetwork],
  ['http', byHttp],
  ['fetch', byFetch],
];

function ranged(request: IncomingMessage, response: ServerResponse): void {
  const [, first, last] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')!;
  const [start, end] = [Number(first), Math.min(content.length, Number(last) + 1)];
  const headers = { 'content-range': `bytes ${start}-${end - 1}/${content.length}`, 'content-length': end - start };
  response.writeHead(206, headers);
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
    expect(connections).toBeLessThanOrEqual(network.readRange ? 2 : network.http ? 1 : 3);
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

describe('straight into memory', () => {
  /** What the server sends for each question, in pieces that come one by one; the connection ends with `undefined`. */
  let answers: (readonly (string | undefined)[])[];
  let asked: string[];
  let raw: RawServer;
  let rawUrl: string;

  beforeEach(async () => {
    answers = [];
    asked = [];
    raw = createRawServer((socket) => {
      socket.setNoDelay(true);
      socket.on('error', () => {});
      socket.on('data', async (question) => {
        asked.push(String(question));
        for (const piece of answers.shift() ?? [undefined]) {
          if (piece === undefined) socket.destroy();
          else socket.write(piece, 'latin1');
          await setTimeout(5);
        }
      });
    });
    await once(raw.listen(0, '127.0.0.1'), 'listening');
    rawUrl = `http://127.0.0.1:${(raw.address() as AddressInfo).port}/a%20file?with=this`;
  });
  afterEach(() => raw.close());

  const HEAD = 'HTTP/1.1 206 Partial Content\r\nContent-Length: 5\r\ncontent-range: bytes 7-11/100\r\n\r\n';

  async function read(reader = nodeRanges(), length = 5): Promise<string | undefined> {
    const target = new Uint8Array(length);
    const count = await reader(rawUrl, 7, target);
    return count === undefined ? undefined : Buffer.from(target.buffer, 0, count).toString('latin1');
  }

  test('it asks for a part of the file that the URL names', async () => {
    answers = [[`${HEAD}hello`]];
    expect(await read()).toBe('hello');
    const [question, ...headers] = asked[0]!.split('\r\n');
    expect(question).toBe('GET /a%20file?with=this HTTP/1.1');
    expect(headers).toEqual(expect.arrayContaining([`host: ${new URL(rawUrl).host}`, 'range: bytes=7-11']));
  });

  test('an answer may come in any pieces', async () => {
    const whole = `${HEAD}hello`;
    answers = [[...whole], [whole.slice(0, 20), whole.slice(20)], [HEAD, 'he', 'llo']];
    const reader = nodeRanges();
    for (let i = 0; i < 3; i++) expect(await read(reader)).toBe('hello');
  });

  test('a part that is shorter than what was asked for is given as it is', async () => {
    answers = [[`${HEAD}hello`]];
    expect(await read(nodeRanges(), 50)).toBe('hello');
  });

  test.each([
    ['another status', 'HTTP/1.1 404 Not Found\r\ncontent-length: 5\r\n\r\nhello'],
    ['the whole file', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello'],
    ['another part', HEAD.replace('7-11', '8-12').concat('hello')],
    ['more than was asked for', HEAD.replace('Length: 5', 'Length: 6').concat('hello!')],
    ['more than it says', HEAD.concat('hello!')],
    ['no length', HEAD.replace('Content-Length: 5\r\n', '').concat('hello')],
    ['two lengths', HEAD.replace('\r\n\r\n', '\r\ncontent-length: 6\r\n\r\n').concat('hello')],
    ['chunks', HEAD.replace('Content-Length: 5', 'transfer-encoding: chunked').concat('5\r\nhello\r\n0\r\n\r\n')],
    ['a compressed part', HEAD.replace('\r\n\r\n', '\r\ncontent-encoding: gzip\r\n\r\n').concat('hello')],
    ['a head without an end', `HTTP/1.1 206 OK\r\n${'x: y\r\n'.repeat(3000)}`],
    ['no HTTP', 'SSH-2.0-OpenSSH_9.2p1\r\n\r\n'],
  ])('%s is left to another client', async (_, answer) => {
    answers = [[answer]];
    expect(await read()).toBeUndefined();
  });

  test('who answers otherwise is asked otherwise from then on; who refuses is asked again', async () => {
    const reader = nodeRanges();
    answers = [['HTTP/1.1 503 Busy\r\n\r\n'], ['HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello']];
    for (let i = 0; i < 4; i++) expect(await read(reader)).toBeUndefined();
    expect(asked.length).toBe(2);
  });

  test('a connection that was closed meanwhile is replaced, one that breaks off is told of', async () => {
    const reader = nodeRanges();
    answers = [[`${HEAD}hello`], [undefined], [`${HEAD}again`], [`${HEAD}hel`, undefined]];
    expect(await read(reader)).toBe('hello');
    expect(await read(reader)).toBe('again');
    await expect(read(reader)).rejects.toThrow(/closed|ECONNRESET/);
    // A new one, of which nothing comes.
    await expect(read(reader)).rejects.toThrow(/closed|ECONNRESET/);
  });

  test('what nobody asked for is not taken for an answer', async () => {
    const reader = nodeRanges();
    answers = [[`${HEAD}hello`, `${HEAD}other`], [`${HEAD}right`]];
    expect(await read(reader)).toBe('hello');
    await setTimeout(20);
    expect(await read(reader)).toBe('right');
  });

  test('many at once have a connection each, and keep them', async () => {
    const reader = nodeRanges();
    for (let round = 0; round < 2; round++) {
      answers = Array.from({ length: 20 }, () => [HEAD, 'hello']);
      const all = await Promise.all(Array.from({ length: 20 }, () => read(reader)));
      expect(new Set(all)).toEqual(new Set(['hello']));
    }
  });
});

async function* inPieces(): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < content.length; at += 100_000) yield content.subarray(at, at + 100_000);
}
