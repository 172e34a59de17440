/**
 * Packets to and from one client, over a socket that may turn to TLS and to compression on the way. One command is
 * answered at a time, in the very event that brought it as far as nothing has to be waited for: what is written is
 * collected and leaves in few large pieces, and a client that does not read keeps the server from making more.
 */
import type { Socket } from 'node:net';
import type { CipherNameAndProtocol, TLSSocket } from 'node:tls';
import { Envelopes } from '../wire/compression.ts';
import { PacketReader } from '../wire/packet-reader.ts';
import { PacketWriter } from '../wire/packet-writer.ts';

/** Bytes of an answer that are collected before they leave: with most rows that come last, the writer's buffer holds them. */
const FLUSH_BYTES = 3 << 14;

/** Answers one command; false when it was the last one. A promise only where something has to be waited for. */
export type AnswerCommand = (payload: Buffer) => boolean | Promise<boolean>;

export class Channel {
  readonly writer = new PacketWriter();
  readonly #reader: PacketReader;
  #socket: Socket;
  #envelopes: Envelopes | undefined;
  #waiting: (() => void) | undefined;
  /** Goes on with the commands that have come; undefined while one is answered, and while none is expected. */
  #serveMore: (() => void) | undefined;
  #ended = false;
  #failure: unknown;
  /** Called when the client is gone. */
  onEnd: (() => void) | undefined;
  /** Called when nothing came or went for as long as `idleMs`. */
  onIdle: (() => void) | undefined;
  /** Milliseconds in which a client that is sent something has to take some of it; 0 is for ever. */
  writeTimeoutMs: () => number = () => 0;
  #idleMs = 0;
  #isBlocked = false;

  constructor(socket: Socket, maxPacket: number) {
    this.#socket = socket;
    this.#reader = new PacketReader(maxPacket);
    this.#listen(socket);
  }

  get isOpen(): boolean {
    return !this.#ended;
  }

  /** By the socket, with all that wraps packets but TLS. */
  get receivedBytes(): number {
    return this.#socket.bytesRead;
  }

  get sentBytes(): number {
    return this.#socket.bytesWritten;
  }

  get isCompressed(): boolean {
    return this.#envelopes !== undefined;
  }

  /** Of TLS; undefined without it. */
  get cipher(): CipherNameAndProtocol | undefined {
    return 'getCipher' in this.#socket ? (this.#socket as TLSSocket).getCipher() : undefined;
  }

  /** 0 is for ever. */
  set idleMs(ms: number) {
    if (ms === this.#idleMs) return;
    this.#idleMs = ms;
    this.#socket.setTimeout(ms);
  }

  /** Bytes that a packet may have from now on. */
  set maxPacket(bytes: number) {
    this.#reader.limit = bytes;
  }

  #listen(socket: Socket): void {
    socket.setNoDelay(true);
    socket.on('data', (bytes) => this.#arrive(bytes));
    socket.on('error', () => {});
    socket.setTimeout(this.#idleMs);
    socket.on('timeout', () => {
      if (this.#isBlocked) this.destroy();
      else this.onIdle?.();
    });
    socket.on('close', () => {
      if (socket !== this.#socket) return;
      this.#ended = true;
      this.#wake();
      this.onEnd?.();
    });
  }

  #arrive(bytes: Buffer): void {
    try {
      if (this.#envelopes === undefined) this.#reader.push(bytes);
      else for (const packets of this.#envelopes.unwrap(bytes)) this.#reader.push(packets);
    } catch (error) {
      this.#failure = error;
      // What comes after it is of no use.
      this.#socket.pause();
    }
    // A client that sends ahead waits: no more is taken in than one command needs.
    const isExpected = this.#waiting !== undefined || this.#serveMore !== undefined;
    if (!isExpected && this.#reader.pending > FLUSH_BYTES) this.#socket.pause();
    this.#wake();
  }

  #wake(): void {
    const wake = this.#waiting ?? this.#serveMore;
    this.#waiting = undefined;
    wake?.();
  }

  /** A payload that has come; undefined while none is whole. Throws what the packet reader throws. */
  #next(): Buffer | undefined {
    if (this.#failure !== undefined) throw this.#failure;
    const payload = this.#reader.next();
    if (payload !== undefined) this.writer.sequence = this.#reader.sequence;
    else if (!this.#ended && this.#socket.isPaused()) this.#socket.resume();
    return payload;
  }

  /** The next payload; undefined when the client is gone. Throws what the packet reader throws. */
  async receive(): Promise<Buffer | undefined> {
    for (;;) {
      const payload = this.#next();
      if (payload !== undefined || this.#ended) return payload;
      await new Promise<void>((resolve) => {
        this.#waiting = resolve;
      });
    }
  }

  /**
   * Hands over the first payload of each command, whose packets are numbered from 0, when the one before was answered: in the
   * event that brings it, when nothing is waited for. Answers, after the last command, whether the client is gone. Throws what
   * the packet reader and `answer` throw.
   */
  serve(answer: AnswerCommand): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const expect = (): void => {
        this.#reader.sequence = 0;
        this.#serveMore = serve;
      };
      const goOn = (isMore: boolean): void => {
        if (!isMore) {
          resolve(false);
          return;
        }
        expect();
        serve();
      };
      const serve = (): void => {
        try {
          for (let payload = this.#next(); payload !== undefined; payload = this.#next()) {
            this.#serveMore = undefined;
            const isMore = answer(payload);
            if (isMore instanceof Promise) {
              isMore.then(goOn, reject);
              return;
            }
            if (!isMore) {
              resolve(false);
              return;
            }
            expect();
          }
          if (this.#ended) resolve(true);
        } catch (error) {
          reject(error);
        }
      };
      goOn(true);
    });
  }

  /** An exchange goes on: the client's next packet has the number after our last. */
  async receiveAnswer(): Promise<Buffer | undefined> {
    await this.flush();
    this.#reader.sequence = this.writer.sequence;
    return await this.receive();
  }

  /** Sends what is complete, when there is much of it; call it between packets. */
  flushMuch(): Promise<void> | undefined {
    return this.writer.length < FLUSH_BYTES ? undefined : this.flush();
  }

  /** Sends what is complete. A promise when the client does not read: it comes when it does, or is gone. */
  flush(): Promise<void> | undefined {
    const { writer } = this;
    if (writer.length === 0) return undefined;
    const packets = writer.take();
    if (this.#ended) return undefined;
    const bytes = this.#envelopes === undefined ? packets : this.#envelopes.wrap(packets);
    const isTaken = this.#socket.write(bytes);
    // The system has it all, and so nobody looks at these bytes any more.
    if (this.#socket.writableLength === 0) writer.giveBack();
    return isTaken ? undefined : this.#drained();
  }

  async #drained(): Promise<void> {
    const socket = this.#socket;
    this.#isBlocked = true;
    socket.setTimeout(this.writeTimeoutMs());
    await new Promise<void>((resolve) => {
      const done = (): void => {
        socket.off('drain', done);
        socket.off('close', done);
        resolve();
      };
      socket.on('drain', done);
      socket.on('close', done);
    });
    this.#isBlocked = false;
    socket.setTimeout(this.#idleMs);
  }

  /** From here on everything is compressed. */
  compress(): void {
    this.#envelopes = new Envelopes();
  }

  /** From here on everything is enciphered; `secure` wraps the plain socket. False when the client does not get there. */
  async startTls(secure: (socket: Socket) => TLSSocket): Promise<boolean> {
    const plain = this.#socket;
    plain.removeAllListeners('data');
    plain.pause();
    const early = this.#reader.takePending();
    if (early.length > 0) plain.unshift(early);
    const tls = secure(plain);
    // What is wrong is the client's to know: it has it from TLS itself.
    tls.on('error', () => {});
    const isSecure = await new Promise<boolean>((resolve) => {
      tls.once('secure', () => resolve(true));
      tls.once('close', () => resolve(false));
    });
    if (!isSecure) return false;
    this.#socket = tls;
    this.#listen(tls);
    return true;
  }

  /** Sends what is complete and closes. */
  async end(): Promise<void> {
    if (this.#ended) return;
    await this.flush();
    this.#socket.end();
  }

  destroy(): void {
    this.#socket.destroy();
  }
}
