/**
 * A client of MySQL's protocol, as little as the command line needs of a server: it logs in, runs one statement at a time
 * and hands rows out as they come. Values are the bytes of the text protocol.
 */
import type { Duplex } from 'node:stream';
import { bytesOfText } from '../base/utf8.ts';
import type { LocalFile } from '../sql/session/local-file.ts';
import { SqlError } from '../sql/types/sql-error.ts';
import {
  encipherPassword,
  FAST_SUCCEEDED,
  FULL_NEEDED,
  KEY_WANTED,
  sha2Answer,
} from './authentication/caching-sha2-password.ts';
import { nativePasswordAnswer } from './authentication/native-password.ts';
import { Capability, CommandCode, ServerStatus } from './capabilities.ts';
import { PacketReader } from './packet-reader.ts';
import { PacketWriter } from './packet-writer.ts';
import { AUTH_MORE, AUTH_SWITCH, readAuthSwitch } from './packets/auth-switch.ts';
import { type ColumnDefinition, readColumnDefinition } from './packets/column-definition.ts';
import { ERROR, readError } from './packets/error.ts';
import { type Handshake, readHandshake } from './packets/handshake.ts';
import { writeHandshakeResponse, writeTlsRequest } from './packets/handshake-response.ts';
import { isEnd, OK, type OkPacket, readEnd, readOk } from './packets/ok.ts';
import { PayloadReader } from './payload-reader.ts';
import { MalformedPacketError } from './wire-error.ts';

export interface LogIn {
  readonly user: string;
  readonly password: string;
  readonly database?: string | undefined;
  /** The stream is one that nobody listens to: a socket file, TLS, or loopback to a process of the same user. */
  readonly isSecure: boolean;
  /** Asks for TLS; without it, the stream stays as it is. */
  readonly tls?: ClientTls | undefined;
}

export interface ClientTls {
  /** A server that does not offer it is not logged in to. */
  readonly isRequired: boolean;
  /** Speaks TLS on the stream from here on. */
  start(stream: Duplex): Promise<Duplex>;
}

/** A row: each value as its text, null for NULL. */
export type TextRow = readonly (Buffer | null)[];

export type ClientResult =
  | { readonly kind: 'ok'; readonly ok: OkPacket }
  | {
      readonly kind: 'rows';
      readonly columns: readonly ColumnDefinition[];
      /** Read to its end before the next result. */
      readonly rows: AsyncGenerator<TextRow, void, void>;
    };

/** Undefined for a file that the statement does not name. */
export type OpenWantedFile = (path: string) => LocalFile | undefined;

const NOTHING = new Uint8Array();
const MAX_PACKET = 1 << 30;
/** utf8mb4_0900_ai_ci. */
const COLLATION = 255;
const WANTED =
  Capability.longPassword |
  Capability.longFlag |
  Capability.protocol41 |
  Capability.transactions |
  Capability.secureConnection |
  Capability.multiResults |
  Capability.pluginAuthentication |
  Capability.lengthCodedAuthentication |
  Capability.connectionAttributes |
  Capability.deprecateEof;
/** Of a server that has not said that it takes files: it may make an exception for whoever logs in. */
const SAID_ANYWAY = Capability.localFiles;
const NULL = 0xfb;
/** Begins the reply that asks for a file. */
const FILE_WANTED = 0xfb;

export class Client {
  #stream: Duplex;
  readonly #reader = new PacketReader(MAX_PACKET);
  readonly #writer = new PacketWriter();
  #wake: (() => void) | undefined;
  #end: Error | undefined;
  #capabilities = 0;
  /** Number of the connection on the server. */
  connectionId = 0;
  /** How many the last result had, once it was read to its end. */
  warnings = 0;

  private constructor(stream: Duplex) {
    this.#stream = stream;
    this.#listen();
  }

  #listen(): void {
    this.#stream.on('data', this.#hear);
    this.#stream.on('error', this.#stop);
    this.#stream.on('close', this.#left);
  }

  /** What comes is read to its end before more is taken: a server that is faster than whoever reads its rows waits. */
  readonly #hear = (bytes: Buffer): void => {
    this.#stream.pause();
    this.#reader.push(bytes);
    this.#wake?.();
  };

  readonly #stop = (error: Error): void => {
    this.#end ??= error;
    this.#wake?.();
  };

  readonly #left = (): void => this.#stop(new Error('the server closed the connection'));

  /** Logs in on a connected stream. Throws the server's `SqlError` when it refuses. */
  static async open(stream: Duplex, logIn: LogIn): Promise<Client> {
    const client = new Client(stream);
    try {
      await client.#logIn(logIn);
      return client;
    } catch (error) {
      client.close();
      throw error;
    }
  }

  async #receive(): Promise<Buffer> {
    for (;;) {
      const payload = this.#reader.next();
      if (payload !== undefined) {
        this.#writer.sequence = this.#reader.sequence;
        if (payload[0] === ERROR) throw sqlErrorOf(payload);
        return payload;
      }
      if (this.#end !== undefined)
        throw new SqlError(2013, 'HY000', `lost connection: ${this.#end.message}`, 'unavailable');
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        this.#stream.resume();
      });
    }
  }

  #send(): void {
    this.#reader.sequence = this.#writer.sequence;
    this.#stream.write(this.#writer.take());
  }

  #sendBytes(bytes: Uint8Array): void {
    this.#writer.start();
    this.#writer.bytes(bytes);
    this.#writer.end();
    this.#send();
  }

  async #logIn({ user, password, database, isSecure, tls }: LogIn): Promise<void> {
    const handshake = readHandshake(await this.#receive());
    this.connectionId = handshake.connectionId;
    const wanted = WANTED | (database === undefined ? 0 : Capability.connectWithDatabase);
    const isTls = tls !== undefined && (await this.#startTls(tls, handshake));
    this.#capabilities = ((wanted & handshake.capabilities) | (isTls ? Capability.ssl : 0)) >>> 0;
    writeHandshakeResponse(this.#writer, {
      capabilities: (this.#capabilities | SAID_ANYWAY) >>> 0,
      maxPacket: MAX_PACKET,
      collation: COLLATION,
      user,
      authentication: answerOf(handshake.plugin, password, handshake.challenge),
      database,
      plugin: handshake.plugin,
      attributes: new Map([['program_name', 'dolt']]),
    });
    this.#send();
    await this.#prove(password, handshake, isSecure || isTls);
  }

  /** Whether TLS is spoken now. Throws 2026 where the server does not offer what is required. */
  async #startTls({ isRequired, start }: ClientTls, { capabilities }: Handshake): Promise<boolean> {
    if ((capabilities & Capability.ssl) === 0) {
      if (isRequired) throw new SqlError(2026, 'HY000', 'TLS is required, and the server does not offer it', 'denied');
      return false;
    }
    writeTlsRequest(this.#writer, ((WANTED & capabilities) | Capability.ssl) >>> 0, MAX_PACKET, COLLATION);
    this.#send();
    const { sequence } = this.#writer;
    this.#stream.off('data', this.#hear).off('error', this.#stop).off('close', this.#left);
    this.#stream = await start(this.#stream);
    this.#listen();
    this.#writer.sequence = sequence;
    return true;
  }

  async #prove(password: string, { challenge: first }: Handshake, isSecure: boolean): Promise<void> {
    let challenge = first;
    for (;;) {
      const payload = await this.#receive();
      switch (payload[0]) {
        case OK:
          return;
        case AUTH_SWITCH: {
          const asked = readAuthSwitch(payload);
          challenge = Buffer.from(asked.challenge);
          this.#sendBytes(answerOf(asked.plugin, password, challenge));
          break;
        }
        case AUTH_MORE:
          if (payload[1] === FAST_SUCCEEDED) break;
          if (payload[1] === FULL_NEEDED) this.#sendPassword(password, isSecure);
          else this.#sendBytes(encipherPassword(password, challenge, payload.subarray(1).toString('latin1')));
          break;
        default:
          throw new MalformedPacketError(`the server answers a log-in with ${payload[0]}`);
      }
    }
  }

  #sendPassword(password: string, isSecure: boolean): void {
    this.#sendBytes(isSecure ? Buffer.from(`${password}\0`) : Buffer.of(KEY_WANTED));
  }

  /**
   * Runs one statement; a CALL may have several results. Throws the server's `SqlError`. `openFile` gives what LOAD DATA LOCAL
   * loads, by the path that the server asks for; a server that asks for anything else gets nothing, and 2068 is thrown.
   */
  async *query(sql: string, openFile?: OpenWantedFile): AsyncGenerator<ClientResult, void, void> {
    this.#writer.sequence = 0;
    this.#writer.start();
    this.#writer.uint8(CommandCode.query);
    // Bytes that a script has between its quotes go as they are, also where they are no UTF-8.
    this.#writer.bytes(bytesOfText(sql));
    this.#writer.end();
    this.#send();
    for (let more = true; more; ) {
      let payload = await this.#receive();
      if (payload[0] === FILE_WANTED) payload = await this.#answerWithFile(payload, openFile);
      if (payload[0] === OK) {
        const ok = readOk(payload);
        more = (ok.status & ServerStatus.moreResults) !== 0;
        this.warnings = ok.warnings;
        yield { kind: 'ok', ok };
        continue;
      }
      const columns = await this.#columns(payload);
      let status: number | undefined;
      const rows = this.#rows(columns.length, (last) => {
        status = last;
      });
      yield { kind: 'rows', columns, rows };
      for await (const _ of rows);
      more = ((status ?? 0) & ServerStatus.moreResults) !== 0;
    }
  }

  /** The reply that follows the file. Nothing is sent in place of a file that cannot be opened. */
  async #answerWithFile(payload: Buffer, openFile: OpenWantedFile | undefined): Promise<Buffer> {
    let file: LocalFile | undefined;
    let refusal: unknown;
    try {
      file = openFile?.(payload.toString('utf8', 1));
      if (file === undefined) throw fileRefused();
    } catch (error) {
      refusal = error;
    }
    if (file !== undefined) await this.#sendFile(file);
    this.#sendBytes(NOTHING);
    const reply = await this.#receive();
    if (refusal !== undefined) throw refusal;
    return reply;
  }

  async #sendFile(file: LocalFile): Promise<void> {
    try {
      for (let bytes = await file.next(); bytes !== undefined; bytes = await file.next()) {
        this.#sendBytes(bytes);
        await this.#drained();
      }
    } catch (error) {
      // An end would make a whole file of its beginning.
      this.#stream.destroy();
      throw error;
    } finally {
      file.close();
    }
  }

  /** The stream takes more, or has ended. */
  async #drained(): Promise<void> {
    const stream = this.#stream;
    if (!stream.writableNeedDrain || this.#end !== undefined) return;
    await new Promise<void>((resolve) => {
      const go = (): void => {
        stream.off('drain', go).off('close', go);
        resolve();
      };
      stream.on('drain', go).on('close', go);
    });
  }

  async #columns(payload: Buffer): Promise<ColumnDefinition[]> {
    const count = new PayloadReader(payload).lengthInteger();
    const columns: ColumnDefinition[] = [];
    for (let i = 0; i < count; i++) columns.push(readColumnDefinition(await this.#receive()));
    if ((this.#capabilities & Capability.deprecateEof) === 0) await this.#receive();
    return columns;
  }

  async *#rows(width: number, ended: (status: number) => void): AsyncGenerator<TextRow, void, void> {
    for (;;) {
      const payload = await this.#receive();
      if (isEnd(payload, this.#capabilities)) {
        const { status, warnings } = readEnd(payload, this.#capabilities);
        this.warnings = warnings;
        ended(status);
        return;
      }
      const reader = new PayloadReader(payload);
      yield Array.from({ length: width }, () => {
        if (payload[reader.at] !== NULL) return reader.lengthBytes();
        reader.at++;
        return null;
      });
    }
  }

  close(): void {
    if (this.#end === undefined) {
      this.#writer.sequence = 0;
      this.#sendBytes(Buffer.of(CommandCode.quit));
    }
    // Rows that are still on their way have no reader any more.
    this.#stream.end(() => this.#stream.destroy());
  }
}

function answerOf(plugin: string, password: string, challenge: Buffer): Buffer {
  return plugin === 'mysql_native_password'
    ? nativePasswordAnswer(password, challenge)
    : sha2Answer(password, challenge);
}

const fileRefused = () =>
  new SqlError(2068, 'HY000', 'the server asks for a file that the statement does not name', 'denied');

function sqlErrorOf(payload: Buffer): SqlError {
  const { errno, sqlState, message } = readError(payload);
  return new SqlError(errno, sqlState, message);
}
