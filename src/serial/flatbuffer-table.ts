/**
 * Reads one table of a FlatBuffers message in place. Positions are absolute in the message's buffer. Chunks come from
 * disk and remotes, so every position is checked against the buffer; what does not fit throws `corrupt`.
 */
import { DoltError } from '../base/errors.ts';
import { SERIAL_MESSAGE_KIND } from './flatbuffer-builder.ts';

/** A byte range of a buffer. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

const decoder = new TextDecoder('utf-8');

export class FlatbufferTable {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  readonly #position: number;
  readonly #vtable: number;
  /** Number of slots that the vtable holds. */
  readonly slots: number;

  constructor(bytes: Uint8Array, view: DataView, position: number, maximumSlots: number) {
    this.bytes = bytes;
    this.#view = view;
    this.#position = position;
    try {
      this.#vtable = position - view.getInt32(position, true);
      this.slots = (view.getUint16(this.#vtable, true) - 4) >> 1;
    } catch {
      throw new DoltError('corrupt', `a table at ${position} lies outside its message`);
    }
    if (this.slots < 0 || this.#vtable + 4 + 2 * this.slots > view.byteLength)
      throw new DoltError('corrupt', `a table at ${position} has no list of its fields`);
    if (this.slots > maximumSlots) {
      throw new DoltError(
        'unsupported',
        `a message has ${this.slots} fields where ${maximumSlots} are known: written by a newer version`,
      );
    }
  }

  /** Absolute position of a slot's content, or 0 when the slot is absent. */
  #at(slot: number): number {
    if (slot >= this.slots) return 0;
    const relative = this.#view.getUint16(this.#vtable + 4 + 2 * slot, true);
    return relative === 0 ? 0 : this.#position + relative;
  }

  #checked<T>(read: () => T): T {
    try {
      return read();
    } catch (cause) {
      if (cause instanceof DoltError) throw cause;
      throw new DoltError('corrupt', 'a field lies outside its message', { cause });
    }
  }

  has(slot: number): boolean {
    return this.#at(slot) !== 0;
  }

  boolean(slot: number): boolean {
    return this.uint8(slot) !== 0;
  }

  uint8(slot: number, absent = 0): number {
    const at = this.#at(slot);
    return at === 0 ? absent : this.#checked(() => this.#view.getUint8(at));
  }

  uint16(slot: number, absent = 0): number {
    const at = this.#at(slot);
    return at === 0 ? absent : this.#checked(() => this.#view.getUint16(at, true));
  }

  int16(slot: number, absent = 0): number {
    const at = this.#at(slot);
    return at === 0 ? absent : this.#checked(() => this.#view.getInt16(at, true));
  }

  uint32(slot: number): number {
    const at = this.#at(slot);
    return at === 0 ? 0 : this.#checked(() => this.#view.getUint32(at, true));
  }

  float32(slot: number): number {
    const at = this.#at(slot);
    return at === 0 ? 0 : this.#checked(() => this.#view.getFloat32(at, true));
  }

  uint64(slot: number): bigint {
    const at = this.#at(slot);
    return at === 0 ? 0n : this.#checked(() => this.#view.getBigUint64(at, true));
  }

  int64(slot: number): bigint {
    const at = this.#at(slot);
    return at === 0 ? 0n : this.#checked(() => this.#view.getBigInt64(at, true));
  }

  /** A u64 that must be a safe integer: counts, heights, milliseconds. */
  safeUint64(slot: number): number {
    const at = this.#at(slot);
    if (at === 0) return 0;
    return this.#checked(() => {
      const value = this.#view.getUint32(at, true) + this.#view.getUint32(at + 4, true) * 4294967296;
      if (value > Number.MAX_SAFE_INTEGER) throw new DoltError('corrupt', `a count of ${value} is out of range`);
      return value;
    });
  }

  /** Where a vector's elements start and how many there are; undefined when the slot is absent. */
  vector(slot: number, elementBytes: number): { readonly start: number; readonly length: number } | undefined {
    const at = this.#at(slot);
    if (at === 0) return undefined;
    return this.#checked(() => {
      const vector = at + this.#view.getUint32(at, true);
      const length = this.#view.getUint32(vector, true);
      if (vector + 4 + length * elementBytes > this.bytes.length) {
        throw new DoltError('corrupt', 'a vector lies outside its message');
      }
      return { start: vector + 4, length };
    });
  }

  /** The bytes of a byte vector, not copied; empty when absent. */
  byteVector(slot: number): Uint8Array {
    const v = this.vector(slot, 1);
    return v === undefined ? EMPTY : this.bytes.subarray(v.start, v.start + v.length);
  }

  /** The text of a string; '' when absent. */
  string(slot: number): string {
    return decoder.decode(this.byteVector(slot));
  }

  strings(slot: number): string[] {
    const v = this.vector(slot, 4);
    if (v === undefined) return [];
    return Array.from({ length: v.length }, (_, i) =>
      this.#checked(() => {
        const at = v.start + 4 * i;
        const string = at + this.#view.getUint32(at, true);
        const length = this.#view.getUint32(string, true);
        if (string + 4 + length > this.bytes.length)
          throw new DoltError('corrupt', 'a string lies outside its message');
        return decoder.decode(this.bytes.subarray(string + 4, string + 4 + length));
      }),
    );
  }

  uint16s(slot: number): number[] {
    const v = this.vector(slot, 2);
    if (v === undefined) return [];
    return Array.from({ length: v.length }, (_, i) => this.#view.getUint16(v.start + 2 * i, true));
  }

  int32s(slot: number): number[] {
    const v = this.vector(slot, 4);
    if (v === undefined) return [];
    return Array.from({ length: v.length }, (_, i) => this.#view.getInt32(v.start + 4 * i, true));
  }

  booleans(slot: number): boolean[] {
    return Array.from(this.byteVector(slot), (byte) => byte !== 0);
  }

  uint64s(slot: number): bigint[] {
    const v = this.vector(slot, 8);
    if (v === undefined) return [];
    return Array.from({ length: v.length }, (_, i) => this.#view.getBigUint64(v.start + 8 * i, true));
  }

  /** A table in a slot, or undefined when absent. */
  table(slot: number, maximumSlots: number): FlatbufferTable | undefined {
    const at = this.#at(slot);
    if (at === 0) return undefined;
    return new FlatbufferTable(
      this.bytes,
      this.#view,
      this.#checked(() => at + this.#view.getUint32(at, true)),
      maximumSlots,
    );
  }

  tables(slot: number, maximumSlots: number): FlatbufferTable[] {
    const v = this.vector(slot, 4);
    if (v === undefined) return [];
    return Array.from({ length: v.length }, (_, i) => {
      const at = v.start + 4 * i;
      return new FlatbufferTable(this.bytes, this.#view, at + this.#view.getUint32(at, true), maximumSlots);
    });
  }
}

const EMPTY = new Uint8Array(0);

/** The four-character file identifier of a serial message; throws `corrupt` where `bytes` is none. */
export function fileIdOf(bytes: Uint8Array): string {
  if (bytes.length < 12 || bytes[0] !== SERIAL_MESSAGE_KIND)
    throw new DoltError('corrupt', 'a chunk is not a serial message');
  return String.fromCharCode(bytes[8]!, bytes[9]!, bytes[10]!, bytes[11]!);
}

/** The root table of a serial message that must have the file identifier `fileId`. */
export function openMessage(bytes: Uint8Array, fileId: string, maximumSlots: number): FlatbufferTable {
  const actual = fileIdOf(bytes);
  if (actual !== fileId) throw new DoltError('corrupt', `a chunk is a ${actual} message where ${fileId} was expected`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return new FlatbufferTable(bytes, view, 4 + view.getUint32(4, true), maximumSlots);
}

/** The root table of a message that is a file of its own, without prefix and file identifier. */
export function openBareMessage(bytes: Uint8Array, maximumSlots: number): FlatbufferTable {
  if (bytes.length < 8) throw new DoltError('corrupt', 'a message ends before it begins');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return new FlatbufferTable(bytes, view, view.getUint32(0, true), maximumSlots);
}

/** The root table of a file with a file identifier behind a prefix, whatever the prefix says. */
export function tableBehindPrefix(bytes: Uint8Array, fileId: string, maximumSlots: number): FlatbufferTable {
  const actual = Buffer.from(bytes.subarray(8, 12)).toString('latin1');
  if (actual !== fileId) throw new DoltError('corrupt', `it is no ${fileId} message`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return new FlatbufferTable(bytes, view, 4 + view.getUint32(4, true), maximumSlots);
}
