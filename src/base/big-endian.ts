/** Big-endian integers in byte ranges: the order of every integer in the store's files (FORMAT.md §9, 1). */

export function u32At(bytes: Uint8Array, offset: number): number {
  return ((bytes[offset]! << 24) | (bytes[offset + 1]! << 16) | (bytes[offset + 2]! << 8) | bytes[offset + 3]!) >>> 0;
}

export function putU32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}

const HOST_IS_LITTLE_ENDIAN = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** `count` numbers of 32 bits in a row, without a step of JavaScript for each. */
export function u32sAt(bytes: Uint8Array, offset: number, count: number): Uint32Array {
  const copy = new Uint8Array(bytes.subarray(offset, offset + 4 * count));
  if (HOST_IS_LITTLE_ENDIAN) Buffer.from(copy.buffer).swap32();
  return new Uint32Array(copy.buffer);
}

/** An unsigned 64-bit number as a double: exact below 2^53, which is beyond every offset of a file. */
export function u64At(bytes: Uint8Array, offset: number): number {
  return u32At(bytes, offset) * 0x1_0000_0000 + u32At(bytes, offset + 4);
}

export function putU64(bytes: Uint8Array, offset: number, value: number): void {
  putU32(bytes, offset, Math.floor(value / 0x1_0000_0000));
  putU32(bytes, offset + 4, value % 0x1_0000_0000);
}
