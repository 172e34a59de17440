/**
 * The HTTP half of the service: bytes of files, and files that arrive, behind the URLs that the other half has handed out.
 * Nothing is done for a URL that was not; and who may read or write is asked again.
 */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ADDRESS_CHARACTERS, parseAddress } from '../base/address.ts';
import type { Logger } from '../base/environment.ts';
import { DoltError } from '../base/errors.ts';
import { GrpcError, GrpcStatus } from '../base/network.ts';
import type { Span } from '../remote/spans.ts';
import { isOurs } from './chunk-service.ts';
import { DATA_PREFIX, type DataRead, type DataRequest, type DataUrls, type DataWrite } from './data-urls.ts';
import type { OpenPushes } from './open-pushes.ts';
import { rangesOf } from './ranges.ts';
import type { AnnouncedFile, ServedStore } from './served-store.ts';
import type { ServiceHost } from './service-host.ts';

export interface DataRoutesOptions {
  readonly host: ServiceHost;
  readonly urls: DataUrls;
  readonly pushes: OpenPushes;
  readonly logger: Logger;
  /** How long a client may send, or take, nothing; 30 seconds unless given. */
  readonly idleMs?: number | undefined;
}

const IDLE_MS = 30_000;
/** On the average, after the first idle time. */
const SLOWEST_BYTES_PER_SECOND = 4096;
/** As others write it in logs. */
const CLIENT_LEFT = 499;
const METHODS = 'GET, HEAD, PUT, POST';

interface Pace {
  readonly idleMs: number;
}

/** An answer that is no file. */
class HttpFault extends Error {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.headers = headers;
  }
}

export class DataRoutes {
  readonly #options: DataRoutesOptions;

  constructor(options: DataRoutesOptions) {
    this.#options = options;
  }

  /** Answers a request; false, and nothing is done, when its path is not one of these. */
  handle(request: IncomingMessage, response: ServerResponse): boolean {
    if (!request.url?.startsWith(DATA_PREFIX)) return false;
    this.#handle(request, response).catch((error: unknown) => this.#fail(error, request, response));
    return true;
  }

  async #handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    if (!isRead && request.method !== 'PUT' && request.method !== 'POST')
      throw new HttpFault(405, `the methods here are ${METHODS}`, { allow: METHODS });
    const asked = this.#options.urls.unseal(request.url!);
    if ((asked.kind === 'read') !== isRead) throw new HttpFault(403, `this URL is to ${asked.kind} a file`);
    const store = await this.#options.host.store(asked.repository, asked.caller, asked.kind);
    const pace = { idleMs: this.#options.idleMs ?? IDLE_MS };
    if (asked.kind === 'read') await sendFile(request, response, store, asked, pace);
    else {
      const receive = () => takeFile(request, response, store, asked, pace);
      await this.#options.pushes.arriving(asked.repository, asked.file, receive);
    }
  }

  #fail(error: unknown, request: IncomingMessage, response: ServerResponse): void {
    const { status, message, headers } = this.#faultOf(error);
    // What was not read of a body is not waited for.
    const isUnread = !request.complete;
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const text = `${message}\n`;
    response.writeHead(status, {
      'content-type': 'text/plain; charset=utf-8',
      'content-length': String(Buffer.byteLength(text)),
      ...(isUnread ? { connection: 'close' } : {}),
      ...headers,
    });
    response.end(request.method === 'HEAD' ? undefined : text, () => {
      if (isUnread) request.destroy();
    });
  }

  #faultOf(error: unknown): HttpFault {
    if (error instanceof HttpFault) return error;
    if (error instanceof GrpcError) return new HttpFault(statusOfCode(error), error.message);
    if (error instanceof DoltError && !isOurs(error)) return new HttpFault(statusOf(error), error.message);
    this.#options.logger.warn(`a file: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    return new HttpFault(
      error instanceof DoltError ? statusOf(error) : 500,
      'an error of the server, which its log describes',
    );
  }
}

async function sendFile(
  request: IncomingMessage,
  response: ServerResponse,
  store: ServedStore,
  asked: DataRead,
  pace: Pace,
): Promise<void> {
  const { name, suffix } = fileOf(asked);
  const size = await store.fileSize(name, suffix);
  if (size === undefined) throw new HttpFault(404, `there is no file ${asked.file} any more`);
  const ranges = rangesOf(request.headers.range, size);
  if (ranges === 'unsatisfiable')
    throw new HttpFault(416, `no such range of ${size} bytes`, { 'content-range': `bytes */${size}` });
  const parts = partsOf(ranges, size);
  response.writeHead(ranges ? 206 : 200, {
    'accept-ranges': 'bytes',
    'cache-control': 'private, max-age=600, immutable',
    'content-type': parts.type,
    'content-length': String(parts.length),
    ...parts.headers,
  });
  if (request.method !== 'HEAD') {
    for (const { head, span } of parts.list) {
      if (head !== '') await written(response, Buffer.from(head), pace);
      if (span) for await (const piece of store.read(name, suffix, span)) await written(response, piece, pace);
    }
  }
  response.end();
}

interface Parts {
  readonly type: string;
  readonly length: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Each with the text before it. */
  readonly list: readonly { readonly head: string; readonly span?: Span }[];
}

function partsOf(ranges: readonly Span[] | undefined, size: number): Parts {
  const whole = { offset: 0, length: size };
  const type = 'application/octet-stream';
  if (ranges === undefined || ranges.length === 1) {
    const span = ranges?.[0] ?? whole;
    const headers: Record<string, string> = ranges ? { 'content-range': contentRange(span, size) } : {};
    return { type, length: span.length, headers, list: [{ head: '', span }] };
  }
  const boundary = randomBytes(16).toString('hex');
  const list: { head: string; span?: Span }[] = ranges.map((span, i) => ({
    head: `${i === 0 ? '' : '\r\n'}--${boundary}\r\ncontent-type: ${type}\r\ncontent-range: ${contentRange(span, size)}\r\n\r\n`,
    span,
  }));
  list.push({ head: `\r\n--${boundary}--\r\n` });
  const length = list.reduce((sum, { head, span }) => sum + head.length + (span?.length ?? 0), 0);
  return { type: `multipart/byteranges; boundary=${boundary}`, length, headers: {}, list };
}

const contentRange = ({ offset, length }: Span, size: number): string =>
  `bytes ${offset}-${offset + length - 1}/${size}`;

/** Comes when the piece is no longer needed. Throws when the client has gone away. */
async function written(response: ServerResponse, piece: Uint8Array, { idleMs }: Pace): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const slow = setTimeout(() => response.destroy(), idleMs);
    const settle = (): void => {
      clearTimeout(slow);
      response.off('close', settle);
      if (response.destroyed) reject(new HttpFault(CLIENT_LEFT, 'the client went away'));
      else resolve();
    };
    response.on('close', settle);
    if (response.destroyed) settle();
    else response.write(piece, settle);
  });
}

async function takeFile(
  request: IncomingMessage,
  response: ServerResponse,
  store: ServedStore,
  asked: DataWrite,
  pace: Pace,
): Promise<void> {
  const announced: AnnouncedFile = { ...fileOf(asked), ...asked.announced };
  checkHeaders(request, announced);
  if (request.headers.expect?.toLowerCase() === '100-continue') response.writeContinue();
  await store.receive(announced, bodyOf(request, pace));
  response.writeHead(200, { 'content-length': '0' });
  response.end();
}

/** Refuses what need not be read to be refused. */
function checkHeaders({ headers }: IncomingMessage, { byteSize, md5 }: AnnouncedFile): void {
  const length = headers['content-length'];
  if (length !== undefined && Number(length) > byteSize)
    throw new HttpFault(413, `the file was announced to have ${byteSize} bytes`);
  if (length !== undefined && Number(length) !== byteSize)
    throw new HttpFault(400, `the file was announced to have ${byteSize} bytes`);
  const sent = headers['content-md5'];
  if (sent !== undefined && !Buffer.from(String(sent), 'base64').equals(md5))
    throw new HttpFault(400, 'content-md5 is not that of the file that was announced');
}

/** Throws when it does not come to its end, or too slowly. */
async function* bodyOf(request: IncomingMessage, { idleMs }: Pace): AsyncGenerator<Uint8Array, void> {
  const start = Date.now();
  let size = 0;
  let isSlow = false;
  const check = (): void => {
    const seconds = (Date.now() - start) / 1000;
    if (size >= (seconds - idleMs / 1000) * SLOWEST_BYTES_PER_SECOND) return;
    isSlow = true;
    request.destroy();
  };
  const checking = setInterval(check, Math.max(10, idleMs / 10));
  try {
    for await (const piece of request) {
      size += (piece as Uint8Array).length;
      yield piece as Uint8Array;
    }
    if (!request.complete) throw new HttpFault(400, 'the body broke off');
  } catch (error) {
    if (isSlow) throw new HttpFault(408, 'the body came too slowly');
    throw error instanceof DoltError ? error : new HttpFault(400, 'the body broke off');
  } finally {
    clearInterval(checking);
  }
}

function fileOf({ file }: DataRequest): Pick<AnnouncedFile, 'name' | 'suffix'> {
  const name = parseAddress(file.slice(0, ADDRESS_CHARACTERS));
  if (!name) throw new HttpFault(404, 'this URL names no file');
  return { name, suffix: file.slice(ADDRESS_CHARACTERS) };
}

function statusOf({ kind }: DoltError): number {
  switch (kind) {
    case 'notFound':
      return 404;
    case 'denied':
      return 403;
    case 'conflict':
      return 409;
    case 'invalid':
      return 400;
    case 'unsupported':
      return 501;
    case 'unavailable':
      return 503;
    default:
      return 500;
  }
}

function statusOfCode(error: GrpcError): number {
  if (error.code === GrpcStatus.unauthenticated) return 401;
  return statusOf(error);
}
