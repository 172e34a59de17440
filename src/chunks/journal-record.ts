/**
 * Records of the chunk journal (FORMAT.md §2.5): a length, tagged fields, a CRC-32C. A chunk record carries an address
 * and the chunk's own record; a root record carries an address and the second in which it became the root.
 *
 * `scanJournal` reads forward until the first thing that is no record. What stands behind is a torn write if nothing
 * valid follows, and loss of data if a root record and another record follow: a root is only acknowledged after the
 * sync of everything before it.
 */
import { type Address, addressAt, writeAddress } from '../base/address.ts';
import { putU32, putU64, u32At, u64At } from '../base/big-endian.ts';
import { crc32c } from '../base/crc32c.ts';
import type { DiskFile } from '../base/disk.ts';

/** A chunk record is this much longer than the record in it: length, kind, address, tag, checksum. */
export const CHUNK_OVERHEAD = 32;
/** From the start of a chunk record to the record in it. */
export const PAYLOAD_OFFSET = 28;
/** From the payload back to the 20 bytes of the address. */
export const ADDRESS_BEFORE_PAYLOAD = 21;
const CHUNK_ADDRESS_OFFSET = PAYLOAD_OFFSET - ADDRESS_BEFORE_PAYLOAD;
const CHECKSUM_BYTES = 4;
export const ROOT_RECORD_BYTES = 40;
/** A root record without its time, as older versions wrote them. */
const MIN_RECORD_BYTES = 31;
/** Longer records are not read back, so longer chunks go into table files. */
export const MAX_RECORD_BYTES = 5 << 20;

const KIND = 1;
const ADDRESS = 2;
const PAYLOAD = 3;
const TIMESTAMP = 4;
const ROOT_KIND = 1;
const CHUNK_KIND = 2;

/**
 * Completes the chunk record at `offset` whose payload is `target[offset + PAYLOAD_OFFSET, payloadEnd)`; the offset behind
 * it.
 */
export function completeChunkRecord(target: Uint8Array, offset: number, address: Address, payloadEnd: number): number {
  const end = payloadEnd + CHECKSUM_BYTES;
  putU32(target, offset, end - offset);
  target[offset + 4] = KIND;
  target[offset + 5] = CHUNK_KIND;
  target[offset + 6] = ADDRESS;
  writeAddress(address, target, offset + CHUNK_ADDRESS_OFFSET);
  target[offset + 27] = PAYLOAD;
  putU32(target, end - 4, crc32c(target, offset, end - 4));
  return end;
}

/** Writes a root record at `offset`; the offset behind it. */
export function putRootRecord(target: Uint8Array, offset: number, root: Address, seconds: number): number {
  putU32(target, offset, ROOT_RECORD_BYTES);
  target[offset + 4] = KIND;
  target[offset + 5] = ROOT_KIND;
  target[offset + 6] = TIMESTAMP;
  putU64(target, offset + 7, seconds);
  target[offset + 15] = ADDRESS;
  writeAddress(root, target, offset + 16);
  putU32(target, offset + 36, crc32c(target, offset, offset + 36));
  return offset + ROOT_RECORD_BYTES;
}

export interface JournalVisitor {
  /** A chunk whose record stands at [offset, offset + length) of the file; its address at `at` of `bytes`. */
  chunk(bytes: Uint8Array, at: number, offset: number, length: number): void;
  /** Its record stands at [offset, end). */
  root(root: Address, seconds: number, offset: number, end: number): void;
}

export interface JournalScan {
  /** Behind the last valid record. */
  readonly end: number;
  /** Bytes follow that are no record and are not all zero. */
  readonly torn: boolean;
  /** Among them are a valid root record and, later, another valid record. */
  readonly lost: boolean;
}

const WINDOW = 1 << 20;

/** Visits every valid record from `start`, as far as `size`. */
export function scanJournal(file: DiskFile, start: number, visitor: JournalVisitor, size = file.size()): JournalScan {
  let buffer = new Uint8Array(Math.min(WINDOW, Math.max(0, size - start)));
  let base = start;
  let filled = 0;
  let at = 0;
  const available = (length: number): boolean => {
    if (at + length <= filled) return true;
    if (base + at + length > size) return false;
    const next = length > buffer.length ? new Uint8Array(length) : buffer;
    next.set(buffer.subarray(at, filled));
    filled -= at;
    base += at;
    at = 0;
    buffer = next;
    filled += file.read(buffer, filled, Math.min(buffer.length - filled, size - base - filled), base + filled);
    return length <= filled;
  };
  while (available(4)) {
    const length = u32At(buffer, at);
    if (length < MIN_RECORD_BYTES || length > MAX_RECORD_BYTES || !available(length)) break;
    if (!visitRecord(buffer, at, length, base + at, visitor)) break;
    at += length;
  }
  const end = base + at;
  return { end, torn: end < size && !allZero(file, end, size), lost: end < size && lossBehind(file, end, size) };
}

/** The root in a root record at `offset`, or undefined when none stands there. */
export function rootRecordAt(file: DiskFile, offset: number): Address | undefined {
  const bytes = new Uint8Array(ROOT_RECORD_BYTES);
  if (file.read(bytes, 0, ROOT_RECORD_BYTES, offset) < ROOT_RECORD_BYTES) return undefined;
  let found: Address | undefined;
  const length = u32At(bytes, 0);
  if (length > ROOT_RECORD_BYTES || length < MIN_RECORD_BYTES) return undefined;
  visitRecord(bytes, 0, length, offset, {
    chunk() {},
    root(root) {
      found = root;
    },
  });
  return found;
}

/** False when the bytes are no valid record. */
function visitRecord(
  bytes: Uint8Array,
  start: number,
  length: number,
  offset: number,
  visitor: JournalVisitor,
): boolean {
  const crcAt = start + length - 4;
  if (crc32c(bytes, start, crcAt) !== u32At(bytes, crcAt)) return false;
  let kind = 0;
  let seconds = 0;
  let addressPosition = -1;
  for (let at = start + 4; at < crcAt; ) {
    switch (bytes[at++]) {
      case KIND:
        kind = bytes[at++]!;
        break;
      case ADDRESS:
        addressPosition = at;
        at += 20;
        break;
      case TIMESTAMP:
        seconds = u64At(bytes, at);
        at += 8;
        break;
      case PAYLOAD:
        if (kind !== CHUNK_KIND || addressPosition < 0 || at + 4 >= crcAt) return false;
        visitor.chunk(bytes, addressPosition, offset + (at - start), crcAt - at);
        return true;
      default:
        return false;
    }
    if (at > crcAt) return false;
  }
  if (kind !== ROOT_KIND || addressPosition < 0) return false;
  visitor.root(addressAt(bytes, addressPosition), seconds, offset, offset + length);
  return true;
}

function allZero(file: DiskFile, start: number, size: number): boolean {
  const buffer = new Uint8Array(64 << 10);
  for (let at = start; at < size; ) {
    const count = file.read(buffer, 0, Math.min(buffer.length, size - at), at);
    if (count === 0) return true;
    for (let k = 0; k < count; k++) if (buffer[k] !== 0) return false;
    at += count;
  }
  return true;
}

/** Looks byte by byte for a root record that another record follows. */
function lossBehind(file: DiskFile, start: number, size: number): boolean {
  const buffer = new Uint8Array(Math.min(size - start, 2 * MAX_RECORD_BYTES));
  let rootSeen = false;
  const visitor: JournalVisitor = {
    chunk() {},
    root() {
      rootSeen = true;
    },
  };
  for (let base = start; base < size; ) {
    const filled = file.read(buffer, 0, Math.min(buffer.length, size - base), base);
    if (filled < ROOT_RECORD_BYTES) return false;
    const last = base + filled >= size;
    let at = 0;
    while (at + ROOT_RECORD_BYTES <= filled) {
      const length = u32At(buffer, at);
      if (length >= MIN_RECORD_BYTES && length <= MAX_RECORD_BYTES) {
        if (at + length > filled) {
          if (!last && at > 0) break;
        } else {
          const before = rootSeen;
          if (visitRecord(buffer, at, length, base + at, visitor)) {
            if (before) return true;
            at += length;
            continue;
          }
        }
      }
      at++;
    }
    if (last) return false;
    base += at;
  }
  return false;
}
