/**
 * CRC-32C (Castagnoli, reflected polynomial 0x82f63b78), the checksum of every stored record (FORMAT.md §1).
 *
 * Two ways to one number: a table-driven one in JavaScript, which costs nothing to start, and the processor's own
 * instruction through `@node-rs/crc32`, which costs nine milliseconds to load. Short ranges always take the first;
 * long ones take the second once this process has checked so many bytes that loading it pays.
 */

const LOAD_AFTER_BYTES = 2 << 20;
const NATIVE_FROM = 64;

let tables: Int32Array | undefined;
let native: ((bytes: Uint8Array, initial?: number) => number) | undefined;
let checked = 0;

/** The checksum of `bytes[start, end)`, unsigned; `initial` is the checksum of what stands before. */
export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length, initial = 0): number {
  if (end - start >= NATIVE_FROM) {
    if (native) return native(bytes.subarray(start, end), initial);
    checked += end - start;
    if (checked > LOAD_AFTER_BYTES) native = loadNative();
  }
  return crc32cPortable(bytes, start, end, initial);
}

/** The same by tables only, eight bytes a step. */
export function crc32cPortable(bytes: Uint8Array, start: number, end: number, initial = 0): number {
  if (!tables) tables = crcTables();
  const t = tables;
  let crc = ~initial;
  let i = start;
  for (const stop = end - 7; i < stop; i += 8) {
    crc ^= bytes[i]! | (bytes[i + 1]! << 8) | (bytes[i + 2]! << 16) | (bytes[i + 3]! << 24);
    crc =
      t[0x700 | (crc & 0xff)]! ^
      t[0x600 | ((crc >>> 8) & 0xff)]! ^
      t[0x500 | ((crc >>> 16) & 0xff)]! ^
      t[0x400 | (crc >>> 24)]! ^
      t[0x300 | bytes[i + 4]!]! ^
      t[0x200 | bytes[i + 5]!]! ^
      t[0x100 | bytes[i + 6]!]! ^
      t[bytes[i + 7]!]!;
  }
  for (; i < end; i++) crc = (crc >>> 8) ^ t[(crc ^ bytes[i]!) & 0xff]!;
  return ~crc >>> 0;
}

/**
 * The checksum of `count` pieces of `length` bytes, the first at `start`, each `stride` behind the one before. For many short
 * pieces: one loop that the compiler soon makes fast.
 */
export function crc32cOfPieces(
  bytes: Uint8Array,
  start: number,
  stride: number,
  length: number,
  count: number,
): number {
  if (!tables) tables = crcTables();
  const t = tables;
  let crc = ~0;
  for (let piece = 0, at = start; piece < count; piece++, at += stride) {
    for (let i = at, end = at + length; i < end; i++) crc = (crc >>> 8) ^ t[(crc ^ bytes[i]!) & 0xff]!;
  }
  return ~crc >>> 0;
}

/** For `count` bytes a step: the part of each byte in the checksum, by how many bytes of the step follow it. */
export function crcTables(count = 8): Int32Array {
  const made = new Int32Array(count * 256);
  for (let n = 0; n < 256; n++) {
    let crc = n;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    made[n] = crc;
  }
  for (let n = 0; n < 256; n++) {
    for (let k = 1; k < count; k++) {
      const previous = made[(k - 1) * 256 + n]!;
      made[k * 256 + n] = (previous >>> 8) ^ made[previous & 0xff]!;
    }
  }
  return made;
}

/** The add-on, or the portable way where the machine has none for it. */
function loadNative(): (bytes: Uint8Array, initial?: number) => number {
  try {
    const addOn = process.getBuiltinModule('node:module').createRequire(import.meta.url)(
      '@node-rs/crc32',
    ) as typeof import('@node-rs/crc32');
    return (bytes, initial) => addOn.crc32c(bytes as Buffer, initial);
  } catch {
    return (bytes, initial) => crc32cPortable(bytes, 0, bytes.length, initial);
  }
}
