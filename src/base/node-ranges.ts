/**
 * Parts of files over HTTP/1.1, straight into the memory of whoever asks: the kernel writes them there, where Node's own
 * client makes two copies of each piece and leaves both to the garbage collector. It knows the one answer that servers of
 * files give to such a question, 206 with a length (RFC 9110 §15.3.7); whoever gets another asks again by Node's client.
 */
import type { OnReadOpts, Socket } from 'node:net';
import type { ConnectionOptions } from 'node:tls';
import type { RangeReader } from './network.ts';

/** Nothing came or went for so long. */
const IDLE_MS = 60_000;
const MOST_IDLE = 16;
/** Of the status and the headers. */
const MOST_HEAD_BYTES = 16 << 10;

export function nodeRanges(): RangeReader {
  /** Connections that nobody uses just now, by origin. */
  const idle = new Map<string, Connection[]>();
  /** Origins whose files come otherwise, and would be asked for twice each time. */
  const others = new Set<string>();
  return async (text, offset, target) => {
    const url = new URL(text);
    // Who is named there has to prove it, which Node's client can.
    if (url.username !== '' || others.has(url.origin)) return undefined;
    for (;;) {
      const used = idle.get(url.origin)?.pop();
      if (used?.isClosed) continue;
      const connection = used ?? new Connection(url);
      try {
        const count = await connection.read(url, offset, target);
        if (!connection.isClosed) put(idle, url.origin, connection);
        if (connection.isOtherwise) others.add(url.origin);
        return count;
      } catch (error) {
        // A server may close a connection that is not used, just when it is used again.
        if (used === undefined || connection.hasAnswered) throw error;
      }
    }
  };
}

function put(idle: Map<string, Connection[]>, origin: string, connection: Connection): void {
  const those = idle.get(origin)?.filter(({ isClosed }) => !isClosed) ?? [];
  if (those.length < MOST_IDLE) those.push(connection);
  else connection.close();
  idle.set(origin, those);
}

interface Question {
  readonly offset: number;
  readonly target: Uint8Array;
  answer(count: number | undefined): void;
  fail(error: Error): void;
}

/** One connection, which answers one question at a time, and keeps nobody from ending between them. */
class Connection {
  readonly #socket: Socket;
  /** For an answer up to its body, and for what comes of that along with it. */
  readonly #head = Buffer.allocUnsafeSlow(MOST_HEAD_BYTES);
  #headBytes = 0;
  #question: Question | undefined;
  /** Of the body: how many bytes there are, and how many there will be, which is known once the head is here. */
  #bodyBytes = 0;
  #bodyLength: number | undefined;
  #isLast = false;
  /** Something has come of the answer to the last question. */
  hasAnswered = false;
  /** It has answered with the file, and not with a part whose length was told. */
  isOtherwise = false;

  constructor(url: URL) {
    this.#socket = connect(url, { buffer: () => this.#room(), callback: (count) => this.#take(count) });
    this.#socket.setNoDelay(true);
    this.#socket.setTimeout(IDLE_MS, () => this.#socket.destroy(new Error(`nothing came for ${IDLE_MS / 1000} s`)));
    this.#socket.on('error', (error) => this.#fail(error));
    this.#socket.on('close', () => this.#fail(new Error('the connection was closed')));
  }

  get isClosed(): boolean {
    return this.#isLast || this.#socket.destroyed || !this.#socket.writable;
  }

  async read({ pathname, search, host }: URL, offset: number, target: Uint8Array): Promise<number | undefined> {
    this.#headBytes = 0;
    this.#bodyBytes = 0;
    this.#bodyLength = undefined;
    this.hasAnswered = false;
    this.#socket.ref();
    try {
      return await new Promise((answer, fail) => {
        this.#question = { offset, target, answer, fail };
        const range = `bytes=${offset}-${offset + target.length - 1}`;
        const headers = ['accept-encoding: identity', `range: ${range}`, `host: ${host}`, 'connection: keep-alive'];
        this.#socket.write(`GET ${pathname}${search} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      });
    } finally {
      this.#question = undefined;
      this.#socket.unref();
      if (this.#isLast) this.close();
    }
  }

  close(): void {
    this.#socket.destroy();
  }

  #fail(error: Error): void {
    this.#question?.fail(error);
  }

  /** Where the next bytes go. */
  #room(): Uint8Array {
    const { target } = this.#question ?? {};
    if (target === undefined || this.#bodyLength === undefined || this.#bodyBytes === this.#bodyLength)
      return this.#head.subarray(this.#headBytes);
    return target.subarray(this.#bodyBytes, this.#bodyLength);
  }

  /** `count` bytes have come to where there was room for them. */
  #take(count: number): boolean {
    const question = this.#question;
    if (question === undefined || this.#bodyBytes === this.#bodyLength) {
      // Nobody has asked for it.
      this.close();
      return false;
    }
    this.hasAnswered = true;
    if (this.#bodyLength === undefined) {
      this.#headBytes += count;
      if (!this.#readHead(question)) return this.#giveUp(question);
    } else {
      this.#bodyBytes += count;
    }
    if (this.#bodyBytes === this.#bodyLength) {
      this.#headBytes = 0;
      question.answer(this.#bodyBytes);
    }
    return true;
  }

  /** Whether the answer is one that can be read, as far as it is here. */
  #readHead({ offset, target }: Question): boolean {
    const head = this.#head.subarray(0, this.#headBytes);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return this.#headBytes < MOST_HEAD_BYTES;
    const text = head.toString('latin1', 0, end);
    const part = partOf(text);
    this.isOtherwise = part === undefined && /^HTTP\/1\.\d 2/.test(text);
    const body = head.subarray(end + 4);
    if (part?.offset !== offset || part.length > target.length || body.length > part.length) return false;
    target.set(body);
    this.#bodyBytes = body.length;
    this.#bodyLength = part.length;
    this.#isLast = part.isLast;
    return true;
  }

  #giveUp(question: Question): false {
    this.#isLast = true;
    question.answer(undefined);
    return false;
  }
}

function connect({ protocol, hostname, port }: URL, onread: OnReadOpts): Socket {
  // Of an address of IPv6.
  const host = hostname.replace(/^\[(.*)\]$/, '$1');
  const net = process.getBuiltinModule('node:net');
  if (protocol !== 'https:') return net.connect({ host, port: Number(port || 80), onread });
  const servername = net.isIP(host) === 0 ? host : '';
  const options: ConnectionOptions & { onread: OnReadOpts } = { host, port: Number(port || 443), servername, onread };
  return process.getBuiltinModule('node:tls').connect(options);
}

/** Where a body begins in its file, and how long it is, by the head of an answer; undefined for any but one part. */
function partOf(head: string): { offset: number; length: number; isLast: boolean } | undefined {
  const [status, ...lines] = head.split('\r\n');
  if (!/^HTTP\/1\.1 206(?: |$)/.test(status!)) return undefined;
  const headers = new Map<string, string>();
  for (const line of lines) {
    const colon = line.indexOf(':');
    const name = line.slice(0, colon).toLowerCase();
    // What is told twice may be told differently.
    if (colon <= 0 || headers.has(name)) return undefined;
    headers.set(name, line.slice(colon + 1).trim());
  }
  if (headers.has('transfer-encoding') || (headers.get('content-encoding') ?? 'identity') !== 'identity')
    return undefined;
  const length = /^\d{1,15}$/.exec(headers.get('content-length') ?? '')?.[0];
  const offset = /^bytes (\d{1,15})-/.exec(headers.get('content-range') ?? '')?.[1];
  if (length === undefined || offset === undefined) return undefined;
  const isLast = /\bclose\b/i.test(headers.get('connection') ?? '');
  return { offset: Number(offset), length: Number(length), isLast };
}
