/** Files behind URLs that a server hands out: read by ranges, whole, and written with their length and MD5 announced. */
import { DoltError, type ErrorKind } from '../base/errors.ts';
import type { Network } from '../base/network.ts';
import type { Span } from './spans.ts';

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
  readonly #network: Network;
  readonly #url: string;

  constructor({ network, url }: HttpFilesOptions) {
    this.#network = network;
    this.#url = url;
  }

  /** Bytes of a file. Throws `unavailable` when it can be tried again, `denied` or `notFound` for a URL that expired. */
  async read(file: string, { offset, length }: Span): Promise<Uint8Array> {
    const range = `bytes=${offset}-${offset + length - 1}`;
    const response = await this.#request(file, { headers: { range, 'accept-encoding': 'identity' } });
    if (response.status !== 200 && response.status !== 206) throw await this.#refused(response);
    const bytes = new Uint8Array(length);
    let at = 0;
    // A server that knows no ranges sends all of it.
    let skip = response.status === 200 ? offset : 0;
    for await (const piece of this.#body(response)) {
      const wanted = piece.subarray(Math.min(skip, piece.length)).subarray(0, length - at);
      skip -= Math.min(skip, piece.length);
      bytes.set(wanted, at);
      at += wanted.length;
      if (at === length) break;
    }
    if (at < length) throw new DoltError('unavailable', `remote ${this.#url}: an answer ended after ${at} bytes`);
    return bytes;
  }

  /** The size of a file. Throws as `read` does. */
  async size(file: string): Promise<number> {
    const response = await this.#request(file, { headers: { range: 'bytes=0-0', 'accept-encoding': 'identity' } });
    if (response.status !== 200 && response.status !== 206) throw await this.#refused(response);
    const isWhole = response.status === 200;
    const size = isWhole
      ? (response.headers.get('content-length') ?? '')
      : (/\/(\d+)$/.exec(response.headers.get('content-range') ?? '')?.[1] ?? '');
    await response.body?.cancel();
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
    const response = await this.#request(file, {
      method: 'PUT',
      body: ReadableStream.from(body),
      duplex: 'half',
      headers,
    });
    if (!response.ok) throw await this.#refused(response);
    await response.body?.cancel();
  }

  async #request(file: string, init: RequestInit): Promise<Response> {
    try {
      return await this.#network.fetch(file, init);
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  async *#body(response: Response): AsyncGenerator<Uint8Array> {
    if (response.body === null) return;
    try {
      for await (const piece of response.body) yield piece as Uint8Array;
    } catch (error) {
      throw this.#unreachable(error);
    }
  }

  async #refused(response: Response): Promise<HttpStatusError> {
    const text = await response.text().catch(() => '');
    return new HttpStatusError(this.#url, response.status, text);
  }

  #unreachable(error: unknown): unknown {
    if (error instanceof DoltError || !(error instanceof Error)) return error;
    const cause = error.cause instanceof Error ? error.cause.message : error.message;
    return new DoltError('unavailable', `remote ${this.#url}: ${cause}`, { cause: error });
  }
}
