/** Edits lead from one sequence to the other, and keep what can be kept. */

import { expect, test } from 'vitest';
import { sequenceDiff } from '../../src/cli/diff/sequence-diff.ts';
import fc from '../fast-check.ts';

test('both sequences are in the edit, and it is the shortest', () => {
  const sequence = fc.array(fc.constantFrom('a', 'b', 'c'), { maxLength: 12 });
  fc.assert(
    fc.property(sequence, sequence, (before, after) => {
      const edit = sequenceDiff(before, after);
      const side = (mark: string): string[] => edit.filter(([each]) => each !== mark).map(([, part]) => part);
      expect(side('+')).toEqual(before);
      expect(side('-')).toEqual(after);
      expect(edit.filter(([mark]) => mark === ' ').length).toBe(longestCommon(before, after));
    }),
  );
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  const [first, ...rest] = a;
  if (first === undefined) return 0;
  const at = b.indexOf(first);
  const without = longestCommon(rest, b);
  return at < 0 ? without : Math.max(without, 1 + longestCommon(rest, b.slice(at + 1)));
}

test('sequences too long to compare count as wholly different between what they share at their ends', () => {
  const middle = (letter: string): string[] => Array.from({ length: 2_500 }, (_, i) => `${letter}${i}`);
  const edit = sequenceDiff(['same', ...middle('a'), 'end'], ['same', ...middle('b'), 'end']);
  expect(edit.filter(([mark]) => mark === ' ').map(([, part]) => part)).toEqual(['same', 'end']);
  expect(edit.length).toBe(5_002);
});
