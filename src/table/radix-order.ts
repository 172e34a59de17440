/**
 * Sorts by numbers of 48 bits without comparing: one stable pass for each digit, from the lowest. Only the bits in which
 * the numbers differ make digits, so that numbers of a small range take one pass.
 */

/** Bits of one half of a number. */
export const HALF_BITS = 24;
const DIGIT_BITS = 12;
const DIGITS = 1 << DIGIT_BITS;

/** The first `count` positions in the order of the numbers `high · 2^24 + low`, equal ones in the order of position. */
export function radixOrder(high: Uint32Array, low: Uint32Array, count: number): Uint32Array {
  let order = new Uint32Array(count);
  for (let i = 0; i < count; i++) order[i] = i;
  let other = new Uint32Array(count);
  let highVaries = 0;
  let lowVaries = 0;
  for (let i = 1; i < count; i++) {
    highVaries |= high[i]! ^ high[0]!;
    lowVaries |= low[i]! ^ low[0]!;
  }
  let shift = lowVaries !== 0 ? lowestBit(lowVaries) : HALF_BITS + lowestBit(highVaries);
  const end = highVaries !== 0 ? HALF_BITS + 32 - Math.clz32(highVaries) : 32 - Math.clz32(lowVaries);
  for (; shift < end; shift += DIGIT_BITS) {
    scatter(high, low, shift, order, other);
    [order, other] = [other, order];
  }
  return order;
}

function lowestBit(bits: number): number {
  return 31 - Math.clz32(bits & -bits);
}

function scatter(high: Uint32Array, low: Uint32Array, shift: number, from: Uint32Array, to: Uint32Array): void {
  // The digit may reach from one half into the other.
  const lowShift = Math.min(shift, HALF_BITS);
  const up = shift < HALF_BITS ? HALF_BITS - shift : 0;
  const down = shift < HALF_BITS ? 0 : shift - HALF_BITS;
  const next = new Uint32Array(DIGITS);
  for (let i = 0; i < from.length; i++) {
    const digit = ((low[i]! >>> lowShift) | ((high[i]! << up) >>> down)) & (DIGITS - 1);
    next[digit] = next[digit]! + 1;
  }
  let sum = 0;
  for (let digit = 0; digit < DIGITS; digit++) {
    const count = next[digit]!;
    next[digit] = sum;
    sum += count;
  }
  for (let i = 0; i < from.length; i++) {
    const entry = from[i]!;
    const digit = ((low[entry]! >>> lowShift) | ((high[entry]! << up) >>> down)) & (DIGITS - 1);
    const at = next[digit]!;
    to[at] = entry;
    next[digit] = at + 1;
  }
}
