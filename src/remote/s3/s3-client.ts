/**
 * S3 as it is used here: objects below one prefix of one bucket, read by ranges, listed, written whole or in parts, and
 * replaced under a condition. Every request is signed (aws4fetch); what is harmless to repeat is repeated. A name is an
 * object's key without the prefix.
 */
import { createHash } from 'node:crypto';
import { AwsV4Signer } from 'aws4fetch';
import { DoltError } from '../../base/errors.ts';
import { type HttpClient, httpByFetch } from '../../base/network.ts';
import type { Environment } from '../../repo/repository.ts';
import { retrying } from '../retry.ts';
import type { Span } from '../spans.ts';
import { AwsSettings } from './aws-settings.ts';
import { S3Error, s3Error } from './s3-errors.ts';
import { isEndpoint, parseS3Url } from './s3-url.ts';
import { elementsOf, escaped, textOf } from './xml.ts';

export interface S3Object {
  readonly bytes: Uint8Array;
  readonly etag: string;
  /** Of the whole object. */
  readonly size: number;
}

export interface ListedObject {
  readonly name: string;
  readonly size: number;
  readonly modifiedMs: number;
}

export interface Listing {
  readonly objects: readonly ListedObject[];
  /** When it was made, by the clock that `modifiedMs` is of. */
  readonly atMs: number;
}

/** Bytes of an object: a span of it, or so many at its end (all of it, where it has fewer). */
export type Range = Span | { readonly last: number };

/** A part that was uploaded. */
export type PartTag = string;

interface S3Request {
  readonly method: 'GET' | 'HEAD' | 'PUT' | 'POST' | 'DELETE';
  /** The bucket itself unless told. */
  readonly name?: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
}

interface Answer {
  readonly status: number;
  header(name: string): string | undefined;
  readonly bytes: Uint8Array;
}

const NO_BODY = createHash('sha256').digest('hex');

export class S3Client {
  /** For messages: the URL without its parameters. */
  readonly where: string;
  readonly #environment: Environment;
  readonly #http: HttpClient;
  readonly #settings: AwsSettings;
  readonly #bucket: string;
  readonly #prefix: string;
  readonly #endpoint: string;
  readonly #region: string;
  /** What every object's URL begins with. */
  readonly #base: string;
  /** Keys of signatures that were made already. */
  readonly #signingKeys = new Map<string, ArrayBuffer>();

  /** Throws `invalid` for a URL or an endpoint that is none, and `unsupported` without a network. */
  constructor(environment: Environment, url: string) {
    const { network } = environment;
    if (!network) throw new DoltError('unsupported', `remote ${url}: there is no network here`);
    const { bucket, prefix, endpoint, region, isPathStyle } = parseS3Url(url);
    this.#environment = environment;
    this.#http = network.http ?? httpByFetch(network.fetch);
    this.#settings = new AwsSettings(environment);
    this.#bucket = bucket;
    this.#prefix = prefix === '' ? '' : `${prefix}/`;
    this.#region = region ?? this.#settings.region() ?? 'us-east-1';
    this.#endpoint = (endpoint ?? this.#settings.endpoint() ?? `https://s3.${this.#region}.amazonaws.com`).replace(
      /\/+$/,
      '',
    );
    if (!isEndpoint(this.#endpoint))
      throw new DoltError('invalid', `'${this.#endpoint}' is no endpoint of S3: https://host[:port]`);
    this.#base = baseOf(this.#endpoint, bucket, isPathStyle);
    this.where = `s3://${bucket}/${prefix}`;
  }

  /** Bytes of an object, or of all of it; undefined when there is none. Throws `unavailable` where they do not all come. */
  async read(name: string, range?: Range): Promise<S3Object | undefined> {
    const headers: Record<string, string> = range === undefined ? {} : { range: rangeHeader(range) };
    return await this.#retrying(async () => {
      const answer = await this.#send({ method: 'GET', name, headers }, [200, 206, 404]);
      return answer.status === 404 ? undefined : this.#objectIn(name, answer, range);
    });
  }

  /** All of an object that is not the one with this ETag. */
  async readUnless(name: string, etag: string): Promise<S3Object | 'unchanged' | undefined> {
    return await this.#retrying(async () => {
      const answer = await this.#send({ method: 'GET', name, headers: { 'if-none-match': etag } }, [200, 304, 404]);
      if (answer.status === 304) return 'unchanged';
      return answer.status === 404 ? undefined : this.#objectIn(name, answer, undefined);
    });
  }

  async head(name: string): Promise<Omit<ListedObject, 'name'> | undefined> {
    return await this.#retrying(async () => {
      const { status, header } = await this.#send({ method: 'HEAD', name }, [200, 404]);
      if (status === 404) return undefined;
      return {
        size: Number(header('content-length')),
        modifiedMs: Date.parse(header('last-modified') ?? ''),
      };
    });
  }

  async write(name: string, body: Uint8Array): Promise<void> {
    await this.#retrying(() => this.#send({ method: 'PUT', name, body }, [200]));
  }

  /**
   * Replaces an object that has this ETag, or makes one where none is (`undefined`); its ETag then, and undefined when that
   * is not so. Asked once: throws `unknown` when it is not known whether it happened.
   */
  async writeIf(name: string, etag: string | undefined, body: Uint8Array): Promise<string | undefined> {
    const condition: Record<string, string> = etag === undefined ? { 'if-none-match': '*' } : { 'if-match': etag };
    try {
      const request = { method: 'PUT', name, headers: condition, body } as const;
      const { header } = await this.#send(request, [200]);
      return header('etag') ?? '';
    } catch (error) {
      if (error instanceof S3Error && (error.status === 412 || isConflict(error) || isGone(error))) return undefined;
      if (!(error instanceof DoltError) || error.kind !== 'unavailable') throw error;
      throw new DoltError('unknown', `${error.message}; it is not known whether ${this.where}/${name} was written`, {
        cause: error,
      });
    }
  }

  /** Makes an object as young as one that is written now; false where there is none. */
  async touch(name: string): Promise<boolean> {
    const headers = {
      'x-amz-copy-source': encodePath(`${this.#bucket}/${this.#prefix}${name}`),
      'x-amz-metadata-directive': 'REPLACE',
    };
    return await this.#retrying(async () => {
      const answer = await this.#send({ method: 'PUT', name, headers }, [200, 404]);
      if (answer.status === 404) return false;
      // It begins to answer before it is done.
      this.#textIn(answer, 'ETag');
      return true;
    });
  }

  async remove(name: string): Promise<void> {
    await this.#retrying(() => this.#send({ method: 'DELETE', name }, [200, 204, 404]));
  }

  /** The objects whose names begin so, without those below further slashes. */
  async list(start = ''): Promise<Listing> {
    const objects: ListedObject[] = [];
    let atMs: number | undefined;
    for await (const { xml, header } of this.#pages(start)) {
      for (const each of elementsOf(xml, 'Contents')) {
        const name = this.#nameIn(each, 'Key');
        const modifiedMs = Date.parse(textOf(each, 'LastModified') ?? '');
        objects.push({ name, size: Number(textOf(each, 'Size')), modifiedMs });
      }
      atMs ??= Date.parse(header('date') ?? '') || this.#environment.clock.now();
    }
    return { objects, atMs: atMs! };
  }

  /** What lies between `start` and the next slash of names that go on behind it: folders, in their order. */
  async folders(start = ''): Promise<readonly string[]> {
    const names: string[] = [];
    for await (const { xml } of this.#pages(start)) {
      for (const each of elementsOf(xml, 'CommonPrefixes')) {
        names.push(this.#nameIn(each, 'Prefix').slice(start.length, -1));
      }
    }
    return names;
  }

  async *#pages(start: string): AsyncGenerator<Pick<Answer, 'header'> & { readonly xml: string }, void> {
    let token: string | undefined;
    do {
      const query: Record<string, string> = {
        'list-type': '2',
        delimiter: '/',
        'encoding-type': 'url',
        prefix: this.#prefix + start,
        ...(token === undefined ? {} : { 'continuation-token': token }),
      };
      const { bytes, header } = await this.#retrying(() => this.#send({ method: 'GET', query }, [200]));
      const xml = new TextDecoder().decode(bytes);
      yield { xml, header };
      token = textOf(xml, 'IsTruncated') === 'true' ? textOf(xml, 'NextContinuationToken') : undefined;
    } while (token !== undefined);
  }

  /** A key of a listing, without the prefix. */
  #nameIn(xml: string, element: string): string {
    return decodeURIComponent((textOf(xml, element) ?? '').replaceAll('+', ' ')).slice(this.#prefix.length);
  }

  /** Begins an upload in parts; its id. */
  async beginUpload(name: string): Promise<string> {
    const answer = await this.#retrying(() => this.#send({ method: 'POST', name, query: { uploads: '' } }, [200]));
    return this.#textIn(answer, 'UploadId');
  }

  /** `number` counts from 1. */
  async writePart(name: string, uploadId: string, number: number, body: Uint8Array): Promise<PartTag> {
    const query = { partNumber: String(number), uploadId };
    const request = { method: 'PUT', name, query, body } as const;
    const { header } = await this.#retrying(() => this.#send(request, [200]));
    return header('etag') ?? '';
  }

  /** Makes the object of its parts, `size` bytes in all. */
  async completeUpload(name: string, uploadId: string, parts: readonly PartTag[], size: number): Promise<void> {
    const list = parts.map((tag, i) => `<Part><PartNumber>${i + 1}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`);
    const body = new TextEncoder().encode(`<CompleteMultipartUpload>${list.join('')}</CompleteMultipartUpload>`);
    await this.#retrying(async (attempt) => {
      try {
        const answer = await this.#send({ method: 'POST', name, query: { uploadId }, body }, [200]);
        // It begins to answer before it is done.
        this.#textIn(answer, 'ETag');
      } catch (error) {
        const isDone = attempt > 1 && error instanceof S3Error && error.code === 'NoSuchUpload';
        if (!isDone || (await this.head(name))?.size !== size) throw error;
      }
    });
  }

  async abortUpload(name: string, uploadId: string): Promise<void> {
    await this.#retrying(() => this.#send({ method: 'DELETE', name, query: { uploadId } }, [200, 204, 404]));
  }

  /** Uploads in parts that were begun before `beforeMs` and not ended. */
  async unfinishedUploads(beforeMs: number): Promise<readonly { readonly name: string; readonly uploadId: string }[]> {
    const query = { uploads: '', prefix: this.#prefix, delimiter: '/', 'encoding-type': 'url' };
    const { bytes } = await this.#retrying(() => this.#send({ method: 'GET', query }, [200]));
    const uploads = [...elementsOf(new TextDecoder().decode(bytes), 'Upload')].map((each) => ({
      name: decodeURIComponent(textOf(each, 'Key') ?? '').slice(this.#prefix.length),
      uploadId: textOf(each, 'UploadId') ?? '',
      begunMs: Date.parse(textOf(each, 'Initiated') ?? ''),
    }));
    return uploads.filter(({ begunMs }) => begunMs < beforeMs);
  }

  async #retrying<T>(attempt: (number: number) => Promise<T>): Promise<T> {
    const { timers, random } = this.#environment;
    return await retrying({ timers, random }, attempt);
  }

  async #send(
    { method, name, query = {}, headers = {}, body }: S3Request,
    expected: readonly number[],
  ): Promise<Answer> {
    const key = name === undefined ? '' : this.#prefix + name;
    const url = new URL(this.#base + encodePath(key));
    // A space is %20 in what is signed.
    url.search = Object.entries(query)
      .map(([parameter, value]) => `${parameter}=${encode(value)}`)
      .join('&');
    const signer = new AwsV4Signer({
      ...this.#settings.credentials(),
      method,
      url: url.href,
      headers: {
        ...headers,
        'x-amz-content-sha256': body ? createHash('sha256').update(body).digest('hex') : NO_BODY,
      },
      service: 's3',
      region: this.#region,
      cache: this.#signingKeys,
      datetime: new Date(this.#environment.clock.now()).toISOString().replace(/[:-]|\.\d{3}/g, ''),
    });
    const signed = await signer.sign();
    // What proxies change is not signed.
    signed.headers.set('accept-encoding', 'identity');
    if (method === 'PUT' || method === 'POST') signed.headers.set('content-length', String(body?.length ?? 0));
    const request = { method, headers: Object.fromEntries(signed.headers), ...(body ? { body: once(body) } : {}) };
    try {
      const { status, header, body: content } = await this.#http(signed.url.href, request);
      const bytes = await bytesOf(content);
      if (status === 404 && lacksBucket(method, bytes)) throw this.#refused(method, key, status, bytes);
      if (!expected.includes(status)) throw this.#refused(method, key, status, bytes);
      const length = header('content-length');
      if (method !== 'HEAD' && length !== undefined && Number(length) !== bytes.length) {
        throw new DoltError(
          'unavailable',
          `${method} ${this.where}/${name ?? ''}: the answer ended after ${bytes.length} bytes`,
        );
      }
      return { status, header, bytes };
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  #refused(method: string, key: string, status: number, bytes: Uint8Array): S3Error {
    const place = { bucket: this.#bucket, key, endpoint: this.#endpoint, region: this.#region };
    return s3Error(place, method, status, new TextDecoder().decode(bytes));
  }

  #unreachable(error: unknown): unknown {
    if (error instanceof DoltError || !(error instanceof Error)) return error;
    const cause = error.cause instanceof Error ? error.cause.message : error.message;
    return new DoltError('unavailable', `${this.where} at ${this.#endpoint}: ${cause || 'it cannot be reached'}`, {
      cause: error,
    });
  }

  #objectIn(name: string, { status, header, bytes }: Answer, range: Range | undefined): S3Object {
    const etag = header('etag') ?? '';
    if (range === undefined) return { bytes, etag, size: bytes.length };
    // A server that knows no ranges sends all of it.
    if (status === 200) return { bytes: cut(bytes, range), etag, size: bytes.length };
    const [, from, to, total] = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(header('content-range') ?? '') ?? [];
    const size = Number(total);
    const wanted = 'last' in range ? Math.min(range.last, size) : range.length;
    if (Number(to) - Number(from) + 1 !== bytes.length || bytes.length !== wanted) {
      throw new DoltError('unavailable', `GET ${this.where}/${name}: ${bytes.length} of ${wanted} bytes arrived`);
    }
    return { bytes, etag, size };
  }

  #textIn({ bytes }: Answer, element: string): string {
    const xml = new TextDecoder().decode(bytes);
    const text = textOf(xml, element);
    if (text !== undefined && textOf(xml, 'Code') === undefined) return text;
    throw new DoltError('unavailable', `${this.where}: ${textOf(xml, 'Code') ?? `the answer has no ${element}`}`);
  }
}

/** The host of AWS has a bucket's name before it; where that cannot be, or is not wished, the path has it. */
function baseOf(endpoint: string, bucket: string, isPathStyle: boolean): string {
  const { protocol, host, hostname, pathname } = new URL(endpoint);
  const path = pathname.replace(/\/+$/, '');
  const hasSubdomains = hostname.includes('.') && !/^[\d.]+$/.test(hostname) && !hostname.startsWith('[');
  const isLabel = /^[a-z0-9-]+$/.test(bucket);
  if (isPathStyle || !hasSubdomains || !isLabel) return `${protocol}//${host}${path}/${bucket}/`;
  return `${protocol}//${bucket}.${host}${path}/`;
}

const encodePath = (path: string): string => path.split('/').map(encode).join('/');

/** All but letters, digits, `-`, `_`, `.` and `~`, as signatures have it. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);

const rangeHeader = (range: Range): string =>
  'last' in range ? `bytes=-${range.last}` : `bytes=${range.offset}-${range.offset + range.length - 1}`;

const cut = (bytes: Uint8Array, range: Range): Uint8Array =>
  'last' in range
    ? bytes.subarray(Math.max(0, bytes.length - range.last))
    : bytes.subarray(range.offset, range.offset + range.length);

/** Not the whole bucket's absence, which is an error everywhere. */
const lacksBucket = (method: string, bytes: Uint8Array): boolean =>
  method !== 'HEAD' && textOf(new TextDecoder().decode(bytes), 'Code') === 'NoSuchBucket';

const isConflict = ({ status, code }: S3Error): boolean => status === 409 && code === 'ConditionalRequestConflict';

/** What was to be replaced is not there. */
const isGone = ({ code }: S3Error): boolean => code === 'NoSuchKey';

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array, void> {
  yield bytes;
}

async function bytesOf(body: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const pieces: Uint8Array[] = [];
  for await (const piece of body) pieces.push(piece);
  return pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
}
