/**
 * Most chunks are leaves of tables, which refer to nothing; that shows in the first bytes of the message, where the builder
 * puts its table of fields (FORMAT.md appendix A). Seeing it there saves decoding the chunk, or reading its fields.
 */
import { decodePrefix } from '../chunks/record.ts';

const prefix = new Uint8Array(192);
const TUPM = 0x4d505554;
/** Slots of the two fields that hold or locate addresses. */
const ADDRESS_SLOTS = [6, 7];

/** True when the chunk in a checked record certainly refers to nothing; false when it has to be read. */
export function refersToNothing(record: Uint8Array): boolean {
  return isPlainLeaf(prefix, decodePrefix(record, prefix));
}

/** The same of a chunk, of which `length` bytes are looked at. */
export function isPlainLeaf(chunk: Uint8Array, length = chunk.length): boolean {
  if (length < 20 || littleAt(chunk, 8, 4) !== TUPM) return false;
  const table = 4 + littleAt(chunk, 4, 4);
  if (table + 4 > length) return false;
  const fields = table - (littleAt(chunk, table, 4) | 0);
  if (fields < 12 || fields + 2 > length) return false;
  const end = fields + littleAt(chunk, fields, 2);
  if (end > length) return false;
  return ADDRESS_SLOTS.every((slot) => {
    const at = fields + 4 + 2 * slot;
    return at + 2 > end || littleAt(chunk, at, 2) === 0;
  });
}

/** A little-endian number. */
function littleAt(bytes: Uint8Array, at: number, size: 2 | 4): number {
  const low = bytes[at]! | (bytes[at + 1]! << 8);
  return size === 2 ? low : (low | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}
