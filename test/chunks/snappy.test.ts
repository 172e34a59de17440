import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crc32c, crc32cPortable } from '../../src/base/crc32c.ts';
import { decodeRecord, recordOf } from '../../src/chunks/record.ts';
import { snappyBound, snappyDecode, snappyEncode, snappyLength } from '../../src/chunks/snappy.ts';

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
        const block = encoded(bytes);
        block[at % block.length] = byte;
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

  test('a record with any bit turned over is not taken', () => {
    const record = recordOf(new TextEncoder().encode('some chunk, some chunk, some chunk'));
    for (let bit = 0; bit < record.length * 8; bit++) {
      const damaged = record.slice();
      damaged[bit >> 3]! ^= 1 << (bit & 7);
      expect(decodeRecord(damaged, 0, damaged.length)).toBe('checksum does not match');
    }
  });
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
