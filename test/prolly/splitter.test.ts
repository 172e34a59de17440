import { expect, test } from 'vitest';
import { Splitter } from '../../src/prolly/splitter.ts';

test('a node of 512 bytes may end, and one of 511 never', () => {
  // By the curve of sizes one in 4096 ends there.
  const ending = (pairSize: number) => {
    let count = 0;
    for (let n = 0; n < 40_000; n++) {
      if (new Splitter(0).endsAfter(Uint8Array.of(n >> 8, n & 255), 0, 2, pairSize)) count++;
    }
    return count;
  };
  expect(ending(511)).toBe(0);
  expect(ending(512)).toBeGreaterThan(0);
});
