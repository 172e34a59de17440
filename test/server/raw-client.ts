/** A client that sends the packets it is told to, for what drivers do not do, and sees every packet of the answer. */
import { connect, type Socket } from 'node:net';
import { inflateSync } from 'node:zlib';
import { nativePasswordAnswer } from '../../src/wire/authentication/native-password.ts';
import { Capability, CommandCode } from '../../src/wire/capabilities.ts';
import { Envelopes } from '../../src/wire/compression.ts';
import { PACKET_HEADER, PacketWriter } from '../../src/wire/packet-writer.ts';
import { ERROR, type ErrorPacket, readError } from '../../src/wire/packets/error.ts';
import { readHandshake } from '../../src/wire/packets/handshake.ts';
import { writeHandshakeResponse } from '../../src/wire/packets/handshake-response.ts';
import { isEnd, OK } from '../../src/wire/packets/ok.ts';
import { PayloadReader } from '../../src/wire/payload-reader.ts';

/** Lists end with a packet of their own. */
export const PLAIN =
  Capability.protocol41 |
  Capability.secureConnection |
  Capability.pluginAuthentication |
  Capability.connectWithDatabase |
  Capability.multiResults |
  Capability.lengthCodedAuthentication;
const PLUGIN = 'mysql_native_password';
const ENVELOPE_HEADER = 7;

export type WritePayload = (writer: PacketWriter) => void;

export class RawClient {
  readonly #socket: Socket;
  /** What came and was not read. */
  #pending: Buffer = Buffer.alloc(0);
  /** What came of an envelope that is not whole yet. */
  #wrapped: Buffer = Buffer.alloc(0);
  #envelopes: Envelopes | undefined;
  /** Number of the next packet from the server. */
  #sequence = 0;
  #wake: (() => void) | undefined;
  /** The server has closed the connection. */
  isClosed = false;
  /** Number of the connection on the server. */
  connectionId = 0;
  /** Whether a packet of the server must have the number after the last one's. */
  countsPackets = true;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      const packets = this.#envelopes === undefined ? [bytes] : this.#unwrap(bytes);
      this.#pending = Buffer.concat([this.#pending, ...packets]);
      this.#wake?.();
    });
    socket.on('close', () => {
      this.isClosed = true;
      this.#wake?.();
    });
  }

  /** Connected and not logged in. */
  static async connect(port: number): Promise<{ client: RawClient; challenge: Buffer }> {
    const client = new RawClient(connect(port, '127.0.0.1'));
    const { connectionId, challenge } = readHandshake((await client.receive())!);
    client.connectionId = connectionId;
    return { client, challenge: Buffer.from(challenge) };
  }

  /** Logs in with `mysql_native_password`. Throws what the server refuses it with. */
  static async open(
    port: number,
    user = 'root',
    password = '',
    capabilities = PLAIN | Capability.deprecateEof,
    database = '',
  ): Promise<RawClient> {
    const { client, challenge } = await RawClient.connect(port);
    client.sendPayload(responseOf(capabilities, user, database, nativePasswordAnswer(password, challenge)), 1);
    const answer = (await client.receive())!;
    if (answer[0] === ERROR) throw new Error(readError(answer).message);
    if (answer[0] !== OK) throw new Error(`the server answers the log-in with ${answer[0]}`);
    if ((capabilities & Capability.compress) !== 0) client.#envelopes = new Envelopes();
    return client;
  }

  /** As root in the database `shop`. */
  static logIn(port: number, capabilities = PLAIN): Promise<RawClient> {
    return RawClient.open(port, 'root', '', capabilities, 'shop');
  }

  send(sequence: number, write: WritePayload): void {
    const writer = new PacketWriter();
    writer.sequence = sequence;
    write(writer);
    this.#sequence = writer.sequence;
    this.#envelopes?.restart();
    const packets = writer.take();
    this.#socket.write(this.#envelopes === undefined ? packets : this.#envelopes.wrap(packets));
  }

  /** In one packet, or in as many as it takes. */
  sendPayload(payload: Uint8Array, sequence = 0): void {
    this.send(sequence, (writer) => {
      writer.start();
      writer.bytes(payload);
      writer.end();
    });
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Bytes that the system has not taken yet: the server does not read them. */
  get unsent(): number {
    return this.#socket.writableLength;
  }

  /** Sends a command that has no answer. */
  tell(...bytes: readonly (number | Uint8Array)[]): void {
    this.sendPayload(Buffer.concat(bytes.map((each) => (typeof each === 'number' ? Uint8Array.of(each) : each))));
  }

  /** The first packet of the answer. */
  async ask(...bytes: readonly (number | Uint8Array)[]): Promise<Buffer> {
    this.tell(...bytes);
    return (await this.receive())!;
  }

  /** As `ask`, with fields behind the command's byte. */
  async answer(code: number, write: WritePayload = () => {}): Promise<Buffer> {
    return await this.ask(code, fieldsOf(write));
  }

  async query(sql: string): Promise<Buffer> {
    return await this.ask(CommandCode.query, Buffer.from(sql));
  }

  /** Prepares a statement and reads the definitions that come with it. */
  async prepare(sql: string): Promise<number> {
    const reader = new PayloadReader(await this.ask(CommandCode.prepare, Buffer.from(sql)), 1);
    const id = reader.uint32();
    const columns = reader.uint16();
    const parameters = reader.uint16();
    if (parameters > 0) await this.untilEnd();
    if (columns > 0) await this.untilEnd();
    return id;
  }

  /** Executes with the parameters that `write` writes, types first. */
  async execute(statement: number, parameters: number, write: WritePayload, flags = 0): Promise<Buffer> {
    return await this.answer(CommandCode.execute, (writer) => {
      writer.uint32(statement);
      writer.uint8(flags);
      writer.uint32(1);
      if (parameters === 0) return;
      writer.zeros((parameters + 7) >> 3);
      writer.uint8(1);
      write(writer);
    });
  }

  /** The next packet; undefined when the server has closed the connection. */
  async receive(): Promise<Buffer | undefined> {
    for (;;) {
      const payload = this.#next();
      if (payload !== undefined || this.isClosed) return payload;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** Every packet until the server closes. */
  async rest(): Promise<Buffer[]> {
    const payloads: Buffer[] = [];
    for (let next = await this.receive(); next !== undefined; next = await this.receive()) payloads.push(next);
    return payloads;
  }

  /** Packets up to the end of a list, which is not among them; the client is `PLAIN`. */
  async untilEnd(): Promise<{ readonly payloads: Buffer[]; readonly end: Buffer }> {
    const payloads: Buffer[] = [];
    for (;;) {
      const payload = (await this.receive())!;
      if (payload[0] === ERROR) throw new Error(readError(payload).message);
      if (isEnd(payload, PLAIN)) return { payloads, end: payload };
      payloads.push(payload);
    }
  }

  #next(): Buffer | undefined {
    if (this.#pending.length < PACKET_HEADER) return undefined;
    const end = PACKET_HEADER + this.#pending.readUIntLE(0, 3);
    if (this.#pending.length < end) return undefined;
    const number = this.#pending[3]!;
    if (this.countsPackets && number !== this.#sequence)
      throw new Error(`packet ${number} instead of ${this.#sequence}`);
    this.#sequence = (number + 1) & 0xff;
    const payload = this.#pending.subarray(PACKET_HEADER, end);
    this.#pending = this.#pending.subarray(end);
    return payload;
  }

  #unwrap(bytes: Buffer): Buffer[] {
    this.#wrapped = Buffer.concat([this.#wrapped, bytes]);
    const packets: Buffer[] = [];
    while (this.#wrapped.length >= ENVELOPE_HEADER) {
      const end = ENVELOPE_HEADER + this.#wrapped.readUIntLE(0, 3);
      if (this.#wrapped.length < end) break;
      const body = this.#wrapped.subarray(ENVELOPE_HEADER, end);
      packets.push(this.#wrapped.readUIntLE(4, 3) === 0 ? body : inflateSync(body));
      this.#wrapped = this.#wrapped.subarray(end);
    }
    return packets;
  }

  /** Sends no more, and still reads. */
  finish(): void {
    this.#socket.end();
  }

  /** Reads nothing more from its socket. */
  pause(): void {
    this.#socket.pause();
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** The answer to the greeting. */
export function responseOf(capabilities: number, user: string, database: string, authentication: Buffer): Buffer {
  const writer = new PacketWriter();
  writeHandshakeResponse(writer, {
    capabilities,
    maxPacket: 1 << 24,
    collation: 45,
    user,
    authentication,
    database: (capabilities & Capability.connectWithDatabase) === 0 ? undefined : database,
    plugin: PLUGIN,
    attributes: new Map(),
  });
  return writer.take().subarray(PACKET_HEADER);
}

/** Fields without a packet around them. */
function fieldsOf(write: WritePayload): Buffer {
  const writer = new PacketWriter();
  writer.start();
  write(writer);
  writer.end();
  return writer.take().subarray(PACKET_HEADER);
}

/** The number of the error that a packet is; undefined when it is none. */
export function errnoIn(packet: Buffer | undefined): number | undefined {
  return packet?.[0] === ERROR ? readError(packet).errno : undefined;
}

/** The error that a packet is. */
export function errorOf(packet: Buffer | undefined): ErrorPacket {
  if (packet?.[0] !== ERROR) throw new Error(`no error: ${packet?.toString('latin1')}`);
  return readError(packet);
}

export function uint32(value: number): Uint8Array {
  return Uint8Array.from([0, 8, 16, 24], (shift) => value >>> shift);
}
