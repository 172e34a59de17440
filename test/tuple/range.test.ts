import { expect, test } from 'vitest';
import { compareRanges } from '../../src/tuple/range.ts';
import fc from '../fast-check.ts';

test('ranges compare bytewise, and of two where one begins with the other the shorter comes first', () => {
  const bytes = (maxLength: number) => fc.uint8Array({ maxLength, size: 'max' });
  const cases = fc.record({ start: bytes(60), a: bytes(3), b: bytes(3), before: bytes(5), after: bytes(5) });
  fc.assert(
    fc.property(cases, ({ start, a, b, before, after }) => {
      const [left, right] = [Buffer.from([...start, ...a]), Buffer.from([...start, ...b])];
      const [one, other] = [Uint8Array.from([...before, ...left, ...after]), Uint8Array.from([...right, ...before])];
      const order = compareRanges(one, before.length, before.length + left.length, other, 0, right.length);
      expect(Math.sign(order)).toBe(Buffer.compare(left, right));
    }),
    { numRuns: 500 },
  );
});
