/**
 * Encodes rows into a reusable buffer. After `finish()` the tuple is `bytes[0, length)`, valid until the next `put`;
 * `build()` copies it out. Fields are put in ascending order; a field left out is NULL.
 *
 * Adaptive fields are placed by the whole row (FORMAT.md §5.3): all in line where that keeps the row within the target,
 * else the ones that save most go out of band until it does. So the same row always has the same bytes, whether its
 * values came as values or were copied from a tuple that placed them otherwise.
 */
import { type Address, EMPTY_ADDRESS, writeAddress } from '../base/address.ts';
import { copyBytes } from '../base/copy-bytes.ts';
import { assert, DoltError } from '../base/errors.ts';
import type { BlobStore } from './blob-store.ts';
import { Encoding, isAdaptiveEncoding } from './encoding.ts';
import { adaptiveContent } from './field-decoder.ts';
import type { TupleDescriptor } from './tuple-descriptor.ts';
import type { Value } from './value.ts';
import { readVarint, writeVarint } from './varint.ts';

/** The length that adaptive placement aims at, unless a schema says otherwise. */
export const DEFAULT_TARGET_SIZE = 2048;

/** The bytes that a tuple's fields may have in all. */
export const MAXIMUM_TUPLE_BYTES = 65504;

/** Arrays of up to 64 bytes live in the heap of JavaScript, where they cost least: most keys need no more. */
const INITIAL_BYTES = 64;
/** Bytes that are copied one by one, because a call into the runtime costs as much. */
const SHORT_TEXT = 24;

type Utf8Write = (this: Uint8Array, text: string, offset: number, length: number) => number;
const { utf8Write } = Buffer.prototype as unknown as { utf8Write: Utf8Write };

const scratch = new DataView(new ArrayBuffer(8));

export class TupleBuilder {
  readonly descriptor: TupleDescriptor;
  /** The buffer; another object after it had to grow, so read it again after each `finish`. */
  bytes: Uint8Array = new Uint8Array(INITIAL_BYTES);

  readonly #blobs: BlobStore | undefined;
  readonly #target: number;
  readonly #encodings: readonly Encoding[];
  readonly #scales: readonly number[];
  readonly #hasAdaptive: boolean;
  /** Start of each field put so far (an unput field's is its successor's). */
  readonly #starts: Int32Array;
  #next = 0;
  /** Fields up to the last that is not NULL. */
  #count = 0;
  #length = 0;
  /** The size that placement reckons with: every adaptive value in line, and a year counted as two bytes. */
  #inlineSize = 0;
  /** Whether a value came out of band, which may be in line in this row. */
  #copiedReference = false;

  /** `blobs` is needed when the descriptor has adaptive or address fields. */
  constructor(descriptor: TupleDescriptor, blobs?: BlobStore, targetSize = DEFAULT_TARGET_SIZE) {
    this.descriptor = descriptor;
    this.#blobs = blobs;
    this.#target = targetSize;
    this.#encodings = descriptor.fields.map((f) => f.encoding);
    this.#scales = descriptor.fields.map((f) => f.scale ?? 0);
    this.#hasAdaptive = this.#encodings.some(isAdaptiveEncoding);
    this.#starts = new Int32Array(descriptor.fields.length + 1);
  }

  /** Encodes `value`, which must already be of the field's type. Throws `invalid` where the row gets too long. */
  put(field: number, value: Value): void {
    this.#begin(field);
    if (value === null) return;
    this.#count = field + 1;
    const encoding = this.#encodings[field]!;
    switch (encoding) {
      case Encoding.int8:
      case Encoding.uint8:
        this.bytes[this.#length] = value as number;
        this.#advance(1);
        return;
      case Encoding.year:
        this.bytes[this.#length] = value === 0 ? 255 : (value as number) - 1901;
        this.#length += 1;
        this.#inlineSize += 2;
        return;
      case Encoding.int16:
      case Encoding.uint16:
      case Encoding.enum:
        this.bytes[this.#length] = value as number;
        this.bytes[this.#length + 1] = (value as number) >> 8;
        this.#advance(2);
        return;
      case Encoding.int32:
      case Encoding.uint32:
      case Encoding.date:
        this.#int32(value as number, this.#length);
        this.#advance(4);
        return;
      case Encoding.int64:
      case Encoding.uint64:
      case Encoding.bit64:
      case Encoding.set:
      case Encoding.time:
      case Encoding.datetime:
        this.#int64(value as number | bigint);
        this.#advance(8);
        return;
      case Encoding.float32:
        scratch.setFloat32(0, value as number);
        this.#int32(scratch.getInt32(0), this.#length);
        this.#advance(4);
        return;
      case Encoding.float64:
        scratch.setFloat64(0, value as number);
        this.#int32(scratch.getInt32(4), this.#length);
        this.#int32(scratch.getInt32(0), this.#length + 4);
        this.#advance(8);
        return;
      case Encoding.decimal:
        this.#decimal(value as number | bigint, this.#scales[field]!);
        return;
      case Encoding.string:
      case Encoding.json:
        this.#text(value as string);
        return;
      case Encoding.bytes:
      case Encoding.geometry:
        this.#terminated(value as Uint8Array);
        return;
      case Encoding.stringAdaptive:
      case Encoding.jsonAdaptive:
        this.#adaptiveText(value as string);
        return;
      case Encoding.bytesAdaptive:
      case Encoding.geometryAdaptive:
      case Encoding.extendedAdaptive:
        this.#adaptive(value as Uint8Array);
        return;
      case Encoding.stringAddress:
        this.#blob(Buffer.from(value as string, 'utf8'));
        return;
      case Encoding.jsonAddress:
        this.#address(this.#blobStore.writeJsonTree(Buffer.from(value as string, 'utf8')));
        return;
      case Encoding.bytesAddress:
      case Encoding.geometryAddress:
      case Encoding.extendedAddress:
        this.#blob(value as Uint8Array);
        return;
      case Encoding.hash128:
      case Encoding.cell:
      case Encoding.commitAddress:
      case Encoding.extended:
      case Encoding.null:
        this.#raw(value as Uint8Array, 0, (value as Uint8Array).length);
        return;
    }
  }

  /** Copies an already encoded field that is not NULL (of the same encoding) from another tuple. */
  putEncoded(field: number, bytes: Uint8Array, start: number, end: number): void {
    this.#begin(field);
    this.#count = field + 1;
    const encoding = this.#encodings[field]!;
    if (isAdaptiveEncoding(encoding) && bytes[start] !== 0) {
      const length = readVarint(bytes, start);
      this.#raw(bytes, start, end);
      this.#inlineSize += length + 1 - (end - start);
      this.#copiedReference = true;
      return;
    }
    if (isAdaptiveEncoding(encoding) && end - start > this.#target) {
      this.#outOfBand(bytes.subarray(start + 1, end));
      return;
    }
    this.#raw(bytes, start, end);
    if (encoding === Encoding.year) this.#inlineSize += 1;
  }

  /** Text as a range of UTF-8. */
  putText(field: number, content: Uint8Array, start: number, end: number): void {
    const encoding = this.#encodings[field];
    if (encoding !== Encoding.string && encoding !== Encoding.stringAdaptive) {
      this.put(field, Buffer.from(content.buffer, content.byteOffset + start, end - start).toString('utf8'));
      return;
    }
    this.#begin(field);
    this.#count = field + 1;
    const length = end - start;
    const isAdaptive = encoding === Encoding.stringAdaptive;
    if (isAdaptive && length + 1 > this.#target) {
      this.#outOfBand(content.slice(start, end));
      return;
    }
    this.#ensure(length + 1);
    // An adaptive text in line begins with a zero, another ends with one.
    const zero = isAdaptive ? this.#length : this.#length + length;
    this.bytes[zero] = 0;
    copyBytes(content, start, end, this.bytes, isAdaptive ? zero + 1 : this.#length);
    this.#advance(length + 1);
  }

  /** Text as bytes, which need not be valid UTF-8, into a string field. */
  putTerminated(field: number, content: Uint8Array): void {
    this.#begin(field);
    this.#count = field + 1;
    this.#terminated(content);
  }

  /**
   * Copies an encoded field that is not NULL as `putEncoded` does, but takes it as it is where the row fits its target: so
   * the original makes the keys of an index from stored rows.
   */
  putRaw(field: number, bytes: Uint8Array, start: number, end: number): void {
    this.#begin(field);
    this.#count = field + 1;
    this.#raw(bytes, start, end);
  }

  /** Places adaptive values, writes the offsets; the length of the tuple in `bytes`. Ready for the next tuple. */
  finish(): number {
    if (this.#hasAdaptive && (this.#copiedReference || this.#inlineSize > this.#target)) this.#place();
    const count = this.#count;
    if (this.#length > MAXIMUM_TUPLE_BYTES) {
      this.restart();
      throw new DoltError('invalid', `a row is too long: at most ${MAXIMUM_TUPLE_BYTES} bytes besides long texts`);
    }
    this.#ensure(2 * count + 2);
    const bytes = this.bytes;
    let at = this.#length;
    for (let i = 1; i < count; i++) {
      const offset = this.#starts[i]!;
      bytes[at++] = offset;
      bytes[at++] = offset >> 8;
    }
    bytes[at++] = count;
    bytes[at++] = count >> 8;
    this.restart();
    return at;
  }

  /** `finish`, in an array of its own. */
  build(): Uint8Array {
    const length = this.finish();
    return this.bytes.slice(0, length);
  }

  /** Forgets the fields put since `finish`. */
  restart(): void {
    this.#next = 0;
    this.#count = 0;
    this.#length = 0;
    this.#inlineSize = 0;
    this.#copiedReference = false;
  }

  #begin(field: number): void {
    assert(field >= this.#next, 'fields of a tuple are put in ascending order');
    for (let i = this.#next; i <= field; i++) this.#starts[i] = this.#length;
    this.#next = field + 1;
    // Room for a field of any fixed width.
    if (this.#length + 32 > this.bytes.length) this.#ensure(32);
  }

  #advance(width: number): void {
    this.#length += width;
    this.#inlineSize += width;
  }

  #ensure(more: number): void {
    if (this.#length + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.#length + more, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.#length));
    this.bytes = grown;
  }

  #int32(value: number, at: number): void {
    const bytes = this.bytes;
    bytes[at] = value;
    bytes[at + 1] = value >> 8;
    bytes[at + 2] = value >> 16;
    bytes[at + 3] = value >> 24;
  }

  #int64(value: number | bigint): void {
    const at = this.#length;
    if (typeof value === 'number') {
      const high = Math.floor(value / 4294967296);
      this.#int32((value - high * 4294967296) | 0, at);
      this.#int32(high | 0, at + 4);
    } else {
      this.#int32(Number(BigInt.asIntN(32, value)), at);
      this.#int32(Number(BigInt.asIntN(32, value >> 32n)), at + 4);
    }
  }

  /** i32 exponent, i8 sign, then the coefficient, big-endian, in words of eight bytes; no word for zero. */
  #decimal(value: number | bigint, scale: number): void {
    this.#int32(-scale, this.#length);
    this.bytes[this.#length + 4] = value < 0 ? 255 : value > 0 ? 1 : 0;
    this.#advance(5);
    if (typeof value === 'number') {
      if (value === 0) return;
      const magnitude = Math.abs(value);
      const high = Math.floor(magnitude / 4294967296);
      this.#bigEndian32(high, this.#length);
      this.#bigEndian32((magnitude - high * 4294967296) | 0, this.#length + 4);
      this.#advance(8);
      return;
    }
    const hex = (value < 0n ? -value : value).toString(16);
    const width = Math.ceil(hex.length / 16) * 8;
    this.#ensure(width);
    this.bytes.set(Buffer.from(hex.padStart(width * 2, '0'), 'hex'), this.#length);
    this.#advance(width);
  }

  #bigEndian32(value: number, at: number): void {
    const bytes = this.bytes;
    bytes[at] = value >> 24;
    bytes[at + 1] = value >> 16;
    bytes[at + 2] = value >> 8;
    bytes[at + 3] = value;
  }

  #terminated(content: Uint8Array): void {
    this.#ensure(content.length + 1);
    this.bytes.set(content, this.#length);
    this.bytes[this.#length + content.length] = 0;
    this.#advance(content.length + 1);
  }

  #text(text: string): void {
    this.#advance(this.#write(text));
    this.#ensure(1);
    this.bytes[this.#length] = 0;
    this.#advance(1);
  }

  /** Writes UTF-8 at the end without moving the end; the bytes written. */
  #write(text: string): number {
    const length = text.length;
    this.#ensure(3 * length + 1);
    const bytes = this.bytes;
    const at = this.#length;
    if (length <= SHORT_TEXT) {
      let i = 0;
      for (; i < length; i++) {
        const unit = text.charCodeAt(i);
        if (unit >= 0x80) break;
        bytes[at + i] = unit;
      }
      if (i === length) return length;
    }
    return utf8Write.call(bytes, text, at, bytes.length - at);
  }

  #adaptiveText(text: string): void {
    this.bytes[this.#length] = 0;
    this.#length++;
    const written = this.#write(text);
    this.#length--;
    if (written + 1 > this.#target) {
      // A copy: the field goes where the text is now.
      this.#outOfBand(this.bytes.slice(this.#length + 1, this.#length + 1 + written));
    } else {
      this.#advance(written + 1);
    }
  }

  #adaptive(content: Uint8Array): void {
    if (content.length + 1 > this.#target) {
      this.#outOfBand(content);
      return;
    }
    this.#ensure(content.length + 1);
    this.bytes[this.#length] = 0;
    this.bytes.set(content, this.#length + 1);
    this.#advance(content.length + 1);
  }

  #outOfBand(content: Uint8Array): void {
    this.#ensure(29);
    this.#length += this.#writeReference(content, this.bytes, this.#length);
    this.#inlineSize += content.length + 1;
  }

  get #blobStore(): BlobStore {
    assert(this.#blobs, 'a value out of band needs a store to write it to');
    return this.#blobs;
  }

  #writeReference(content: Uint8Array, into: Uint8Array, at: number): number {
    const size = writeVarint(content.length, into, at);
    writeAddress(this.#blobStore.writeBlob(content), into, at + size);
    return size + 20;
  }

  #blob(content: Uint8Array): void {
    this.#address(content.length === 0 ? EMPTY_ADDRESS : this.#blobStore.writeBlob(content));
  }

  #address(address: Address): void {
    writeAddress(address, this.bytes, this.#length);
    this.#advance(20);
  }

  #raw(bytes: Uint8Array, start: number, end: number): void {
    const length = end - start;
    this.#ensure(length);
    copyBytes(bytes, start, end, this.bytes, this.#length);
    this.#advance(length);
  }

  /** Moves adaptive values out of band, the largest saving first, until the row fits its target. */
  #place(): void {
    const old = this.bytes.slice(0, this.#length);
    const starts = this.#starts.slice(0, this.#count);
    const endOf = (field: number) => (field + 1 < this.#count ? starts[field + 1]! : old.length);
    const candidates: { field: number; saving: number }[] = [];
    for (let field = 0; field < this.#count; field++) {
      if (!isAdaptiveEncoding(this.#encodings[field]!)) continue;
      const start = starts[field]!;
      const end = endOf(field);
      if (start === end) continue;
      const inline = old[start] === 0 ? end - start : readVarint(old, start) + 1;
      // The original reckons an inline value's reference by the varint of its leading zero: 21 bytes, whatever its length.
      const outside = old[start] === 0 ? 21 : end - start;
      if (inline > outside) candidates.push({ field, saving: inline - outside });
    }
    candidates.sort((a, b) => b.saving - a.saving || a.field - b.field);
    const moved = new Set<number>();
    let total = this.#inlineSize;
    for (const { field, saving } of candidates) {
      if (total <= this.#target) break;
      moved.add(field);
      total -= saving;
    }
    this.#length = 0;
    for (let field = 0; field < this.#count; field++) {
      const start = starts[field]!;
      const end = endOf(field);
      this.#starts[field] = this.#length;
      if (start === end) continue;
      const adaptive = isAdaptiveEncoding(this.#encodings[field]!);
      if (adaptive && moved.has(field) && old[start] === 0) {
        this.#ensure(29);
        this.#length += this.#writeReference(old.subarray(start + 1, end), this.bytes, this.#length);
      } else if (adaptive && !moved.has(field) && old[start] !== 0) {
        const content = adaptiveContent(old, start, end, this.#blobs);
        this.#ensure(content.length + 1);
        this.bytes[this.#length] = 0;
        this.bytes.set(content, this.#length + 1);
        this.#length += content.length + 1;
      } else {
        this.#ensure(end - start);
        this.bytes.set(old.subarray(start, end), this.#length);
        this.#length += end - start;
      }
    }
  }
}
