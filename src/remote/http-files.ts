/** Files behind URLs that a server hands out: read by ranges, whole, and written with their length and MD5 announced. */
import { DoltError, type ErrorKind } from '../base/errors.ts';
import {
  type HttpAnswer,
  type HttpClient,
  type HttpRequest,
  httpByFetch,
  type Network,
  type RangeReader,
} from '../base/network.ts';
import type { Span } from './spans.ts';

/** Of what a server says about an error. */
const MOST_TEXT = 1000;

export interface HttpFilesOptions {
  readonly network: Network;
  /** Of the remote, for errors. */
  readonly url: string;
}

/** The server answered, and not with what was asked for. `status` is HTTP's. */
export class HttpStatusError extends DoltError {
  readonly status: number;
  constructor(url: string, status: number, text: string) {
    super(kindOf(status), `remote ${url}: HTTP status ${status}${text === '' ? '' : `: ${text.trim().slice(0, 200)}`}`);
    this.status = status;
  }
}

function kindOf(status: number): ErrorKind {
  if (status === 401 || status === 403) return 'denied';
  if (status === 404 || status === 410) return 'notFound';
  if (status === 408 || status === 429 || status >= 500) return 'unavailable';
  return 'invalid';
}

export class HttpFiles {
  readonly #http: HttpClient;
  readonly #readRange: RangeReader | undefined;
  readonly #url: string;

  constructor({ network, url }: HttpFilesOptions) {
    this.#http = network.http ?? httpByFetch(network.fetch);
    this.#readRange = network.readRange;
    this.#url = url;
  }

  /** Bytes of a file. Throws `unavailable` when it can be tried again, `denied` or `notFound` for a URL that expired. */
  async read(file: string, span: Span): Promise<Uint8Array> {
    const bytes = new Uint8Array(span.length);
    await this.readInto(bytes, file, span);
    return bytes;
  }

  /** The same into `bytes`, which are as long as the span; how many there were, if not fewer than `least`. */
  async readInto(bytes: Uint8Array, file: string, span: Span, least = span.length): Promise<number> {
    const count = (await this.#readPart(bytes, file, span)) ?? (await this.#readAnswer(bytes, file, span));
    if (count < least) throw new DoltError('unavailable', `remote ${this.#url}: an answer ended after ${count} bytes`);
    return count;
  }

  async #readPart(bytes: Uint8Array, file: string, { offset }: Span): Promise<number | undefined> {
    try {
      return await this.#readRange?.(file, offset, bytes);
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  async #readAnswer(bytes: Uint8Array, file: string, { offset, length }: Span): Promise<number> {
    const range = `bytes=${offset}-${offset + length - 1}`;
    const answer = await this.#request(file, { headers: { range, 'accept-encoding': 'identity' } });
    if (answer.status !== 200 && answer.status !== 206) throw await this.#refused(answer);
    let at = 0;
    // A server that knows no ranges sends all of it.
    let skip = answer.status === 200 ? offset : 0;
    for await (const piece of this.#body(answer)) {
      const wanted = piece.subarray(Math.min(skip, piece.length)).subarray(0, length - at);
      skip -= Math.min(skip, piece.length);
      bytes.set(wanted, at);
      at += wanted.length;
      // A connection is used again when its answer was read to the end, which is here but where more comes than was asked for.
      if (at === length && (answer.status === 200 || wanted.length < piece.length)) break;
    }
    return at;
  }

  /** The size of a file. Throws as `read` does. */
  async size(file: string): Promise<number> {
    const answer = await this.#request(file, { headers: { range: 'bytes=0-0', 'accept-encoding': 'identity' } });
    if (answer.status !== 200 && answer.status !== 206) throw await this.#refused(answer);
    const isWhole = answer.status === 200;
    const size = isWhole
      ? (answer.header('content-length') ?? '')
      : (/\/(\d+)$/.exec(answer.header('content-range') ?? '')?.[1] ?? '');
    if (isWhole) answer.discard();
    else for await (const piece of this.#body(answer)) void piece;
    if (!/^\d+$/.test(size)) throw new DoltError('invalid', `remote ${this.#url}: an answer does not say its size`);
    return Number(size);
  }

  async write(
    file: string,
    body: AsyncIterable<Uint8Array>,
    { length, md5 }: { readonly length: number; readonly md5: Uint8Array },
  ): Promise<void> {
    const headers = {
      'content-length': String(length),
      'content-md5': Buffer.from(md5).toString('base64'),
      'content-type': 'application/octet-stream',
    };
    const answer = await this.#request(file, { method: 'PUT', body, headers });
    if (answer.status < 200 || answer.status > 299) throw await this.#refused(answer);
    for await (const piece of this.#body(answer)) void piece;
  }

  async #request(file: string, request: HttpRequest): Promise<HttpAnswer> {
    try {
      return await this.#http(file, request);
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  async *#body(answer: HttpAnswer): AsyncGenerator<Uint8Array> {
    try {
      yield* answer.body;
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  async #refused(answer: HttpAnswer): Promise<HttpStatusError> {
    let text = '';
    try {
      for await (const piece of answer.body) {
        text += Buffer.from(piece).toString('utf8');
        if (text.length > MOST_TEXT) break;
      }
    } catch {
      // The status says enough.
    }
    return new HttpStatusError(this.#url, answer.status, text);
  }

  #unreachable(error: unknown): unknown {
    if (error instanceof DoltError || !(error instanceof Error)) return error;
    const cause = error.cause instanceof Error ? error.cause.message : error.message;
    return new DoltError('unavailable', `remote ${this.#url}: ${cause}`, { cause: error });
  }
}
