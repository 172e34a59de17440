/**
 * A chunk record: the snappy block of a chunk and the CRC-32C of that block (FORMAT.md §1). The one stored form that
 * table files, the journal and dictionary-0 spans of archives share, so records move between them as they are.
 */
import type { Address } from '../base/address.ts';
import { putU32, u32At } from '../base/big-endian.ts';
import { crc32c } from '../base/crc32c.ts';
import { DoltError } from '../base/errors.ts';
import type { ScanMemory } from './scan-memory.ts';
import { snappyBound, snappyDecode, snappyEncode, snappyLength, snappyPrefix } from './snappy.ts';

export const CRC_BYTES = 4;

/** Stored bytes are not what was written. Names the file and, where known, the chunk. */
export class CorruptChunkError extends DoltError {
  readonly path: string;
  readonly address: Address | undefined;
  readonly reason: string;
  constructor(path: string, address: Address | undefined, reason: string) {
    const what = address ? `chunk ${address}` : 'file';
    super(
      'corrupt',
      `${path}: ${what} is damaged: ${reason}; run "dolt fsck", then restore it from a remote or a backup`,
    );
    this.path = path;
    this.address = address;
    this.reason = reason;
  }

  /** What is wrong, without the file and a remedy. */
  get finding(): string {
    return this.address ? `chunk ${this.address}: ${this.reason}` : this.reason;
  }
}

export type RecordFault = 'too short' | 'checksum does not match' | 'not a snappy block';

/** The chunk in the record `bytes[start, end)`, in `memory` if given, or what is wrong with it. */
export function decodeRecord(
  bytes: Uint8Array,
  start: number,
  end: number,
  memory?: ScanMemory,
): Uint8Array | RecordFault {
  const crcAt = end - CRC_BYTES;
  if (crcAt <= start) return 'too short';
  if (crc32c(bytes, start, crcAt) !== u32At(bytes, crcAt)) return 'checksum does not match';
  return snappyDecode(bytes, start, crcAt, memory) ?? 'not a snappy block';
}

/** The chunk in a record whose checksum was compared already. */
export function decodeCheckedRecord(record: Uint8Array, address: Address): Uint8Array {
  const chunk = snappyDecode(record, 0, record.length - CRC_BYTES);
  if (!chunk) throw new DoltError('corrupt', `chunk ${address} is damaged: not a snappy block; run "dolt fsck"`);
  return chunk;
}

/** The first bytes of the chunk in a record whose checksum was compared already; how many. */
export function decodePrefix(record: Uint8Array, target: Uint8Array): number {
  return snappyPrefix(record, 0, record.length - CRC_BYTES, target, target.length);
}

/** What is wrong with the record's checksum, if anything. */
export function recordFault(bytes: Uint8Array, start: number, end: number): RecordFault | undefined {
  const crcAt = end - CRC_BYTES;
  if (crcAt <= start) return 'too short';
  return crc32c(bytes, start, crcAt) === u32At(bytes, crcAt) ? undefined : 'checksum does not match';
}

/** Bytes of the chunk that a record holds, by its own word. */
export function recordLength(bytes: Uint8Array, start: number, end: number): number {
  return snappyLength(bytes, start, end) ?? 0;
}

export function recordBound(length: number): number {
  return snappyBound(length) + CRC_BYTES;
}

/** Writes the record of `chunk` at `offset` of `target`, which has `recordBound` bytes there; the offset behind it. */
export function encodeRecord(chunk: Uint8Array, target: Uint8Array, offset: number): number {
  const end = snappyEncode(chunk, target, offset);
  putU32(target, end, crc32c(target, offset, end));
  return end + CRC_BYTES;
}

const room = new Uint8Array(1 << 16);

/** The record of `chunk`, in a new array. */
export function recordOf(chunk: Uint8Array): Uint8Array {
  const bound = recordBound(chunk.length);
  const target = bound > room.length ? new Uint8Array(bound) : room;
  return target.slice(0, encodeRecord(chunk, target, 0));
}
