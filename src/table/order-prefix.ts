/**
 * 48 bits of a key as a number that never decreases in key order: where two keys' numbers differ, so do the keys, in the
 * same direction. They are the first 48, or those behind some that are equal. Fields give bits until one comes whose order
 * its bytes do not show (collated text); the rest is zero. Where no bits are left behind them (`isWhole`), equal numbers
 * mean equal keys.
 */
import { Encoding } from '../tuple/encoding.ts';
import { readDecimal, readFloat32, readFloat64, readInt32, readUint32 } from '../tuple/field-decoder.ts';
import { fieldEnd, fieldStart } from '../tuple/tuple.ts';
import type { TupleDescriptor } from '../tuple/tuple-descriptor.ts';

/** Bits that are read at once. */
export const WANTED = 48;
/** What half of the bits count up to. */
const HALF = 2 ** 24;
const POWERS = Float64Array.from({ length: WANTED + 33 }, (_, i) => 2 ** i);
const scratch = new DataView(new ArrayBuffer(8));

export class OrderPrefix {
  readonly #descriptor: TupleDescriptor;
  readonly #count: number;
  /** The upper 24 of the bits read last. */
  high = 0;
  /** The lower 24 bits. */
  low = 0;
  /** Whether no bits of the key come behind them. */
  isWhole = false;
  /** Bits of the key so far, from the first that is wanted. */
  #bits = 0;

  /** Looks at the first `count` fields only. */
  constructor(descriptor: TupleDescriptor, count = descriptor.fields.length) {
    this.#descriptor = descriptor;
    this.#count = count;
  }

  /** Whether the key had any of the bits that were wanted. */
  get hasBits(): boolean {
    return this.#bits > 0;
  }

  /** All 48 bits read last. */
  get number(): number {
    return this.high * HALF + this.low;
  }

  /** Reads the bits behind the first `skipped`. */
  read(bytes: Uint8Array, start: number, end: number, skipped = 0): void {
    this.high = 0;
    this.low = 0;
    this.isWhole = false;
    this.#bits = -skipped;
    const count = this.#count;
    const { fields, fixedOffsets } = this.#descriptor;
    for (let i = 0; i < count; i++) {
      if (this.#bits >= WANTED) return;
      const { encoding, nullable, collation, scale } = fields[i]!;
      const fixed = i < fixedOffsets.length - 1;
      const from = fixed ? start + fixedOffsets[i]! : fieldStart(bytes, start, end, i);
      if (nullable) this.#add(from < 0 ? 0 : 1, 1);
      if (from < 0) {
        // Beyond a NULL its successors decide, at the place where they would stand: not worth it.
        this.isWhole = i === count - 1;
        return;
      }
      const to = fixed ? start + fixedOffsets[i + 1]! : fieldEnd(bytes, start, end, i);
      if (!this.#addField(encoding, scale ?? 0, collation === undefined || collation.binary, bytes, from, to)) return;
    }
    this.isWhole = this.#bits <= WANTED;
  }

  /** Appends the low `width` bits of `value`, as many as are wanted. */
  #add(value: number, width: number): void {
    const room = WANTED - this.#bits;
    this.#bits += width;
    if (room <= 0 || this.#bits <= 0) return;
    if (room > WANTED) {
      // Its first bits are skipped.
      this.#place(value % POWERS[this.#bits]!, this.#bits, WANTED);
    } else this.#place(value, width, room);
  }

  /** Puts the low `width` bits of `value` where `room` bits are left. */
  #place(value: number, width: number, room: number): void {
    // value · 2^(room − width), over two halves.
    const placed = width > room ? Math.floor(value / POWERS[width - room]!) : value * POWERS[room - width]!;
    const upper = Math.floor(placed / HALF);
    this.high += upper;
    this.low += placed - upper * HALF;
  }

  /** False where the fields after this one must not be looked at. */
  #addField(encoding: Encoding, scale: number, binary: boolean, bytes: Uint8Array, from: number, to: number): boolean {
    switch (encoding) {
      case Encoding.int8:
        this.#add(bytes[from]! ^ 0x80, 8);
        return true;
      case Encoding.uint8:
        this.#add(bytes[from]!, 8);
        return true;
      case Encoding.year:
        this.#add((bytes[from]! + 1) & 255, 8);
        return true;
      case Encoding.int16:
        this.#add((bytes[from]! | (bytes[from + 1]! << 8)) ^ 0x8000, 16);
        return true;
      case Encoding.uint16:
      case Encoding.enum:
        this.#add(bytes[from]! | (bytes[from + 1]! << 8), 16);
        return true;
      case Encoding.int32:
        this.#add(readInt32(bytes, from) + 2147483648, 32);
        return true;
      case Encoding.uint32:
      case Encoding.date:
        this.#add(readUint32(bytes, from), 32);
        return true;
      case Encoding.int64:
      case Encoding.time:
      case Encoding.datetime:
        this.#add(readInt32(bytes, from + 4) + 2147483648, 32);
        this.#add(readUint32(bytes, from), 32);
        return true;
      case Encoding.uint64:
      case Encoding.set:
      case Encoding.bit64:
        this.#add(readUint32(bytes, from + 4), 32);
        this.#add(readUint32(bytes, from), 32);
        return true;
      case Encoding.float32:
        this.#addDouble(readFloat32(bytes, from));
        return false;
      case Encoding.float64:
        this.#addDouble(readFloat64(bytes, from));
        return false;
      case Encoding.decimal:
        this.#addDouble(Number(readDecimal(bytes, from, to, scale)));
        return false;
      case Encoding.string:
        if (binary) this.#addText(bytes, from, to - 1);
        return false;
      case Encoding.bytes:
        for (let i = from; i < to - 1 && this.#bits < WANTED; i++) this.#add(bytes[i]!, 8);
        return false;
      case Encoding.hash128:
        for (let i = from; i < to && this.#bits < WANTED; i++) this.#add(bytes[i]!, 8);
        return true;
      default:
        return false;
    }
  }

  /** The order of text is that of its bytes as long as they are ASCII, or of whole runes, which a cut text may lack. */
  #addText(bytes: Uint8Array, from: number, to: number): void {
    for (let i = from; i < to && this.#bits < WANTED; i++) {
      const byte = bytes[i]!;
      this.#add(Math.min(byte, 0x80), 8);
      if (byte >= 0x80) return;
    }
  }

  #addDouble(value: number): void {
    // Both zeros are one value.
    scratch.setFloat64(0, value + 0);
    const bits = scratch.getUint32(0);
    const rest = scratch.getUint32(4);
    const negative = bits >>> 31 === 1;
    this.#add(negative ? ~bits >>> 0 : (bits | 0x80000000) >>> 0, 32);
    this.#add(negative ? ~rest >>> 0 : rest, 32);
  }
}
