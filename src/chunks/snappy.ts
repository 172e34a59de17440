/**
 * The snappy block format (a uvarint length, then literals and copies), both ways, on byte ranges.
 *
 * Our own because a call into an add-on costs more than the work on a 4 KB chunk. The decoder trusts nothing: every
 * length and offset is checked against both buffers, and a block that breaks a rule gives `undefined`. There are two of
 * it: one in JavaScript, which costs nothing to start and takes blocks of any size, and WebAssembly, which is made once
 * this process has decoded enough for it. The encoder, of which there are two as well, is the greedy one of the format's
 * description: a hash of four bytes finds the last place that began alike; after many misses it takes wider steps, so
 * that random bytes cost little.
 */
import type { ScanMemory } from './scan-memory.ts';
import { COMPILED_LIMIT, type CompiledDecoder, compileDecoder } from './snappy-wasm.ts';
import { type CompiledEncoder, compileEncoder, FRAGMENT_BYTES } from './snappy-wasm-encoder.ts';

const MAX_LENGTH = 256 << 20;
const SHORT = 48;
const COMPILE_AFTER_BYTES = 1 << 19;

let compiledDecoder: CompiledDecoder | undefined;
let decoded = 0;
let compiledEncoder: CompiledEncoder | undefined;
let encoded = 0;

/** The bytes that the block `source[start, end)` stands for, in `memory` if given; undefined when it is not a valid block. */
export function snappyDecode(
  source: Uint8Array,
  start: number,
  end: number,
  memory?: ScanMemory,
): Uint8Array | undefined {
  let at = start;
  let length = 0;
  for (let shift = 0; ; shift += 7) {
    if (at >= end || shift > 28) return undefined;
    const byte = source[at++]!;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  // An element makes at most 64 bytes of three.
  if (length > MAX_LENGTH || length > (end - at) * 22 + 64) return undefined;
  // Every byte is written below, so zeroes would be wasted; a plain array, because a Buffer's `slice` shares.
  const place = memory === undefined ? -1 : memory.take(length);
  const buffer = place < 0 ? Buffer.allocUnsafeSlow(length).buffer : memory!.buffer;
  const target = new Uint8Array(buffer, Math.max(0, place), length);
  const decode = compiledFor(Math.max(length, end - at));
  if (!decode) return decodePortable(source, at, end, target) ? target : undefined;
  const content = decode(source, at, end, length);
  if (content) target.set(content);
  return content && target;
}

/** The compiled decoder, if it is worth while by now and takes so many bytes. */
function compiledFor(bytes: number): CompiledDecoder | undefined {
  if (bytes > COMPILED_LIMIT) return undefined;
  if (decoded <= COMPILE_AFTER_BYTES) {
    decoded += bytes;
    if (decoded > COMPILE_AFTER_BYTES) compiledDecoder = compileDecoder();
  }
  return compiledDecoder;
}

/** Decodes the elements of a block by JavaScript, which have to fill `target`; false when they break a rule. */
export function decodePortable(source: Uint8Array, start: number, end: number, target: Uint8Array): boolean {
  // Short runs are moved four bytes a step and may write up to three too many, which the next element writes again.
  const from32 = new DataView(source.buffer, source.byteOffset, source.length);
  const { length } = target;
  const to32 = new DataView(target.buffer, target.byteOffset, length);
  const sourceRoom = source.length - 4;
  const targetRoom = length - 4;
  let at = start;
  let to = 0;
  while (at < end) {
    const tag = source[at++]!;
    const kind = tag & 3;
    let size = (tag >> 2) + 1;
    if (kind === 0) {
      if (size > 60) {
        const extra = size - 60;
        if (at + extra > end) return false;
        size = source[at]!;
        for (let k = 1; k < extra; k++) size += source[at + k]! * 2 ** (8 * k);
        size++;
        at += extra;
      }
      const stop = at + size;
      if (stop > end || to + size > length) return false;
      if (size > SHORT) target.set(source.subarray(at, stop), to);
      else if (to + size <= targetRoom && stop <= sourceRoom) {
        for (let k = 0; k < size; k += 4) to32.setInt32(to + k, from32.getInt32(at + k, true), true);
      } else for (let k = 0; k < size; k++) target[to + k] = source[at + k]!;
      at = stop;
      to += size;
      continue;
    }
    let offset: number;
    if (kind === 1) {
      if (at >= end) return false;
      size = ((tag >> 2) & 7) + 4;
      offset = ((tag & 0xe0) << 3) | source[at++]!;
    } else if (kind === 2) {
      if (at + 2 > end) return false;
      offset = source[at]! | (source[at + 1]! << 8);
      at += 2;
    } else {
      if (at + 4 > end) return false;
      offset = from32.getUint32(at, true);
      at += 4;
    }
    const stop = to + size;
    let from = to - offset;
    if (offset === 0 || from < 0 || stop > length) return false;
    if (offset >= 4 && stop <= targetRoom) {
      for (; to < stop; to += 4, from += 4) to32.setInt32(to, to32.getInt32(from, true), true);
      to = stop;
    } else while (to < stop) target[to++] = target[from++]!;
  }
  return to === length;
}

/**
 * Decodes a valid block only up to `limit` bytes of it, into `target`; how many bytes there are. For looking at the head
 * of a chunk without paying for the rest.
 */
export function snappyPrefix(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  limit: number,
): number {
  let at = start;
  while (at < end && source[at]! >= 0x80) at++;
  at++;
  let to = 0;
  while (at < end && to < limit) {
    const tag = source[at++]!;
    const kind = tag & 3;
    let size = (tag >> 2) + 1;
    if (kind === 0) {
      if (size > 60) {
        const extra = size - 60;
        size = source[at]!;
        for (let k = 1; k < extra; k++) size += source[at + k]! * 2 ** (8 * k);
        size++;
        at += extra;
      }
      const stop = Math.min(limit, to + size);
      for (let from = at; to < stop; ) target[to++] = source[from++]!;
      at += size;
      continue;
    }
    let offset: number;
    if (kind === 1) {
      size = ((tag >> 2) & 7) + 4;
      offset = ((tag & 0xe0) << 3) | source[at++]!;
    } else {
      offset = source[at]! | (source[at + 1]! << 8);
      if (kind === 3) offset += source[at + 2]! * 0x1_0000 + source[at + 3]! * 0x100_0000;
      at += kind === 2 ? 2 : 4;
    }
    const stop = Math.min(limit, to + size);
    for (let from = to - offset; to < stop; ) target[to++] = target[from++] ?? 0;
  }
  return to;
}

/** Where a block ends whose length nobody has told; undefined when that is not within `source[start, end)`. */
export function snappyEnd(source: Uint8Array, start: number, end: number): number | undefined {
  const length = snappyLength(source, start, end);
  if (length === undefined) return undefined;
  let at = start;
  while (source[at]! >= 0x80) at++;
  at++;
  for (let made = 0; made < length; ) {
    if (at >= end) return undefined;
    const tag = source[at++]!;
    const kind = tag & 3;
    let size = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1;
    if (kind !== 0) at += kind === 3 ? 4 : kind;
    else {
      if (size > 60) {
        const extra = size - 60;
        size = 1;
        for (let k = 0; k < extra; k++) size += (source[at + k] ?? 0) * 2 ** (8 * k);
        at += extra;
      }
      at += size;
    }
    made += size;
  }
  return at <= end ? at : undefined;
}

/** The uncompressed length that a block announces, or undefined. */
export function snappyLength(source: Uint8Array, start: number, end: number): number | undefined {
  let length = 0;
  for (let at = start, shift = 0; at < end && shift <= 28; shift += 7) {
    const byte = source[at++]!;
    length += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return length;
  }
  return undefined;
}

/** Bytes that a block of `length` uncompressed bytes takes at most. */
export function snappyBound(length: number): number {
  return 32 + length + Math.ceil(length / 6);
}

const table = new Uint16Array(1 << 14);

/** Writes the block of `source` at `offset` of `target`, which has `snappyBound` bytes there; the offset behind it. */
export function snappyEncode(source: Uint8Array, target: Uint8Array, offset: number): number {
  let to = offset;
  let length = source.length;
  while (length >= 0x80) {
    target[to++] = length | 0x80;
    length >>>= 7;
  }
  target[to++] = length;
  if (encoded <= COMPILE_AFTER_BYTES) {
    encoded += source.length;
    if (encoded > COMPILE_AFTER_BYTES) compiledEncoder = compileEncoder();
  }
  const view = new DataView(source.buffer, source.byteOffset, source.length);
  for (let start = 0; start < source.length; start += FRAGMENT_BYTES) {
    const end = Math.min(start + FRAGMENT_BYTES, source.length);
    if (compiledEncoder) to = compiledEncoder(source.subarray(start, end), target, to);
    else to = encodePortable(source, view, start, end, target, to);
  }
  return to;
}

/** Writes the elements that stand for `source[base, end)`, a fragment, at `start` of `target`; the offset behind them. */
export function encodePortable(
  source: Uint8Array,
  view: DataView,
  base: number,
  end: number,
  target: Uint8Array,
  start: number,
): number {
  let to = start;
  if (end - base < 17) return putLiteral(source, base, end, target, to);
  let bits = 8;
  while (bits < 14 && 1 << bits < end - base) bits++;
  const shift = 32 - bits;
  table.fill(0, 0, 1 << bits);
  const limit = end - 15;
  let emitted = base;
  let at = base + 1;
  let next = view.getInt32(at, true);
  search: for (;;) {
    let skip = 32;
    let candidate: number;
    for (let ahead = at; ; ) {
      at = ahead;
      ahead += skip >> 5;
      skip += skip >> 5;
      if (ahead > limit) break search;
      const slot = Math.imul(next, 0x1e35a7bd) >>> shift;
      candidate = base + table[slot]!;
      table[slot] = at - base;
      const found = next;
      next = view.getInt32(ahead, true);
      if (found === view.getInt32(candidate, true)) break;
    }
    to = putLiteral(source, emitted, at, target, to);
    for (;;) {
      const from = at;
      let match = candidate + 4;
      at += 4;
      for (; at + 4 <= end && view.getInt32(at, true) === view.getInt32(match, true); at += 4) match += 4;
      for (; at < end && source[at] === source[match]; at++) match++;
      to = putCopy(from - candidate, at - from, target, to);
      emitted = at;
      if (at >= limit) break search;
      table[Math.imul(view.getInt32(at - 1, true), 0x1e35a7bd) >>> shift] = at - 1 - base;
      const here = view.getInt32(at, true);
      const slot = Math.imul(here, 0x1e35a7bd) >>> shift;
      candidate = base + table[slot]!;
      table[slot] = at - base;
      if (here !== view.getInt32(candidate, true)) break;
    }
    at++;
    next = view.getInt32(at, true);
  }
  return emitted < end ? putLiteral(source, emitted, end, target, to) : to;
}

function putLiteral(source: Uint8Array, from: number, end: number, target: Uint8Array, start: number): number {
  let to = start;
  const size = end - from;
  if (size === 0) return to;
  if (size <= 60) target[to++] = (size - 1) << 2;
  else if (size <= 0x100) {
    target[to++] = 60 << 2;
    target[to++] = size - 1;
  } else {
    target[to++] = 61 << 2;
    target[to++] = size - 1;
    target[to++] = (size - 1) >> 8;
  }
  if (size <= SHORT) for (let k = 0; k < size; k++) target[to + k] = source[from + k]!;
  else target.set(source.subarray(from, end), to);
  return to + size;
}

function putCopy(offset: number, length: number, target: Uint8Array, start: number): number {
  let to = start;
  let left = length;
  while (left >= 68) {
    target[to++] = (63 << 2) | 2;
    target[to++] = offset;
    target[to++] = offset >> 8;
    left -= 64;
  }
  if (left > 64) {
    target[to++] = (59 << 2) | 2;
    target[to++] = offset;
    target[to++] = offset >> 8;
    left -= 60;
  }
  if (left >= 12 || offset >= 2048) {
    target[to++] = ((left - 1) << 2) | 2;
    target[to++] = offset;
    target[to++] = offset >> 8;
  } else {
    target[to++] = ((offset >> 8) << 5) | ((left - 4) << 2) | 1;
    target[to++] = offset;
  }
  return to;
}
