import { createRequire } from 'node:module';
import { describe, expect, test } from 'vitest';
import { crc32c, crc32cPortable } from '../../src/base/crc32c.ts';
import { decodeRecord, recordOf } from '../../src/chunks/record.ts';
import {
  decodePortable,
  encodePortable,
  snappyBound,
  snappyDecode,
  snappyEncode,
  snappyEnd,
  snappyLength,
} from '../../src/chunks/snappy.ts';
import { COMPILED_LIMIT, compileDecoder } from '../../src/chunks/snappy-wasm.ts';
import { compileEncoder, FRAGMENT_BYTES } from '../../src/chunks/snappy-wasm-encoder.ts';
import fc from '../fast-check.ts';

const original = createRequire(import.meta.url)('snappy') as {
  compressSync(bytes: Uint8Array): Buffer;
  uncompressSync(bytes: Uint8Array): Buffer;
};

function encoded(bytes: Uint8Array): Uint8Array {
  const target = new Uint8Array(snappyBound(bytes.length));
  return target.subarray(0, snappyEncode(bytes, target, 0));
}

/** Bytes that repeat themselves at many distances, as rows do. */
const repetitive = fc
  .array(fc.tuple(fc.uint8Array({ maxLength: 40 }), fc.nat(12), fc.nat(3000)), { maxLength: 60 })
  .map((pieces) => {
    const bytes: number[] = [];
    for (const [literal, times, back] of pieces) {
      for (let n = 0; n <= times; n++) bytes.push(...literal);
      if (back > 0 && back <= bytes.length) bytes.push(...bytes.slice(-back).slice(0, 200));
    }
    return Uint8Array.from(bytes);
  });

/** What either decoder makes of a block: the same. */
const compiled = compileDecoder()!;
function decodedByBoth(block: Uint8Array): Uint8Array | undefined {
  const length = snappyLength(block, 0, block.length);
  if (length === undefined || length > 100_000) return undefined;
  const start = 1 + Number(length >= 1 << 7) + Number(length >= 1 << 14);
  const target = new Uint8Array(length);
  const portable = decodePortable(block, start, block.length, target) ? target : undefined;
  expect(compiled(block, start, block.length, length)).toEqual(portable);
  return portable;
}

const compiledEncoder = compileEncoder()!;
function expectSameElements(fragment: Uint8Array): void {
  const portable = new Uint8Array(snappyBound(fragment.length));
  const other = new Uint8Array(snappyBound(fragment.length));
  const view = new DataView(fragment.buffer, fragment.byteOffset, fragment.length);
  const end = encodePortable(fragment, view, 0, fragment.length, portable, 0);
  expect(compiledEncoder(fragment, other, 0)).toBe(end);
  expect(Buffer.compare(other, portable)).toBe(0);
}

describe('snappy', () => {
  test('reads what the reference writes, and is read by it', () => {
    fc.assert(
      fc.property(fc.oneof(repetitive, fc.uint8Array({ maxLength: 300 })), (bytes) => {
        const ours = encoded(bytes);
        expect(snappyLength(ours, 0, ours.length)).toBe(bytes.length);
        expect(Buffer.compare(original.uncompressSync(Buffer.from(ours)), bytes)).toBe(0);
        const theirs = original.compressSync(Buffer.from(bytes));
        expect(Buffer.compare(snappyDecode(theirs, 0, theirs.length)!, bytes)).toBe(0);
        expect(Buffer.compare(snappyDecode(ours, 0, ours.length)!, bytes)).toBe(0);
        expect(Buffer.compare(decodedByBoth(theirs)!, bytes)).toBe(0);
      }),
      { numRuns: 400 },
    );
  });

  test('does the same over the fragment size', () => {
    const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => (i % 1000 < 500 ? i >> 3 : (i * i) >> 5));
    const ours = encoded(bytes);
    expect(ours.length).toBeLessThan(bytes.length);
    expect(Buffer.compare(original.uncompressSync(Buffer.from(ours)), bytes)).toBe(0);
    expect(Buffer.compare(snappyDecode(ours, 0, ours.length)!, bytes)).toBe(0);
  });

  test('never reads or writes out of bounds, whatever the block', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), repetitive, fc.nat(), fc.nat(255), (noise, bytes, at, byte) => {
        snappyDecode(noise, 0, noise.length);
        decodedByBoth(noise);
        const block = encoded(bytes);
        block[at % block.length] = byte;
        decodedByBoth(block);
        const decoded = snappyDecode(block, 0, block.length);
        if (decoded) expect(decoded.length).toBe(snappyLength(block, 0, block.length));
        expect(snappyDecode(block, 0, Math.max(0, block.length - 1))?.length ?? 0).toBeLessThanOrEqual(2 ** 21);
      }),
      { numRuns: 2000 },
    );
    expect(snappyDecode(Uint8Array.of(0xff, 0xff, 0xff, 0xff, 0xff, 0xff), 0, 6)).toBeUndefined();
    expect(snappyDecode(Uint8Array.of(0xff, 0xff, 0xff, 0x7f, 0), 0, 5)).toBeUndefined();
    expect(snappyDecode(new Uint8Array(0), 0, 0)).toBeUndefined();
  });

  test('elements at the edges of both buffers', () => {
    const literal = (...bytes: number[]): number[] => [(bytes.length - 1) << 2, ...bytes];
    const far = (size: number, offset: number): number[] => [((size - 1) << 2) | 2, offset & 0xff, offset >> 8];
    const farther = (size: number, offset: number): number[] => [((size - 1) << 2) | 3, offset, 0, 0, 0];
    const near = (size: number, offset: number): number[] => [((size - 4) << 2) | 1, offset];
    const long = (bytes: number, length: number): number[] =>
      Array.from({ length: bytes + 1 }, (_, i) =>
        i === 0 ? (59 + bytes) << 2 : ((length - 1) / 2 ** (8 * (i - 1))) & 0xff,
      );
    const blocks: readonly (readonly [boolean, ...number[]])[] = [
      [true, 1, ...literal(7)],
      [false, 2, ...literal(7)],
      [false, 0, ...literal(7)],
      [true, 0],
      [true, 64, ...literal(1), ...far(63, 1)],
      [true, 64, ...literal(1), ...farther(63, 1)],
      [true, 12, ...literal(1), ...near(11, 1)],
      [false, 63, ...literal(1), ...far(63, 1)],
      [false, 12, ...literal(1), ...near(11, 2)],
      [false, 12, ...literal(1), ...near(11, 0)],
      [false, 12, ...literal(1), 0x1d],
      [false, 64, ...literal(1), (62 << 2) | 2, 1],
      [false, 64, ...literal(1), (62 << 2) | 3, 1, 0, 0],
      [false, 64, ...literal(1), ...farther(63, -1)],
      ...[1, 2, 3, 4].map((bytes): [boolean, ...number[]] => [true, 70, ...long(bytes, 70), ...Array(70).fill(9)]),
      ...[1, 2, 3, 4].map((bytes): [boolean, ...number[]] => [false, 70, ...long(bytes, 70), ...Array(69).fill(9)]),
      [false, 70, ...long(4, 2 ** 32), ...Array(70).fill(9)],
      [false, 70, 63 << 2, 69],
      ...[7, 8, 9, 15, 16, 17].map((offset): [boolean, ...number[]] => [
        true,
        offset + 60,
        ...literal(...Array.from({ length: offset }, (_, i) => i)),
        ...far(60, offset),
      ]),
    ];
    for (const [isValid, ...block] of blocks) {
      expect(decodedByBoth(Uint8Array.from(block)) !== undefined, `${block}`).toBe(isValid);
    }
  });

  test('the compiled decoder takes blocks and content up to its limit', () => {
    const bytes = Uint8Array.from({ length: COMPILED_LIMIT }, (_, i) => (i * i) >> 5);
    const block = encoded(bytes);
    expect(Buffer.compare(compiled(block, 3, block.length, bytes.length)!, bytes)).toBe(0);
    const literal = Uint8Array.from({ length: COMPILED_LIMIT }, (_, i) => i);
    literal.set([62 << 2, 0xfb, 0xff, 0x01]);
    expect(Buffer.compare(compiled(literal, 0, literal.length, COMPILED_LIMIT - 4)!, literal.subarray(4))).toBe(0);
  });

  test('the compiled encoder writes the same', () => {
    const pieces = fc.oneof(repetitive, fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 20 }));
    fc.assert(fc.property(pieces, expectSameElements), { numRuns: 1000 });
    let state = 3;
    const random = (): number => {
      state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
      return state / 2 ** 31;
    };
    for (const length of [1, 15, 16, 17, 18, 60, 61, 256, 257, 16_384, 16_385, FRAGMENT_BYTES]) {
      for (const values of [1, 2, 30, 256]) {
        expectSameElements(Uint8Array.from({ length }, () => random() * values));
        expectSameElements(Uint8Array.from({ length }, (_, i) => (i % 5000 < 3000 ? random() * values : i >> 6)));
      }
    }
  });

  test('a record with any bit turned over is not taken', () => {
    const record = recordOf(new TextEncoder().encode('some chunk, some chunk, some chunk'));
    for (let bit = 0; bit < record.length * 8; bit++) {
      const damaged = record.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(decodeRecord(damaged, 0, damaged.length)).toBe('checksum does not match');
    }
  });
});

test('a block says where it ends', () => {
  const chunks = fc.tuple(
    fc.uint8Array({ maxLength: 70 }),
    fc.integer({ min: 1, max: 60 }),
    fc.uint8Array({ maxLength: 300 }),
  );
  fc.assert(
    fc.property(chunks, fc.uint8Array({ maxLength: 9 }), ([piece, times, rest], behind) => {
      const chunk = Uint8Array.from([
        ...Array(times)
          .fill([...piece])
          .flat(),
        ...rest,
      ]);
      const block = new Uint8Array(snappyBound(chunk.length));
      const end = snappyEncode(chunk, block, 0);
      const bytes = Uint8Array.from([...block.subarray(0, end), ...behind]);
      expect(snappyEnd(bytes, 0, bytes.length)).toBe(end);
      if (chunk.length > 0) expect(snappyEnd(bytes, 0, end - 1)).toBeUndefined();
    }),
  );
});

describe('crc32c', () => {
  test('gives the check value, by either way and in pieces', () => {
    const check = new TextEncoder().encode('123456789');
    expect(crc32c(check)).toBe(0xe3069283);
    expect(crc32c(check, 3, 9, crc32c(check, 0, 3))).toBe(0xe3069283);
    const long = Uint8Array.from({ length: 3 << 20 }, (_, i) => i * 7);
    const portable = crc32cPortable(long, 1, long.length);
    // Long enough for the add-on to be loaded on the way.
    expect(crc32c(long, 1, long.length)).toBe(portable);
    expect(crc32c(long, 1, long.length)).toBe(portable);
    expect(crc32c(long, 100, long.length, crc32c(long, 1, 100))).toBe(portable);
  });
});
