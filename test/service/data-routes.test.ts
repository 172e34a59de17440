/** Files behind sealed URLs: read by ranges, taken in when they are what was announced, and refused otherwise. */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Address, addressBytes, addressOf } from '../../src/base/address.ts';
import { MemoryDisk } from '../../src/base/memory-disk.ts';
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import { TableFileWriter, type WrittenTable } from '../../src/chunks/table-file-writer.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { methods } from '../../src/remote/grpc/messages.ts';
import { writeCommit } from '../../src/repo/commit.ts';
import { RootValue } from '../../src/repo/root-value.ts';
import { referencesOf } from '../../src/serial/references.ts';
import { DATA_PREFIX, type DataRequest, DataUrls, type DataWrite } from '../../src/service/data-urls.ts';
import { copyFolder, golden } from '../remote/remote-fixture.ts';
import { type Served, serveFolders } from './service-fixture.ts';

let served: Served;
const disk = new MemoryDisk();
beforeAll(async () => {
  copyFolder(disk, join(golden, 'remote-small'), '/data/me/db');
  served = await serveFolders({ disk, idleMs: 400 });
});
afterAll(() => served.close());

const repo = { repoPath: 'me/db' };

/** A table file of a root value and commits of it. */
function tableOf(commits: number, change: (file: Uint8Array) => void = () => {}): WrittenTable & { bytes: Uint8Array } {
  const chunks = new MemoryChunkStore();
  const nodes = new NodeStore(chunks);
  const root = RootValue.empty(nodes).address;
  const who = { name: 'Test', email: 'test@example.com' };
  const at = { author: who, committer: who, authorDate: 0, committerDate: 0 };
  const addresses = new Set([root]);
  for (let i = 0; i < commits; i++) addresses.add(writeCommit(nodes, root, [], { ...at, message: randomUUID() }));
  const memory = new MemoryDisk();
  memory.makeDirectory('', '/');
  const writer = new TableFileWriter(memory, '/', 'x');
  for (const address of walkAll(chunks, addresses)) writer.add(address, chunks.get(address)!);
  const written = writer.finish();
  const bytes = memory.readFile(written.path)!.slice();
  change(bytes);
  return { ...written, bytes };
}

function walkAll(chunks: MemoryChunkStore, from: ReadonlySet<Address>): ReadonlySet<Address> {
  const all = new Set(from);
  for (const address of all) for (const next of referencesOf(chunks.get(address)!)) all.add(next);
  return all;
}

interface Announced {
  readonly name: Address;
  readonly bytes: Uint8Array;
  readonly chunkCount: number;
  readonly suffix?: string;
}

async function uploadUrl({ name, bytes, chunkCount, suffix = '' }: Announced, path = 'me/db'): Promise<string> {
  const details = {
    id: addressBytes(name),
    contentLength: bytes.length,
    contentHash: createHash('md5').update(bytes).digest(),
    numChunks: chunkCount,
    suffix,
    splitOffset: 0,
  };
  const { locs } = await served.call(methods.getUploadLocations, { repoPath: path, tableFileDetails: [details] });
  return locs[0]!.httpPost!.url!;
}

const filesOf = (path = 'me/db'): readonly string[] => disk.list(`/data/${path}`) ?? [];

describe('reading', () => {
  let url: string;
  let whole: Buffer;
  beforeAll(async () => {
    const { tableFileInfo } = await served.call(methods.listTableFiles, repo);
    url = tableFileInfo.find((file) => file.url.includes('.darc'))!.url;
    const { pathname } = new URL(url);
    whole = Buffer.from(disk.readFile(`/data/me/db/${pathname.split('/').pop()!}`)!);
  });

  test('all of it, and its size', async () => {
    const response = await fetch(url);
    expect(response.status).toBe(200);
    expect(response.headers.get('accept-ranges')).toBe('bytes');
    expect(Buffer.from(await response.arrayBuffer()).equals(whole)).toBe(true);
    const head = await fetch(url, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(whole.length)]);
  });

  test.each([
    ['bytes=0-0', 0, 1],
    ['bytes=10-19', 10, 20],
    ['bytes=100-', 100, undefined],
    ['bytes=-7', -7, undefined],
    ['bytes=100-99999999', 100, undefined],
  ])('the range %s', async (range, start, end) => {
    const response = await fetch(url, { headers: { range } });
    expect(response.status).toBe(206);
    const expected = whole.subarray(start, end);
    const from = start < 0 ? whole.length + start : start;
    expect(response.headers.get('content-range')).toBe(`bytes ${from}-${from + expected.length - 1}/${whole.length}`);
    expect(Buffer.from(await response.arrayBuffer()).equals(expected)).toBe(true);
  });

  test('several ranges', async () => {
    const response = await fetch(url, { headers: { range: 'bytes=5-9, 20-29' } });
    expect(response.status).toBe(206);
    const boundary = /boundary=(\w+)/.exec(response.headers.get('content-type')!)![1];
    const body = Buffer.from(await response.arrayBuffer());
    expect(String(body.length)).toBe(response.headers.get('content-length'));
    const part = (from: number, to: number): string =>
      `--${boundary}\r\ncontent-type: application/octet-stream\r\ncontent-range: bytes ${from}-${to - 1}/${whole.length}\r\n\r\n${whole.subarray(from, to).toString('latin1')}\r\n`;
    expect(body.toString('latin1')).toBe(`${part(5, 10)}${part(20, 30)}--${boundary}--\r\n`);
  });

  test.each([
    'bytes=99999999-',
    'bytes=9-5',
    'bytes=-',
    'bytes=a-b',
    'bytes=-0',
    'bytes=0-9,5-6',
    `bytes=${Array(99).fill('0-0')}`,
  ])('no such range: %s', async (range) => {
    const response = await fetch(url, { headers: { range } });
    expect(response.status).toBe(416);
    expect(response.headers.get('content-range')).toBe(`bytes */${whole.length}`);
  });

  test('a range of what is not bytes is none', async () => {
    expect((await fetch(url, { headers: { range: 'chunks=1-2' } })).status).toBe(200);
  });

  test('a file that was conjoined away is still there for who has its URL', async () => {
    const { tableFileInfo } = await served.call(methods.listTableFiles, repo);
    const small = tableFileInfo.map((file) => file.url).filter((file) => !file.includes('.darc'))[0]!;
    const path = `/data/me/db/${new URL(small).pathname.split('/').pop()!}`;
    const bytes = disk.readFile(path)!;
    disk.remove('', path);
    try {
      const response = await fetch(small);
      expect(response.status).toBe(200);
      expect(Buffer.from(await response.arrayBuffer()).equals(bytes)).toBe(true);
    } finally {
      const file = disk.create('', path);
      file.write('', bytes, 0);
      file.close();
    }
  });
});

describe('URLs', () => {
  const read: DataRequest = { kind: 'read', repository: 'me/db', caller: 'writer', file: addressOf(new Uint8Array(1)) };
  const status = async (path: string): Promise<number> => (await fetch(served.origin + path)).status;

  test('of files that are not there, and no URL at all', async () => {
    expect(await status(served.urls.seal(read))).toBe(404);
    expect(await status('/anything')).toBe(404);
    for (const path of ['', 'me/db/manifest', `me/db/${read.file}?req=AAAA&nonce=AAAA&nbf=0&exp=9999999999999`])
      expect(await status(DATA_PREFIX + path), path).toBe(403);
  });

  test('that were changed', async () => {
    const url = served.urls.seal(read);
    const forged = [
      url.replace('me/db', 'me/other'),
      url.replace(/exp=\d+/, 'exp=9999999999999'),
      url.replace(/nbf=\d+/, 'nbf=1'),
      url.replace(read.file, 'manifest'),
      url.replace(/req=..../, 'req=AAAA'),
      url.replace(/nonce=..../, 'nonce=AAAA'),
      new DataUrls(served.environment.clock).seal(read),
    ];
    for (const path of forged) expect(await status(path), path).toBe(403);
  });

  test('are valid for a quarter of an hour, and for all who share the key', () => {
    let now = 1_000_000;
    const clock = { now: () => now, monotonic: () => now };
    const key = randomBytes(32);
    const path = new DataUrls(clock, key).seal(read);
    const other = new DataUrls(clock, key);
    for (const [shift, isValid] of [
      [0, true],
      [-9_000, true],
      [-11_000, false],
      [899_000, true],
      [901_000, false],
    ] as const) {
      now = 1_000_000 + shift;
      if (isValid) expect(other.unseal(path)).toEqual(read);
      else expect(() => other.unseal(path)).toThrow(/expired/);
    }
  });

  test('are for what they were made for, and for whom', async () => {
    const table = tableOf(1);
    const write = await uploadUrl(table);
    expect((await fetch(write)).status).toBe(403);
    const put = await fetch(served.origin + served.urls.seal(read), { method: 'PUT', body: 'x' });
    expect(put.status).toBe(403);
    expect((await fetch(write, { method: 'DELETE' })).status).toBe(405);
    // Whoever lost the right meanwhile has lost it here too.
    const { announced } = served.urls.unseal(new URL(write).pathname + new URL(write).search) as DataWrite;
    const reader = served.urls.seal({ ...read, kind: 'write', caller: 'reader', announced });
    expect((await fetch(served.origin + reader, { method: 'PUT', body: table.bytes })).status).toBe(403);
  });
});

describe('taking in', () => {
  const put = async (url: string, body: Uint8Array, headers: Record<string, string> = {}): Promise<number> =>
    (await fetch(url, { method: 'PUT', body, headers })).status;

  test('what was announced, once or twice', async () => {
    const table = tableOf(3);
    const url = await uploadUrl(table, 'me/taken');
    const md5 = createHash('md5').update(table.bytes).digest('base64');
    expect(await put(url, table.bytes, { 'content-md5': md5 })).toBe(200);
    expect(await put(url, table.bytes)).toBe(200);
    expect((await fetch(url, { method: 'POST', body: table.bytes })).status).toBe(200);
    expect(filesOf('me/taken').filter((name) => name !== 'LOCK' && name !== 'manifest')).toEqual([table.name]);
    expect(Buffer.from(disk.readFile(`/data/me/taken/${table.name}`)!).equals(table.bytes)).toBe(true);
  });

  const good = tableOf(3);
  const damaged = tableOf(3, (bytes) => {
    bytes[2]! ^= 1;
  });
  // The index names other chunks than the records are: the name fits it, and no checksum tells.
  const lying = (() => {
    const { bytes, chunkCount } = tableOf(1);
    bytes[bytes.length - 21]! ^= 1;
    const suffixes = bytes.subarray(bytes.length - 20 - 12 * chunkCount, bytes.length - 20);
    return { name: addressOf(suffixes), bytes, chunkCount };
  })();
  const noise = randomBytes(5000);
  const wrong: readonly (readonly [string, Announced, number, Uint8Array | undefined])[] = [
    ['other bytes than announced', good, 400, good.bytes.map((byte, i) => (i === 5 ? byte ^ 1 : byte))],
    ['fewer bytes than announced', good, 400, good.bytes.subarray(1)],
    ['more bytes than announced', good, 413, Buffer.concat([good.bytes, Buffer.alloc(1)])],
    ['a damaged record', damaged, 400, undefined],
    ['chunks that are not what their addresses say', lying, 400, undefined],
    ['the name of another', { ...good, name: addressOf(noise) }, 400, undefined],
    ['another number of chunks', { ...good, chunkCount: 9 }, 400, undefined],
    ['no file of chunks', { name: addressOf(noise), bytes: noise, chunkCount: 1 }, 400, undefined],
    ['no archive', { name: addressOf(noise), bytes: noise, chunkCount: 1, suffix: '.darc' }, 400, undefined],
    ['a table file for an archive', { ...good, suffix: '.darc' }, 400, undefined],
    ['a truncated file', { ...good, bytes: good.bytes.subarray(0, -8) }, 400, undefined],
    ['nothing but a footer', { ...good, bytes: good.bytes.subarray(-20) }, 400, undefined],
  ];
  test.each(wrong)('%s', async (_, announced, status, sent) => {
    const before = filesOf();
    expect(await put(await uploadUrl(announced), sent ?? announced.bytes)).toBe(status);
    expect(filesOf()).toEqual(before);
  });

  test('an MD5 that is another is refused before the body is read', async () => {
    expect(await put(await uploadUrl(good), good.bytes, { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' })).toBe(400);
  });

  /** Sends text and looks at what comes back until the other side closes. */
  const raw = (text: string, later?: (write: (text: string) => void) => void): Promise<string> =>
    new Promise((resolve) => {
      let answer = '';
      const socket = connect(served.listener.ports[0]!, '127.0.0.1', () => {
        socket.write(text);
        later?.((more) => socket.write(more));
      });
      socket.on('data', (bytes) => {
        answer += bytes.toString('latin1');
      });
      socket.on('error', () => {});
      socket.on('close', () => resolve(answer));
    });
  const pathOf = (url: string): string => new URL(url).pathname + new URL(url).search;

  test('a gigabyte that was not announced is refused at once', async () => {
    const url = pathOf(await uploadUrl(good));
    const head = `PUT ${url} HTTP/1.1\r\nhost: x\r\ncontent-length: 1073741824\r\n`;
    const before = filesOf();
    expect(await raw(`${head}\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
    expect(await raw(`${head}expect: 100-continue\r\n\r\n`)).toMatch(/^HTTP\/1\.1 413 /);
    expect(await raw(`PUT ${DATA_PREFIX}me/db/x HTTP/1.1\r\nhost: x\r\ncontent-length: 1073741824\r\n\r\n`)).toMatch(
      /^HTTP\/1\.1 403 /,
    );
    expect(filesOf()).toEqual(before);
  });

  test('a body without an end is cut where it becomes larger than announced', async () => {
    const url = pathOf(await uploadUrl(good));
    const chunk = `400\r\n${'x'.repeat(1024)}\r\n`;
    const answer = await raw(
      `PUT ${url} HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n${chunk.repeat(100)}`,
    );
    expect(answer).toMatch(/^HTTP\/1\.1 400 [\s\S]*larger than announced/);
    expect(filesOf().filter((name) => name.startsWith('nbs_table_'))).toEqual([]);
  });

  test('who sends nothing any more, or a byte now and then, is not waited for', async () => {
    const url = pathOf(await uploadUrl(good));
    const head = `PUT ${url} HTTP/1.1\r\nhost: x\r\ncontent-length: ${good.bytes.length}\r\n\r\nx`;
    const start = performance.now();
    await raw(head);
    let dripping: NodeJS.Timeout | undefined;
    await raw(head, (write) => {
      dripping = setInterval(() => write('x'), 100);
    });
    clearInterval(dripping);
    expect(performance.now() - start).toBeLessThan(5000);
    expect(filesOf().filter((name) => name.startsWith('nbs_table_'))).toEqual([]);
    // Nobody else is disturbed.
    expect(await put(await uploadUrl(good), good.bytes)).toBe(200);
  });

  test('a body that breaks off leaves nothing', async () => {
    const url = pathOf(await uploadUrl(good));
    await new Promise<void>((resolve) => {
      const socket = connect(served.listener.ports[0]!, '127.0.0.1', () => {
        socket.write(`PUT ${url} HTTP/1.1\r\nhost: x\r\ncontent-length: ${good.bytes.length}\r\n\r\nxxxx`);
        setTimeout(() => {
          socket.destroy();
          resolve();
        }, 50);
      });
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(filesOf().filter((name) => name.startsWith('nbs_table_'))).toEqual([]);
  });
});
