/**
 * Reads the fields of one payload, from its start to its end. Whatever does not fit throws `MalformedPacketError`: a
 * packet comes from outside and may hold anything.
 */
import { readInt64, readUint64 } from '../tuple/field-decoder.ts';
import type { Integer } from '../tuple/value.ts';
import { MalformedPacketError } from './wire-error.ts';

export class PayloadReader {
  readonly bytes: Buffer;
  at: number;

  constructor(bytes: Buffer, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  get remaining(): number {
    return this.bytes.length - this.at;
  }

  #take(length: number): number {
    const { at } = this;
    if (length > this.bytes.length - at) throw new MalformedPacketError('it ends too early');
    this.at = at + length;
    return at;
  }

  uint8(): number {
    return this.bytes[this.#take(1)]!;
  }
  uint16(): number {
    return this.bytes.readUInt16LE(this.#take(2));
  }
  uint24(): number {
    return this.bytes.readUIntLE(this.#take(3), 3);
  }
  uint32(): number {
    return this.bytes.readUInt32LE(this.#take(4));
  }
  uint64(): Integer {
    return readUint64(this.bytes, this.#take(8));
  }
  int8(): number {
    return this.bytes.readInt8(this.#take(1));
  }
  int16(): number {
    return this.bytes.readInt16LE(this.#take(2));
  }
  int32(): number {
    return this.bytes.readInt32LE(this.#take(4));
  }
  int64(): Integer {
    return readInt64(this.bytes, this.#take(8));
  }
  float(): number {
    return this.bytes.readFloatLE(this.#take(4));
  }
  double(): number {
    return this.bytes.readDoubleLE(this.#take(8));
  }

  /** A length-coded integer. Throws beyond 2^53. */
  lengthInteger(): number {
    const first = this.uint8();
    if (first < 0xfb) return first;
    if (first === 0xfc) return this.uint16();
    if (first === 0xfd) return this.uint24();
    if (first !== 0xfe) throw new MalformedPacketError(`a length starts with ${first}`);
    const value = this.uint64();
    if (typeof value === 'bigint') throw new MalformedPacketError(`a length is ${value}`);
    return value;
  }

  slice(length: number): Buffer {
    const at = this.#take(length);
    return this.bytes.subarray(at, at + length);
  }

  lengthBytes(): Buffer {
    return this.slice(this.lengthInteger());
  }

  lengthText(): string {
    return this.lengthBytes().toString('utf8');
  }

  /** Up to a zero byte, or to the end where there is none. */
  terminatedBytes(): Buffer {
    const end = this.bytes.indexOf(0, this.at);
    const bytes = this.slice((end < 0 ? this.bytes.length : end) - this.at);
    if (end >= 0) this.at++;
    return bytes;
  }

  terminatedText(): string {
    return this.terminatedBytes().toString('utf8');
  }

  rest(): Buffer {
    return this.slice(this.remaining);
  }

  restText(): string {
    return this.rest().toString('utf8');
  }
}
