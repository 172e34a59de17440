import { expect, test } from 'vitest';
import { GoRandom, newColumnTags } from '../../src/table/column-tags.ts';
import { Encoding } from '../../src/tuple/encoding.ts';

/** First, second and thousandth number of Go's math/rand for a seed. */
const sequences: readonly (readonly [bigint, bigint, bigint, bigint])[] = [
  [42n, 3440579354231278675n, 608747136543856411n, 1027943892744365279n],
  [-7n, 747107023976529931n, 7084732931963018726n, 5538704931495666629n],
  [0n, 8717895732742165505n, 2259404117704393152n, 8063246301045201982n],
  [2n ** 40n, 5470237361722394362n, 6322525149314491254n, 4432038144858650479n],
];

test.each(sequences)('the generator from seed %s', (seed, first, second, thousandth) => {
  const random = new GoRandom(seed);
  const numbers = Array.from({ length: 1000 }, () => random.next());
  expect([numbers[0], numbers[1], numbers[999]]).toEqual([first, second, thousandth]);
});

test('a tag that is taken is drawn again, and the range grows with the number of tags', () => {
  const column = { name: 'id', sqlType: 'int', encoding: Encoding.int32 };
  const [first] = newColumnTags('t', [], [column], []);
  const [second] = newColumnTags('T_', [], [{ ...column, name: 'I d' }], [first!]);
  expect(first).toBeLessThan(16384);
  expect(second).not.toBe(first);
  expect(newColumnTags('t', [], [column, column], [])).toHaveLength(2);
  const many = Array.from({ length: 8193 }, (_, i) => 100_000_000 + i);
  expect(newColumnTags('t', [], [column], many)[0]! % 16384).toBe(first);
});
