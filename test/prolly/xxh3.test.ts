import { createXXHash3, createXXHash128 } from 'hash-wasm';
import { describe, expect, it } from 'vitest';
import { writeXxh3Of128, xxh3Low32 } from '../../src/prolly/xxh3.ts';
import fc from '../fast-check.ts';

const pattern = (n: number) => Uint8Array.from({ length: n }, (_, i) => i % 251);

describe('XXH3', () => {
  it('equals hash-wasm for every length up to 3000, two seeds', async () => {
    for (const [low, high] of [
      [0xb6c1fbdd, 0x7b5468b6],
      [0xffffffff, 0x80000001],
    ] as const) {
      const reference = await createXXHash3(low, high);
      for (let n = 0; n < 3000; n++) {
        const bytes = pattern(n);
        const expected = reference.init().update(bytes).digest('hex');
        expect(
          xxh3Low32(bytes, 0, n, low | 0, high | 0)
            .toString(16)
            .padStart(8, '0'),
        ).toBe(expected.slice(8));
      }
    }
  });

  it('128 bits: equals hash-wasm for every length up to 3000', async () => {
    const reference = await createXXHash128(0, 0);
    const out = new Uint8Array(18);
    for (let n = 0; n < 3000; n++) {
      writeXxh3Of128(pattern(n), 0, n, out, 1);
      const actual = Buffer.from(out.slice(1, 17)).reverse().toString('hex');
      expect(actual).toBe(reference.init().update(pattern(n)).digest('hex'));
    }
  });

  it('random bytes at random places', async () => {
    const narrow = await createXXHash3(7, 9);
    const wide = await createXXHash128(0, 0);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(5), (bytes, skip) => {
        const start = Math.min(skip, bytes.length);
        const part = bytes.slice(start);
        expect(xxh3Low32(bytes, start, bytes.length, 7, 9).toString(16).padStart(8, '0')).toBe(
          narrow.init().update(part).digest('hex').slice(8),
        );
        const out = new Uint8Array(16);
        writeXxh3Of128(bytes, start, bytes.length, out, 0);
        expect(Buffer.from(out).reverse().toString('hex')).toBe(wide.init().update(part).digest('hex'));
      }),
      { numRuns: 1000 },
    );
  });

  it('published values', () => {
    // FORMAT.md appendix C: seed SALT[0], low 32 bits.
    const salt = 0xddfbc13668b6547bn;
    const low = Number(salt & 0xffffffffn) | 0;
    const high = Number(salt >> 32n) | 0;
    expect(xxh3Low32(pattern(0), 0, 0, low, high)).toBe(0xc437f96d);
    expect(xxh3Low32(pattern(8), 0, 8, low, high)).toBe(0x1e0d8f2e);
    expect(xxh3Low32(pattern(16), 0, 16, low, high)).toBe(0x3e9d4770);
    expect(xxh3Low32(pattern(128), 0, 128, low, high)).toBe(0xa9e38b85);
    expect(xxh3Low32(pattern(240), 0, 240, low, high)).toBe(0xadbce8fa);
    expect(xxh3Low32(pattern(1000), 0, 1000, low, high)).toBe(0x12846d6f);
  });
});
