import { expect, test } from 'vitest';
import { withCommas } from '../../src/base/with-commas.ts';

test.each([0, 7, 999, 1000, 12_345, 999_999, 1_000_000, 123_456_789, 1_234_567_890])('%i', (count) => {
  expect(withCommas(count)).toBe(count.toLocaleString('en-US'));
});
