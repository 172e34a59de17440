/** The index at the end of a table file (FORMAT.md §2.3): prefixes in order, lengths and suffixes by ordinal, a footer. */
import { u32At, u32sAt, u64At } from '../base/big-endian.ts';
import { CorruptChunkError } from './record.ts';

export const TABLE_FOOTER_BYTES = 20;
export const TABLE_MAGIC: readonly number[] = [0xff, 0xb5, 0xd8, 0xc2, 0x24, 0x63, 0xee, 0x50];
export const INDEX_BYTES_PER_CHUNK = 28;

/** Bytes of index and footer. */
export const tableIndexBytes = (chunkCount: number): number => chunkCount * INDEX_BYTES_PER_CHUNK + TABLE_FOOTER_BYTES;

export interface TableIndex {
  readonly count: number;
  /** Prefix map, lengths, suffixes, as stored. */
  readonly bytes: Uint8Array;
  /** Offset of every record by ordinal, and behind the last the end of the record area. */
  readonly offsets: Float64Array;
}

/** Reads the index of a file of `size` bytes by the ranges that it asks for. Throws `corrupt`, naming `path`. */
export function readTableIndex(
  path: string,
  size: number,
  read: (offset: number, length: number) => Uint8Array,
): TableIndex {
  if (size < TABLE_FOOTER_BYTES) throw damaged(path, 'it is too short for a table file');
  const footer = read(size - TABLE_FOOTER_BYTES, TABLE_FOOTER_BYTES);
  if (TABLE_MAGIC.some((byte, i) => footer[12 + i] !== byte))
    throw damaged(path, 'it does not end as a table file does');
  const count = u32At(footer, 0);
  const start = size - tableIndexBytes(count);
  if (start < 0 || u64At(footer, 4) > Number.MAX_SAFE_INTEGER) throw damaged(path, 'its footer does not fit its size');
  const bytes = read(start, count * INDEX_BYTES_PER_CHUNK);
  const offsets = new Float64Array(count + 1);
  const lengths = u32sAt(bytes, count * 12, count);
  for (let i = 0, offset = 0; i < count; i++) {
    offset += lengths[i]!;
    offsets[i + 1] = offset;
  }
  if (offsets[count] !== start) throw damaged(path, 'its index does not fit its records');
  return { count, bytes, offsets };
}

/** Lengths of all records by ordinal, as stored: u32 each. */
export const lengthsOf = ({ count, bytes }: TableIndex): Uint8Array => bytes.subarray(12 * count, 16 * count);

/** The ordinal of the `entry`th prefix. Throws `corrupt`. */
export function ordinalAt({ count, bytes }: TableIndex, entry: number, path: string): number {
  const ordinal = u32At(bytes, entry * 12 + 8);
  if (ordinal >= count) throw damaged(path, 'its index names a record that is not there');
  return ordinal;
}

/** The 20-byte addresses of all records, by ordinal. Throws `corrupt`. */
export function keysOf(index: TableIndex, path: string): Uint8Array {
  const { count, bytes } = index;
  const keys = new Int32Array(count * 5);
  // In words: it is cold code that runs here.
  const words = new Int32Array(bytes.buffer, bytes.byteOffset, count * 7);
  for (let i = 0; i < count; i++) {
    const key = ordinalAt(index, i, path) * 5;
    keys[key] = words[i * 3]!;
    keys[key + 1] = words[i * 3 + 1]!;
  }
  for (let from = count * 4, key = 0; key < keys.length; from += 3, key += 5) {
    keys[key + 2] = words[from]!;
    keys[key + 3] = words[from + 1]!;
    keys[key + 4] = words[from + 2]!;
  }
  return new Uint8Array(keys.buffer);
}

const damaged = (path: string, reason: string): CorruptChunkError => new CorruptChunkError(path, undefined, reason);
