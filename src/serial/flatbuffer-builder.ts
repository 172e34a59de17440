/**
 * Builds one FlatBuffers message, back to front, with exactly the bytes that Go's builder gives (FORMAT.md appendix A):
 * the bytes decide the address. The npm package shares vtables by another rule, which is why this exists.
 *
 * Order matters: children first (`bytes`, `string`, vectors), then `startTable`, the fields in the message's own order,
 * `endTable`; at last `finish`. An offset is the distance of an object from the end of the buffer; 0 means none.
 */
import { assert } from '../base/errors.ts';

export type Offset = number;

const NOTHING = Buffer.alloc(0);
const PREFIX_BYTES = 4;
/** First byte of every serial message. */
export const SERIAL_MESSAGE_KIND = 27;

/** The buffer of the last builder that finished: a tree of many nodes is built in one. */
let spare: Buffer | undefined;
/** A larger one is not kept. */
const SPARE_BYTES = 1 << 18;

function putU32LE(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value;
  bytes[at + 1] = value >> 8;
  bytes[at + 2] = value >> 16;
  bytes[at + 3] = value >> 24;
}

export class FlatbufferBuilder {
  #bytes: Buffer;
  /** Bytes written so far; they are the last `#length` of the buffer. */
  #length = 0;
  #minimumAlignment = 1;
  readonly #vtables: Offset[] = [];
  #slots: Offset[] = [];
  #tableStart = 0;

  constructor(capacity = 1024) {
    this.#bytes = spare !== undefined && spare.length >= capacity ? spare : Buffer.allocUnsafeSlow(capacity);
    if (this.#bytes === spare) spare = undefined;
  }

  /** Zero-fills so that after `extra` more bytes the length is a multiple of `size`; makes room for both. */
  #prepare(size: number, extra: number): void {
    if (size > this.#minimumAlignment) this.#minimumAlignment = size;
    const padding = -(this.#length + extra) & (size - 1);
    const needed = this.#length + padding + size + extra + PREFIX_BYTES;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
      this.#bytes.copy(grown, grown.length - this.#length, this.#bytes.length - this.#length);
      this.#bytes = grown;
    }
    for (let i = 0; i < padding; i++) this.#bytes[this.#bytes.length - ++this.#length] = 0;
  }

  #u16(value: number): void {
    this.#length += 2;
    const at = this.#bytes.length - this.#length;
    this.#bytes[at] = value;
    this.#bytes[at + 1] = value >> 8;
  }

  #u32(value: number): void {
    this.#length += 4;
    putU32LE(this.#bytes, this.#bytes.length - this.#length, value);
  }

  bytes(value: Uint8Array): Offset {
    this.#prepare(4, value.length);
    this.#length += value.length;
    this.#bytes.set(value, this.#bytes.length - this.#length);
    this.#u32(value.length);
    return this.#length;
  }

  string(value: string): Offset {
    const bytes = Buffer.from(value, 'utf8');
    this.#prepare(4, bytes.length + 1);
    this.#length += 1;
    this.#bytes[this.#bytes.length - this.#length] = 0;
    this.#length += bytes.length;
    this.#bytes.set(bytes, this.#bytes.length - this.#length);
    this.#u32(bytes.length);
    return this.#length;
  }

  /** A vector of u16. */
  uint16s(values: ArrayLike<number>): Offset {
    this.#prepare(4, 2 * values.length);
    const bytes = this.#bytes;
    this.#length += 2 * values.length;
    for (let i = 0, at = bytes.length - this.#length; i < values.length; i++, at += 2) {
      const value = values[i]!;
      bytes[at] = value;
      bytes[at + 1] = value >> 8;
    }
    this.#u32(values.length);
    return this.#length;
  }

  /** A vector of i32. */
  int32s(values: readonly number[]): Offset {
    this.#prepare(4, 4 * values.length);
    for (let i = values.length - 1; i >= 0; i--) this.#u32(values[i]! >>> 0);
    this.#u32(values.length);
    return this.#length;
  }

  /** A vector of u64. */
  uint64s(values: readonly bigint[]): Offset {
    this.#prepare(4, 8 * values.length);
    this.#prepare(8, 8 * values.length);
    for (let i = values.length - 1; i >= 0; i--) {
      this.#length += 8;
      this.#bytes.writeBigUInt64LE(values[i]!, this.#bytes.length - this.#length);
    }
    this.#u32(values.length);
    return this.#length;
  }

  /** A vector of truth values. */
  booleans(values: readonly boolean[]): Offset {
    return this.bytes(Uint8Array.from(values, Number));
  }

  /** A vector of tables or strings. */
  offsets(targets: readonly Offset[]): Offset {
    this.#prepare(4, 4 * targets.length);
    for (let i = targets.length - 1; i >= 0; i--) this.#u32(this.#length + 4 - targets[i]!);
    this.#u32(targets.length);
    return this.#length;
  }

  /** A vector of strings: the strings last to first, then the vector. */
  strings(values: readonly string[]): Offset {
    const offsets = new Array<Offset>(values.length);
    for (let i = values.length - 1; i >= 0; i--) offsets[i] = this.string(values[i]!);
    return this.offsets(offsets);
  }

  startTable(slots: number): void {
    this.#slots = new Array<Offset>(slots).fill(0);
    this.#tableStart = this.#length;
  }

  addOffset(slot: number, target: Offset): void {
    if (target === 0) return;
    this.#prepare(4, 0);
    this.#u32(this.#length + 4 - target);
    this.#slots[slot] = this.#length;
  }

  addBoolean(slot: number, value: boolean): void {
    this.addUint8(slot, value ? 1 : 0);
  }

  addUint8(slot: number, value: number, absent = 0): void {
    if (value === absent) return;
    this.#prepare(1, 0);
    this.#length += 1;
    this.#bytes[this.#bytes.length - this.#length] = value;
    this.#slots[slot] = this.#length;
  }

  addUint16(slot: number, value: number, absent = 0): void {
    if (value === absent) return;
    this.#prepare(2, 0);
    this.#u16(value & 0xffff);
    this.#slots[slot] = this.#length;
  }

  addUint32(slot: number, value: number): void {
    if (value === 0) return;
    this.#prepare(4, 0);
    this.#u32(value >>> 0);
    this.#slots[slot] = this.#length;
  }

  addFloat32(slot: number, value: number): void {
    if (value === 0) return;
    this.#prepare(4, 0);
    this.#length += 4;
    this.#bytes.writeFloatLE(value, this.#bytes.length - this.#length);
    this.#slots[slot] = this.#length;
  }

  /** An i64 or u64. */
  addInt64(slot: number, value: bigint | number): void {
    if (value === 0 || value === 0n) return;
    this.#prepare(8, 0);
    if (typeof value === 'number' && value >= 0) {
      this.#u32(value / 0x1_0000_0000);
      this.#u32(value);
    } else {
      this.#length += 8;
      this.#bytes.writeBigUInt64LE(BigInt.asUintN(64, BigInt(value)), this.#bytes.length - this.#length);
    }
    this.#slots[slot] = this.#length;
  }

  endTable(): Offset {
    this.#prepare(4, 0);
    this.#u32(0);
    const table = this.#length;
    const slots = this.#slots;
    let count = slots.length;
    while (count > 0 && slots[count - 1] === 0) count--;
    let vtable = this.#findVtable(table, slots, count);
    if (vtable === 0) {
      for (let i = count - 1; i >= 0; i--) {
        this.#prepare(2, 0);
        this.#u16(slots[i] === 0 ? 0 : table - slots[i]!);
      }
      this.#prepare(2, 0);
      this.#u16(table - this.#tableStart);
      this.#prepare(2, 0);
      this.#u16(4 + 2 * count);
      vtable = this.#length;
      this.#vtables.push(vtable);
    }
    putU32LE(this.#bytes, this.#bytes.length - table, vtable - table);
    return table;
  }

  /** An earlier vtable with the same slots, newest first; the object size is not compared, as in Go. */
  #findVtable(table: Offset, slots: readonly Offset[], count: number): Offset {
    if (this.#vtables.length === 0) return 0;
    const bytes = this.#bytes;
    for (let v = this.#vtables.length - 1; v >= 0; v--) {
      const start = bytes.length - this.#vtables[v]!;
      if (bytes.readUInt16LE(start) !== 4 + 2 * count) continue;
      let equal = true;
      for (let i = 0; i < count && equal; i++) {
        equal = bytes.readUInt16LE(start + 4 + 2 * i) === (slots[i] === 0 ? 0 : table - slots[i]!);
      }
      if (equal) return this.#vtables[v]!;
    }
    return 0;
  }

  /** A message that is a file of its own: root offset and body, without prefix and file identifier. */
  finishBare(root: Offset): Buffer {
    this.#prepare(this.#minimumAlignment, 4);
    this.#u32(this.#length + 4 - root);
    return Buffer.from(this.#bytes.subarray(this.#bytes.length - this.#length));
  }

  /** The finished message: prefix, root offset, file identifier and body, in a buffer of its own. */
  finish(root: Offset, fileId: string): Buffer {
    assert(fileId.length === 4, 'a file identifier has four characters');
    this.#prepare(this.#minimumAlignment, 8);
    this.#length += 4;
    for (let i = 0, at = this.#bytes.length - this.#length; i < 4; i++) this.#bytes[at + i] = fileId.charCodeAt(i);
    this.#u32(this.#length + 4 - root);
    const length = this.#length;
    const message = Buffer.allocUnsafeSlow(length + PREFIX_BYTES);
    this.#bytes.copy(message, PREFIX_BYTES, this.#bytes.length - length);
    message[0] = SERIAL_MESSAGE_KIND;
    message[1] = length >> 16;
    message[2] = length >> 8;
    message[3] = length;
    if (this.#bytes.length <= SPARE_BYTES) spare = this.#bytes;
    this.#bytes = NOTHING;
    return message;
  }
}
