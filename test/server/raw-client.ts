/** A client that sends the packets it is told to, for what drivers do not do. */
import { connect, type Socket } from 'node:net';
import { nativePasswordAnswer } from '../../src/wire/authentication/native-password.ts';
import { Capability } from '../../src/wire/capabilities.ts';
import { PacketReader } from '../../src/wire/packet-reader.ts';
import { PacketWriter } from '../../src/wire/packet-writer.ts';
import { ERROR, readError } from '../../src/wire/packets/error.ts';
import { readHandshake } from '../../src/wire/packets/handshake.ts';
import { writeHandshakeResponse } from '../../src/wire/packets/handshake-response.ts';

const CAPABILITIES =
  Capability.protocol41 |
  Capability.secureConnection |
  Capability.pluginAuthentication |
  Capability.lengthCodedAuthentication |
  Capability.deprecateEof;
const PLUGIN = 'mysql_native_password';

export class RawClient {
  readonly #socket: Socket;
  readonly #reader = new PacketReader(1 << 26);
  #wake: (() => void) | undefined;
  #ended = false;
  /** Number of the connection on the server. */
  connectionId = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      this.#reader.push(bytes);
      this.#wake?.();
    });
    socket.on('close', () => {
      this.#ended = true;
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
  static async open(port: number, user = 'root', password = ''): Promise<RawClient> {
    const { client, challenge } = await RawClient.connect(port);
    client.send(1, (writer) =>
      writeHandshakeResponse(writer, {
        capabilities: CAPABILITIES,
        maxPacket: 1 << 24,
        collation: 45,
        user,
        authentication: nativePasswordAnswer(password, challenge),
        database: undefined,
        plugin: PLUGIN,
        attributes: new Map(),
      }),
    );
    const answer = (await client.receive())!;
    if (answer[0] === ERROR) throw new Error(readError(answer).message);
    return client;
  }

  send(sequence: number, write: (writer: PacketWriter) => void): void {
    const writer = new PacketWriter();
    writer.sequence = sequence;
    write(writer);
    this.#socket.write(writer.take());
    this.#reader.sequence = writer.sequence;
  }

  sendBytes(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  /** Sends a command that has no answer. */
  tell(...bytes: readonly (number | Uint8Array)[]): void {
    this.send(0, (writer) => {
      writer.start();
      for (const each of bytes) writer.bytes(typeof each === 'number' ? Uint8Array.of(each) : each);
      writer.end();
    });
  }

  /** The first packet of the answer. */
  async ask(...bytes: readonly (number | Uint8Array)[]): Promise<Buffer> {
    this.tell(...bytes);
    return (await this.receive())!;
  }

  /** The next packet; undefined when the server has closed the connection. */
  async receive(): Promise<Buffer | undefined> {
    for (;;) {
      const payload = this.#reader.next();
      if (payload !== undefined || this.#ended) return payload;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  close(): void {
    this.#socket.destroy();
  }
}

/** The number of the error that a packet is; undefined when it is none. */
export function errnoIn(packet: Buffer | undefined): number | undefined {
  return packet?.[0] === ERROR ? readError(packet).errno : undefined;
}

export function uint32(value: number): Uint8Array {
  return Uint8Array.from([0, 8, 16, 24], (shift) => value >>> shift);
}
