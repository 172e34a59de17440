/**
 * Whether chunks are what their addresses say, which takes decoding and SHA-512: a block of records at a time, so that
 * another thread can do it. A block holds
 *
 *     how many records it has (u32) | their lengths (u32 each) | their keys | a verdict for each | the records, back to back
 *
 * all as they stand in a table file and its index: whoever fills it copies, and takes no step for each.
 */
import { ADDRESS_BYTES, hasAddress } from '../base/address.ts';
import { putU32, u32At } from '../base/big-endian.ts';
import type { RecordFault } from '../chunks/record.ts';
import { type RecordReader, recordReader } from '../chunks/record-reader.ts';
import { isPlainLeaf } from './leaf-peek.ts';

const HEAD = 4;
const ENTRY = 4 + ADDRESS_BYTES + 1;

/** Records of a file, by ordinal. */
export interface RecordPlaces {
  /** 20-byte addresses. */
  readonly keys: Uint8Array;
  /** Where each begins and, behind the last, where it ends. */
  readonly offsets: Float64Array;
  /** u32 each. */
  readonly lengths: Uint8Array;
}

export const OTHER_ADDRESS = 'its bytes belong to another address';

/** What was found out about a chunk. */
export type RecordVerdict = 'refers to nothing' | 'may refer to others' | typeof OTHER_ADDRESS | RecordFault;

const VERDICTS: readonly RecordVerdict[] = [
  'refers to nothing',
  'may refer to others',
  OTHER_ADDRESS,
  'too short',
  'checksum does not match',
  'not a snappy block',
];
const PLAIN = VERDICTS.indexOf('refers to nothing');

/** Bytes of a block for one record. */
export function recordBlockBytes(length: number): number {
  return HEAD + ENTRY + length;
}

/** Puts down records from `first` on, not as far as `end`, as many as there is room for; how many. */
export function layOutRecords(block: Uint8Array, places: RecordPlaces, first: number, end: number): number {
  const { keys, offsets, lengths } = places;
  const start = offsets[first]!;
  let count = 0;
  while (first + count < end) {
    if (HEAD + (count + 1) * ENTRY + offsets[first + count + 1]! - start > block.length) break;
    count++;
  }
  const stop = first + count;
  putU32(block, 0, count);
  block.set(lengths.subarray(4 * first, 4 * stop), HEAD);
  block.set(keys.subarray(ADDRESS_BYTES * first, ADDRESS_BYTES * stop), keysAt(count));
  return count;
}

const keysAt = (count: number): number => HEAD + 4 * count;
const verdictsAt = (count: number): number => keysAt(count) + ADDRESS_BYTES * count;

/** Where the records of a block stand. */
export function recordsAt(block: Uint8Array): number {
  return HEAD + u32At(block, 0) * ENTRY;
}

let read: RecordReader | undefined;

/** Writes the verdicts: the work of a `BlockQueue`. */
export function checkRecords(block: Uint8Array): void {
  read ??= recordReader();
  const count = u32At(block, 0);
  const keys = keysAt(count);
  const verdicts = verdictsAt(count);
  for (let i = 0, at = recordsAt(block); i < count; i++) {
    const stop = at + u32At(block, HEAD + 4 * i);
    block[verdicts + i] = VERDICTS.indexOf(verdictOn(read(block, at, stop), block, keys + i * ADDRESS_BYTES));
    at = stop;
  }
}

function verdictOn(chunk: Uint8Array | RecordFault, key: Uint8Array, keyAt: number): RecordVerdict {
  if (typeof chunk === 'string') return chunk;
  if (!hasAddress(chunk, key, keyAt)) return OTHER_ADDRESS;
  return isPlainLeaf(chunk) ? 'refers to nothing' : 'may refer to others';
}

/** The verdicts of a block, by the places of its records in it, but for those that refer to nothing. */
export function remarkable(block: Uint8Array): readonly (readonly [number, RecordVerdict])[] {
  const count = u32At(block, 0);
  const verdicts = verdictsAt(count);
  const found: [number, RecordVerdict][] = [];
  for (let i = 0; i < count; i++) {
    const verdict = block[verdicts + i]!;
    if (verdict !== PLAIN) found.push([i, VERDICTS[verdict]!]);
  }
  return found;
}
