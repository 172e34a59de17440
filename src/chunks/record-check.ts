/**
 * Whether chunks are what their addresses say, which takes decoding and SHA-512: a block of records at a time, so that
 * another thread can do it. A block holds how many of its bytes are used (u32), then, a record, its verdict, its key, its
 * length (u32) and itself.
 */
import { hasAddress } from '../base/address.ts';
import { putU32, u32At } from '../base/big-endian.ts';
import { CRC_BYTES } from './record.ts';
import { ScanMemory } from './scan-memory.ts';
import { snappyDecode } from './snappy.ts';

const FIRST_ENTRY = 4;
const KEY = 1;
const LENGTH = 21;
const RECORD = 25;
const MATCHES = 1;

export function emptyRecordBlock(block: Uint8Array): void {
  putU32(block, 0, FIRST_ENTRY);
}

/** Bytes of a block for one record. */
export function recordBlockBytes(length: number): number {
  return FIRST_ENTRY + RECORD + length;
}

/** Adds a record whose checksum was compared, and the key that stands at `keyAt` of `keys`; false when there is no room. */
export function addToRecordBlock(block: Uint8Array, record: Uint8Array, keys: Uint8Array, keyAt: number): boolean {
  const at = u32At(block, 0);
  const end = at + RECORD + record.length;
  if (end > block.length) return false;
  block[at] = 0;
  for (let k = 0; k < 20; k++) block[at + KEY + k] = keys[keyAt + k]!;
  putU32(block, at + LENGTH, record.length);
  block.set(record, at + RECORD);
  putU32(block, 0, end);
  return true;
}

const memory = new ScanMemory();

/** Writes the verdicts: the work of a `BlockQueue`. */
export function checkRecords(block: Uint8Array): void {
  for (let at = FIRST_ENTRY, end = u32At(block, 0); at < end; ) {
    const start = at + RECORD;
    const stop = start + u32At(block, at + LENGTH);
    const chunk = snappyDecode(block, start, stop - CRC_BYTES, memory);
    block[at] = chunk && hasAddress(chunk, block, at + KEY) ? MATCHES : 0;
    memory.forget();
    at = stop;
  }
}

export interface CheckedRecord {
  /** Whether the chunk could be decoded and is what its address says. */
  readonly matches: boolean;
  readonly record: Uint8Array;
  /** Where in the block its key stands. */
  readonly keyAt: number;
}

export function* checkedRecords(block: Uint8Array): Generator<CheckedRecord, void> {
  for (let at = FIRST_ENTRY, end = u32At(block, 0); at < end; ) {
    const stop = at + RECORD + u32At(block, at + LENGTH);
    yield { matches: block[at] === MATCHES, record: block.subarray(at + RECORD, stop), keyAt: at + KEY };
    at = stop;
  }
}
