/**
 * Most chunks of a push are leaves of tables, which refer to nothing; that shows in the first bytes of the message, where
 * the builder puts its table of fields (FORMAT.md appendix A). Seeing it there saves decoding the chunk.
 */
import { decodePrefix } from '../chunks/record.ts';

const prefix = new Uint8Array(192);
const view = new DataView(prefix.buffer);
const TUPM = 0x4d505554;
/** Slots of the two fields that hold or locate addresses. */
const ADDRESS_SLOTS = [6, 7];

/** True when the chunk in a checked record certainly refers to nothing; false when it has to be read. */
export function refersToNothing(record: Uint8Array): boolean {
  const length = decodePrefix(record, prefix);
  if (length < 20 || view.getUint32(8, true) !== TUPM) return false;
  const table = 4 + view.getUint32(4, true);
  if (table + 4 > length) return false;
  const fields = table - view.getInt32(table, true);
  if (fields < 12 || fields + 2 > length) return false;
  const end = fields + view.getUint16(fields, true);
  if (end > length) return false;
  return ADDRESS_SLOTS.every((slot) => {
    const at = fields + 4 + 2 * slot;
    return at + 2 > end || view.getUint16(at, true) === 0;
  });
}
