import { expect, test } from 'vitest';
import { chooseConjoin } from '../../src/chunks/conjoin.ts';

const chosen = (counts: readonly number[], limit: number) =>
  chooseConjoin(
    counts.map((chunkCount) => ({ chunkCount })),
    limit,
  ).map(({ chunkCount }) => chunkCount);

test('the smallest files, and each further one that is no larger than those before it together', () => {
  expect(chosen([8, 1, 4, 2, 1], 5)).toEqual([1, 1, 2, 4, 8]);
  expect(chosen([9, 1, 4, 2, 1], 5)).toEqual([1, 1, 2, 4]);
});

test('at least so many that half of the allowed number is free', () => {
  expect(chosen([1, 10, 100, 1000, 10_000, 100_000], 6)).toEqual([1, 10, 100]);
  expect(chosen([1, 1000], 2)).toEqual([1, 1000]);
});

test('none while there is room', () => {
  expect(chosen([1, 1, 1], 4)).toEqual([]);
});
