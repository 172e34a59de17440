import { expect, test } from 'vitest';
import { copyBytes } from '../../src/base/copy-bytes.ts';
import fc from '../fast-check.ts';

test('a range is copied and nothing beside it', () => {
  const bytes = fc.uint8Array({ minLength: 0, maxLength: 400, size: 'max' });
  fc.assert(
    fc.property(bytes, fc.nat(), fc.nat(), fc.nat(40), (content, a, b, at) => {
      // Not at the start of its buffer.
      const from = new Uint8Array([9, 9, 9, ...content]).subarray(3);
      const [start, end] = [a % (content.length + 1), b % (content.length + 1)].sort((x, y) => x - y) as [
        number,
        number,
      ];
      const to = new Uint8Array(at + end - start + 2).fill(7);
      const expected = [...new Uint8Array(at).fill(7), ...content.subarray(start, end), 7, 7];
      copyBytes(from, start, end, to, at);
      expect([...to]).toEqual(expected);
    }),
  );
});
