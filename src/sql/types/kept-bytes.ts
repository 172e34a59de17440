/** What values take in memory where they are kept: an estimate, for the bound of a statement's memory. */
import type { Value } from '../../tuple/value.ts';

const SLOT_BYTES = 8;
/** What a text, a large number or bytes cost beside their slot and their characters. */
const OBJECT_BYTES = 24;

export function keptBytes(value: Value): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return SLOT_BYTES + OBJECT_BYTES + value.length;
  return typeof value === 'bigint' ? SLOT_BYTES + OBJECT_BYTES : SLOT_BYTES;
}

/** Of the first `length` values of a column, which are of one type. */
export function keptBytesOfColumn(column: readonly Value[], length: number): number {
  let at = 0;
  while (at < length && (column[at] === null || column[at] === undefined)) at++;
  // Of integers only those beyond 2^53 are objects, and few columns have some.
  if (at === length || typeof column[at] === 'number') return SLOT_BYTES * length;
  let bytes = SLOT_BYTES * at;
  for (; at < length; at++) bytes += keptBytes(column[at]!);
  return bytes;
}
