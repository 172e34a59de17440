/** SQLite 4's variable-length integers, which open an out-of-band adaptive value (FORMAT.md §5.3). */

/** Bytes of the varint that starts with `first`. */
export function varintLength(first: number): number {
  if (first <= 240) return 1;
  if (first <= 248) return 2;
  return first === 249 ? 3 : first - 246;
}

export function varintSize(value: number): number {
  if (value <= 240) return 1;
  if (value <= 2287) return 2;
  if (value <= 67823) return 3;
  let size = 4;
  for (let limit = 0x1000000; value >= limit; limit *= 256) size++;
  return size;
}

export function readVarint(bytes: Uint8Array, at: number): number {
  const first = bytes[at]!;
  if (first <= 240) return first;
  if (first <= 248) return 240 + 256 * (first - 241) + bytes[at + 1]!;
  if (first === 249) return 2288 + 256 * bytes[at + 1]! + bytes[at + 2]!;
  let value = 0;
  for (let i = 1; i < first - 246; i++) value = value * 256 + bytes[at + i]!;
  return value;
}

/** Writes `value` at `at`; the bytes written. */
export function writeVarint(value: number, bytes: Uint8Array, at: number): number {
  const size = varintSize(value);
  if (size === 1) bytes[at] = value;
  else if (size === 2) {
    bytes[at] = 241 + ((value - 240) >> 8);
    bytes[at + 1] = value - 240;
  } else if (size === 3) {
    bytes[at] = 249;
    bytes[at + 1] = (value - 2288) >> 8;
    bytes[at + 2] = value - 2288;
  } else {
    bytes[at] = 246 + size;
    let rest = value;
    for (let i = size - 1; i > 0; i--) {
      bytes[at + i] = rest % 256;
      rest = Math.floor(rest / 256);
    }
  }
  return size;
}
