/**
 * Fields one behind the other, of which records of the redo log are made: numbers of 32 and 64 bits (big-endian), addresses of
 * 20 bytes, texts and bytes behind their length.
 */
import { ADDRESS_BYTES, type Address, addressAt, writeAddress } from '../../base/address.ts';
import { putU32, putU64, u32At, u64At } from '../../base/big-endian.ts';

/** Bytes of a UTF-8 text for each of its code units, at most. */
const UTF8_BYTES = 3;

/** Used for one record after another: what it gives is overwritten by the next. */
export class FieldWriter {
  #bytes = Buffer.allocUnsafeSlow(1 << 12);
  #length = 0;

  start(): void {
    this.#length = 0;
  }

  /** What was put since `start`, until the next. */
  get written(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  u32(value: number): void {
    putU32(this.#bytes, this.#advance(4), value);
  }

  u64(value: number): void {
    putU64(this.#bytes, this.#advance(8), value);
  }

  address(address: Address): void {
    writeAddress(address, this.#bytes, this.#advance(ADDRESS_BYTES));
  }

  text(text: string): void {
    this.#reserve(4 + UTF8_BYTES * text.length);
    const length = this.#bytes.write(text, this.#length + 4);
    this.u32(length);
    this.#length += length;
  }

  bytes(bytes: Uint8Array): void {
    this.u32(bytes.length);
    const at = this.#advance(bytes.length);
    this.#bytes.set(bytes, at);
  }

  #advance(length: number): number {
    this.#reserve(length);
    const at = this.#length;
    this.#length += length;
    return at;
  }

  #reserve(length: number): void {
    const needed = this.#length + length;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, 2 * this.#bytes.length));
    grown.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = grown;
  }
}

/** Reads what a `FieldWriter` put, in the same order, of bytes that are known to be whole. */
export class FieldReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  u32(): number {
    this.#at += 4;
    return u32At(this.#bytes, this.#at - 4);
  }

  u64(): number {
    this.#at += 8;
    return u64At(this.#bytes, this.#at - 8);
  }

  address(): Address {
    this.#at += ADDRESS_BYTES;
    return addressAt(this.#bytes, this.#at - ADDRESS_BYTES);
  }

  text(): string {
    return Buffer.from(this.bytes()).toString();
  }

  /** A copy. */
  bytes(): Uint8Array {
    const length = this.u32();
    this.#at += length;
    return this.#bytes.slice(this.#at - length, this.#at);
  }

  /** What `read` gives, as often as the number that comes first says. */
  list<T>(read: () => T): T[] {
    return Array.from({ length: this.u32() }, read);
  }
}
