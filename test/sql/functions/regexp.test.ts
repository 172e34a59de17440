/** ICU's syntax in JavaScript's, and the bound on time. */
import { expect, test } from 'vitest';
import { compileRegexp } from '../../../src/sql/functions/regexp.ts';

const found = (pattern: string, text: string, match = '') => compileRegexp(pattern, match, false).exec(text, 0)?.[0];

test('syntax', () => {
  expect(found('(?i)ABC', 'xabc')).toBe('abc');
  expect(found('[[:alpha:]]+[[:digit:]]', '--ab1')).toBe('ab1');
  expect(found('[^[:space:]]+', '  ab ')).toBe('ab');
  expect(found('\\Aab\\z', 'ab')).toBe('ab');
  expect(found('\\Qa.b\\E', 'axb a.b')).toBe('a.b');
  expect(found('a\\h+b', 'a \tb')).toBe('a \tb');
  expect(found('\\p{Lu}', 'aBc')).toBe('B');
  expect(found('\\x41|\\u0042', 'B')).toBe('B');
  expect(found('a/b', 'a/b')).toBe('a/b');
  expect(found(']', 'a]')).toBe(']');
  expect(found('a{2,}', 'aaa')).toBe('aaa');
  expect(found('(?x) a b # both', 'ab')).toBe('ab');
  expect(found('^b', 'a\nb', 'm')).toBe('b');
  expect(found('.', '😀')).toBe('😀');
});

test('errors', () => {
  for (const pattern of ['(', '[a', '*a', 'a{x}', '\\', '[[:nope:]]', 'a)', '(?>a)', '']) {
    expect(() => found(pattern, 'a'), pattern).toThrow(/regular expression/i);
  }
});

test('a pattern of exponential time ends with an error', () => {
  const started = performance.now();
  expect(() => found('^(a+)+$', `${'a'.repeat(40)}!`)).toThrow('Timeout exceeded in regular expression match.');
  expect(performance.now() - started).toBeLessThan(10_000);
  expect(found('^(a+)+$', 'a'.repeat(40))).toBe('a'.repeat(40));
});
