/**
 * Where the fields of a tuple are (FORMAT.md §5.1). A tuple is a range `[start, end)` of a buffer:
 *
 *     field 0 … field k−1 | u16 offset of field 1 … of field k−1 | u16 k
 *
 * A NULL field is empty, and one at or beyond k is NULL too; a field that is not NULL has at least one byte.
 */

/** Start of a field, or -1 when it is NULL. */
export function fieldStart(bytes: Uint8Array, start: number, end: number, field: number): number {
  const count = bytes[end - 2]! | (bytes[end - 1]! << 8);
  if (field >= count) return -1;
  const offsets = end - 2 * count;
  const from = field === 0 ? start : start + (bytes[offsets + 2 * field - 2]! | (bytes[offsets + 2 * field - 1]! << 8));
  const to =
    field === count - 1 ? offsets : start + (bytes[offsets + 2 * field]! | (bytes[offsets + 2 * field + 1]! << 8));
  return from === to ? -1 : from;
}

/** End of a field; meaningless when the field is NULL. */
export function fieldEnd(bytes: Uint8Array, start: number, end: number, field: number): number {
  const count = bytes[end - 2]! | (bytes[end - 1]! << 8);
  const offsets = end - 2 * count;
  return field >= count - 1 ? offsets : start + (bytes[offsets + 2 * field]! | (bytes[offsets + 2 * field + 1]! << 8));
}
