/** Byte ranges and their order. */

/** Order of two byte ranges: negative, 0, positive. */
export type RangeComparator = (
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
) => number;

/** Bytewise; of two where one begins with the other, the shorter first. */
export const compareRanges: RangeComparator = (a, aStart, aEnd, b, bStart, bEnd) => {
  const length = Math.min(aEnd - aStart, bEnd - bStart);
  // Most keys differ early; the runtime's comparison pays only for long ones.
  const near = Math.min(length, 24);
  for (let i = 0; i < near; i++) {
    const difference = a[aStart + i]! - b[bStart + i]!;
    if (difference !== 0) return difference;
  }
  if (near < length)
    return Buffer.from(a.buffer, a.byteOffset, a.length).compare(b, bStart + near, bEnd, aStart + near, aEnd);
  return aEnd - aStart - (bEnd - bStart);
};
