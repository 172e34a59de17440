/** A frame of a few bytes may stand for gigabytes: one that stands for more than a chunk can be is not decoded. */
import { expect, test } from 'vitest';
import { zstdDecoder } from '../../src/chunks/zstd.ts';

const BLOCK = 128 << 10;

/** Blocks of one byte, repeated. */
function repeated(blocks: number): Uint8Array {
  const frame = new Uint8Array(6 + 4 * blocks);
  // The magic, no fields, a window of 128 KiB.
  frame.set([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38]);
  for (let i = 0; i < blocks; i++) {
    const head = (i === blocks - 1 ? 1 : 0) | (1 << 1) | (BLOCK << 3);
    frame.set([head & 0xff, (head >>> 8) & 0xff, head >>> 16, 7], 6 + 4 * i);
  }
  return frame;
}

test('what a chunk can be is decoded', () => {
  const content = zstdDecoder().decode(repeated(10));
  expect(content).toHaveLength(10 * BLOCK);
  expect(content!.every((byte) => byte === 7)).toBe(true);
});

test('more than that is not', () => {
  const before = process.memoryUsage().rss;
  expect(zstdDecoder().decode(repeated(20_000))).toBeUndefined();
  expect(process.memoryUsage().rss - before).toBeLessThan(64 << 20);
});
