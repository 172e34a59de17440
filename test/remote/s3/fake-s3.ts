/** S3 in memory, behind `Network.fetch`: every request can be counted, refused, lost, or answered with rubbish. */
import { createHash, createHmac } from 'node:crypto';
import type { Network } from '../../../src/base/network.ts';
import type { Environment } from '../../../src/repo/repository.ts';
import { scratchEnvironment } from '../../repo/scratch-repository.ts';

export interface FakeRequest {
  readonly method: string;
  /** Without the bucket. */
  readonly key: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  readonly body: Uint8Array<ArrayBuffer>;
}

/** What happens to a request; a number is a status that it is answered with, undone. */
export type Fate = 'request lost' | 'answer lost' | 'late' | 'truncated' | 'flipped' | number | undefined;

interface StoredObject {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly etag: string;
  readonly modifiedMs: number;
}

interface StoredUpload {
  readonly key: string;
  readonly begunMs: number;
  readonly parts: Map<number, Uint8Array<ArrayBuffer>>;
}

const LEAST_PART_BYTES = 5 << 20;

export class FakeS3 {
  readonly bucket = 'chunks';
  readonly objects = new Map<string, StoredObject>();
  readonly uploads = new Map<string, StoredUpload>();
  readonly requests: FakeRequest[] = [];
  nowMs = Date.UTC(2024, 0, 2, 3, 4, 5);
  fate: (request: FakeRequest, nth: number) => Fate = () => undefined;
  /** Runs before a request arrives. */
  before: (request: FakeRequest, nth: number) => Promise<void> | void = () => {};
  readonly #late: (() => void)[] = [];
  #uploads = 0;

  readonly variables = {
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    AWS_ENDPOINT_URL: 'http://127.0.0.1:1',
  };

  readonly network: Network = {
    fetch: async (input, init) => await this.#fetch(new URL(String(input)), init ?? {}),
    openChannel: () => {
      throw new Error('S3 speaks HTTP');
    },
  };

  /** A machine of its own; its clock is that of S3. */
  environment(): Environment {
    const environment = scratchEnvironment({ variables: this.variables });
    return {
      ...environment,
      clock: { now: () => this.nowMs, monotonic: () => this.nowMs },
      timers: { sleep: async () => await new Promise((resolve) => setImmediate(resolve)) },
      random: Math.random,
      network: this.network,
    };
  }

  put(key: string, bytes: Uint8Array): void {
    const copy = Uint8Array.from(bytes);
    const etag = `"${createHash('md5').update(copy).digest('hex')}"`;
    this.objects.set(key, { bytes: copy, etag, modifiedMs: Math.trunc(this.nowMs / 1000) * 1000 });
  }

  text(key: string): string | undefined {
    const object = this.objects.get(key);
    return object && new TextDecoder().decode(object.bytes);
  }

  /** What was late arrives now. */
  arrive(): void {
    for (const act of this.#late.splice(0)) act();
  }

  async #fetch(url: URL, init: RequestInit): Promise<Response> {
    const [, bucket = '', ...rest] = decodeURIComponent(url.pathname).split('/');
    const request: FakeRequest = {
      method: init.method ?? 'GET',
      key: rest.join('/'),
      query: url.searchParams,
      headers: new Headers(init.headers),
      body: new Uint8Array(await new Response(init.body ?? null).arrayBuffer()),
    };
    const nth = this.requests.length;
    this.requests.push(request);
    await new Promise((resolve) => setImmediate(resolve));
    await this.before(request, nth);
    if (!request.headers.get('authorization')?.startsWith('AWS4-HMAC-SHA256 Credential='))
      return refusal(403, 'AccessDenied');
    if (!isSigned(url, request)) return refusal(403, 'SignatureDoesNotMatch');
    const digest = createHash('sha256').update(request.body).digest('hex');
    if (request.headers.get('x-amz-content-sha256') !== digest) return refusal(400, 'XAmzContentSHA256Mismatch');
    if (bucket !== this.bucket) return refusal(404, 'NoSuchBucket');
    const fate = this.fate(request, nth);
    if (typeof fate === 'number') return refusal(fate, fate === 503 ? 'SlowDown' : 'InternalError');
    if (fate === 'request lost') throw new TypeError('fetch failed', { cause: new Error('socket hang up') });
    if (fate === 'late') {
      this.#late.push(() => void this.#answer(request));
      throw new TypeError('fetch failed', { cause: new Error('socket hang up') });
    }
    const response = this.#answer(request);
    if (fate === 'answer lost') throw new TypeError('fetch failed', { cause: new Error('socket hang up') });
    return fate === undefined ? response : await damaged(response, fate);
  }

  #answer({ method, key, query, headers, body }: FakeRequest): Response {
    if (key === '') return query.has('uploads') ? this.#listUploads(query) : this.#list(query);
    if (method === 'POST') return query.has('uploads') ? this.#begin(key) : this.#complete(key, query);
    const uploadId = query.get('uploadId');
    if (uploadId !== null) {
      const upload = this.uploads.get(uploadId);
      if (!upload || upload.key !== key) return refusal(404, 'NoSuchUpload');
      if (method === 'DELETE') this.uploads.delete(uploadId);
      else upload.parts.set(Number(query.get('partNumber')), body);
      return new Response(null, { status: method === 'DELETE' ? 204 : 200, headers: { etag: `"part"` } });
    }
    const object = this.objects.get(key);
    if (method === 'PUT') {
      const match = headers.get('if-match');
      if (match !== null && !object) return refusal(404, 'NoSuchKey');
      if (match !== null && object?.etag !== match) return refusal(412, 'PreconditionFailed');
      if (headers.get('if-none-match') === '*' && object) return refusal(412, 'PreconditionFailed');
      const source = headers.get('x-amz-copy-source');
      if (source !== null) return this.#copy(key, decodeURIComponent(source).replace(`${this.bucket}/`, ''));
      this.put(key, body);
      return new Response(null, { status: 200, headers: { etag: this.objects.get(key)!.etag } });
    }
    if (method === 'DELETE') {
      this.objects.delete(key);
      return new Response(null, { status: 204 });
    }
    if (!object) return method === 'HEAD' ? new Response(null, { status: 404 }) : refusal(404, 'NoSuchKey');
    if (headers.get('if-none-match') === object.etag) return new Response(null, { status: 304 });
    const about = { etag: object.etag, 'last-modified': new Date(object.modifiedMs).toUTCString() };
    const size = object.bytes.length;
    const range = /^bytes=(\d*)-(\d*)$/.exec(headers.get('range') ?? '');
    if (method === 'HEAD' || !range) {
      const length = { 'content-length': String(size) };
      return new Response(method === 'HEAD' ? null : object.bytes, { status: 200, headers: { ...about, ...length } });
    }
    const from = range[1] === '' ? Math.max(0, size - Number(range[2])) : Number(range[1]);
    const to = range[1] === '' || range[2] === '' ? size - 1 : Math.min(size - 1, Number(range[2]));
    if (from > to) return refusal(416, 'InvalidRange');
    const contentRange = { 'content-range': `bytes ${from}-${to}/${size}` };
    return new Response(object.bytes.slice(from, to + 1), { status: 206, headers: { ...about, ...contentRange } });
  }

  #copy(key: string, source: string): Response {
    const object = this.objects.get(source);
    if (!object) return refusal(404, 'NoSuchKey');
    this.put(key, object.bytes);
    return new Response(`<CopyObjectResult><ETag>${object.etag}</ETag></CopyObjectResult>`, { status: 200 });
  }

  #list(query: URLSearchParams): Response {
    const prefix = query.get('prefix') ?? '';
    const after = query.get('continuation-token') ?? '';
    const keys = [...this.objects.keys()].filter((key) => key.startsWith(prefix) && key > after).sort();
    const direct = keys.filter((key) => !key.slice(prefix.length).includes('/'));
    // Pages are short, so that there are several.
    const page = direct.slice(0, 10);
    const more = direct.length > page.length;
    const contents = page.map((key) => {
      const { bytes, modifiedMs } = this.objects.get(key)!;
      const time = new Date(modifiedMs).toISOString();
      return `<Contents><Key>${encodeURIComponent(key)}</Key><LastModified>${time}</LastModified><Size>${bytes.length}</Size></Contents>`;
    });
    const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    const xml = `<ListBucketResult><IsTruncated>${more}</IsTruncated>${next}${contents.join('')}</ListBucketResult>`;
    return new Response(xml, { status: 200, headers: { date: new Date(this.nowMs).toUTCString() } });
  }

  #listUploads(query: URLSearchParams): Response {
    const uploads = [...this.uploads].filter(([, { key }]) => key.startsWith(query.get('prefix') ?? ''));
    const xml = uploads.map(([id, { key, begunMs }]) => {
      const time = new Date(begunMs).toISOString();
      return `<Upload><Key>${encodeURIComponent(key)}</Key><UploadId>${id}</UploadId><Initiated>${time}</Initiated></Upload>`;
    });
    return new Response(`<ListMultipartUploadsResult>${xml.join('')}</ListMultipartUploadsResult>`, { status: 200 });
  }

  #begin(key: string): Response {
    const id = `upload&${++this.#uploads}`;
    this.uploads.set(id, { key, begunMs: this.nowMs, parts: new Map() });
    const xml = `<InitiateMultipartUploadResult><UploadId>${id.replace('&', '&amp;')}</UploadId></InitiateMultipartUploadResult>`;
    return new Response(xml, { status: 200 });
  }

  #complete(key: string, query: URLSearchParams): Response {
    const id = query.get('uploadId') ?? '';
    const upload = this.uploads.get(id);
    if (!upload) return refusal(404, 'NoSuchUpload');
    const parts = [...upload.parts].sort(([a], [b]) => a - b).map(([, bytes]) => bytes);
    if (parts.slice(0, -1).some(({ length }) => length < LEAST_PART_BYTES)) return refusal(400, 'EntityTooSmall');
    this.put(key, Buffer.concat(parts));
    this.uploads.delete(id);
    return new Response('<CompleteMultipartUploadResult><ETag>"whole-1"</ETag></CompleteMultipartUploadResult>');
  }
}

/** Whether a request bears the signature (AWS's version 4) that the secret `test` makes of it. */
function isSigned(url: URL, { method, headers }: FakeRequest): boolean {
  const authorization = /Credential=[^/]*\/([^,]*), SignedHeaders=([^,]*), Signature=(\w*)/.exec(
    headers.get('authorization') ?? '',
  );
  if (!authorization) return false;
  const [, scope = '', names = '', signature] = authorization;
  const path = url.pathname.split('/').map((part) => strictly(decodeURIComponent(part)));
  const query = url.search
    .slice(1)
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair) => pair.split('=').map((part) => strictly(decodeURIComponent(part))))
    .map(([name, value = '']) => `${name}=${value}`);
  const signed = names.split(';').map((name) => `${name}:${name === 'host' ? url.host : headers.get(name)}\n`);
  const lines = [method, path.join('/'), query.sort().join('&'), signed.join(''), names];
  const canonical = [...lines, headers.get('x-amz-content-sha256')].join('\n');
  const digest = createHash('sha256').update(canonical).digest('hex');
  const text = ['AWS4-HMAC-SHA256', headers.get('x-amz-date'), scope, digest].join('\n');
  const hmac = (key: string | Buffer, of: string): Buffer => createHmac('sha256', key).update(of).digest();
  const key = scope.split('/').reduce<string | Buffer>(hmac, 'AWS4test');
  return hmac(key, text).toString('hex') === signature;
}

const strictly = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

async function damaged(response: Response, fate: 'truncated' | 'flipped'): Promise<Response> {
  if (response.body === null) return response;
  const bytes = new Uint8Array(await response.arrayBuffer());
  const headers = new Headers(response.headers);
  if (fate === 'truncated') {
    headers.set('content-length', String(bytes.length));
    return new Response(bytes.slice(0, bytes.length >> 1), { status: response.status, headers });
  }
  if (bytes.length > 0) bytes[0]! ^= 1;
  return new Response(bytes, { status: response.status, headers });
}

function refusal(status: number, code: string): Response {
  return new Response(`<?xml version="1.0"?><Error><Code>${code}</Code><Message>no &amp; never</Message></Error>`, {
    status,
  });
}
