/**
 * The compressed protocol: packets travel inside of envelopes of their own numbering, deflated where that pays. An envelope
 * is the length as it travels (3 bytes), a number, and the length before compression (3 bytes, 0 when it is as it was).
 */
import { deflateSync, inflateSync } from 'node:zlib';
import { MAX_PAYLOAD } from './packet-writer.ts';
import { MalformedPacketError, PacketOrderError } from './wire-error.ts';

const HEADER = 7;
/** Shorter pieces travel as they are. */
const LEAST = 150;

export class Envelopes {
  #sequence = 0;
  #pending: Buffer = Buffer.alloc(0);

  /** A command begins: its envelopes are numbered from 0. */
  restart(): void {
    this.#sequence = 0;
  }

  wrap(packets: Buffer): Buffer {
    const pieces: Buffer[] = [];
    for (let at = 0; at < packets.length; at += MAX_PAYLOAD) {
      const plain = packets.subarray(at, Math.min(at + MAX_PAYLOAD, packets.length));
      const deflated = plain.length < LEAST ? plain : deflateSync(plain);
      const pays = deflated.length < plain.length;
      const body = pays ? deflated : plain;
      const header = Buffer.allocUnsafe(HEADER);
      header.writeUIntLE(body.length, 0, 3);
      header[3] = this.#next();
      header.writeUIntLE(pays ? plain.length : 0, 4, 3);
      pieces.push(header, body);
    }
    return Buffer.concat(pieces);
  }

  /** The packets in the envelopes that came whole; what is left waits for more. */
  unwrap(bytes: Buffer): Buffer[] {
    this.#pending = this.#pending.length === 0 ? bytes : Buffer.concat([this.#pending, bytes]);
    const packets: Buffer[] = [];
    while (this.#pending.length >= HEADER) {
      const length = this.#pending.readUIntLE(0, 3);
      if (this.#pending.length < HEADER + length) break;
      const number = this.#pending[3]!;
      // A new command starts again at 0.
      if (number === 0) this.#sequence = 0;
      const expected = this.#next();
      if (number !== expected) throw new PacketOrderError(expected, number);
      packets.push(inflated(this.#pending.subarray(HEADER, HEADER + length), this.#pending.readUIntLE(4, 3)));
      this.#pending = this.#pending.subarray(HEADER + length);
    }
    return packets;
  }

  #next(): number {
    const number = this.#sequence;
    this.#sequence = (number + 1) & 0xff;
    return number;
  }
}

function inflated(body: Buffer, length: number): Buffer {
  if (length === 0) return body;
  let plain: Buffer;
  try {
    plain = inflateSync(body, { maxOutputLength: length });
  } catch {
    throw new MalformedPacketError('compressed bytes are damaged');
  }
  if (plain.length !== length) throw new MalformedPacketError('compressed bytes have another length than said');
  return plain;
}
