/** LIKE against a matcher that tries everything. */

import { expect, test } from 'vitest';
import { likeMatcher } from '../../../src/sql/expressions/like-pattern.ts';
import fc from '../../fast-check.ts';

function naive(text: string, pattern: string): boolean {
  if (pattern === '') return text === '';
  const [first, ...more] = pattern;
  const rest = more.join('');
  if (first === '%') return naive(text, rest) || (text !== '' && naive(text.slice(1), pattern));
  if (first === '\\' && rest !== '') return text[0] === rest[0] && naive(text.slice(1), rest.slice(1));
  return text !== '' && (first === '_' || first === text[0]) && naive(text.slice(1), rest);
}

test('against the naive matcher', () => {
  const letters = (...some: string[]) =>
    fc.array(fc.constantFrom(...some), { maxLength: 8 }).map((all) => all.join(''));
  fc.assert(
    fc.property(letters('a', 'b', '%', '_'), letters('a', 'b', '%', '_', '\\', 'a', '%'), (text, pattern) => {
      expect(likeMatcher(pattern, '\\', 'utf8mb4_bin')(text)).toBe(naive(text, pattern));
    }),
    { numRuns: 3000 },
  );
});

test('characters beyond 16 bits are one character', () => {
  expect(likeMatcher('_', '\\', 'utf8mb4_bin')('😀')).toBe(true);
  expect(likeMatcher('%_b', '\\', 'utf8mb4_bin')('a😀b')).toBe(true);
});

test('collations', () => {
  expect(likeMatcher('FÖ%', '\\', 'utf8mb4_0900_ai_ci')('foo')).toBe(true);
  expect(likeMatcher('FO%', '\\', 'utf8mb4_bin')('foo')).toBe(false);
});

test('many percent signs take no exponential time', () => {
  expect(likeMatcher(`${'%a'.repeat(40)}b`, '\\', 'utf8mb4_bin')('a'.repeat(5000))).toBe(false);
});
