import { expect, test } from 'vitest';
import { parseDate } from '../../src/repo/dates.ts';
import { type IgnorePattern, isIgnored } from '../../src/repo/ignore-patterns.ts';
import { isValidBranchName } from '../../src/repo/ref-names.ts';

test.each([
  ['2024-01-02', '2024-01-02T00:00:00.000Z'],
  ['2024/01/02', '2024-01-02T00:00:00.000Z'],
  ['2024.01.02T03:04:05', '2024-01-02T03:04:05.000Z'],
  ['2024-01-02T03:04:05.678', '2024-01-02T03:04:05.678Z'],
  ['2024-01-02T03:04:05.6', '2024-01-02T03:04:05.600Z'],
  ['2024-01-02T03:04:05+02:30', '2024-01-02T00:34:05.000Z'],
  ['2024-01-02T03:04:05-08:00', '2024-01-02T11:04:05.000Z'],
  ['1969-12-31T23:59:59Z', '1969-12-31T23:59:59.000Z'],
  ['0001-01-01', '0001-01-01T00:00:00.000Z'],
])('date %s', (text, expected) => {
  expect(new Date(parseDate(text)).toISOString()).toBe(expected);
});

test.each(['2024-01-02 03:04:05', '2024-02-30', '2024-1-2', '2024-01/02', '', 'now', '2024-01-02T24:00:00'])(
  'no date: %j',
  (text) => {
    expect(() => parseDate(text)).toThrow(`error: '${text}' is not in a supported format.`);
  },
);

test.each(['main', 'feature/x', 'a-b_c.d', "it's", '@x', 'a@b'])('branch name %j', (name) => {
  expect(isValidBranchName(name)).toBe(true);
});

test.each([
  '',
  'HEAD',
  '-',
  '@',
  '0123456789abcdefghijklmnopqrstuv',
  'a b',
  'a..b',
  '.a',
  'a/.b',
  'a.lock',
  'a.lock/b',
  'a/',
  '/a',
  'a//b',
  'a.',
  'a~1',
  'a^',
  'a:b',
  'a?',
  'a*',
  'a[',
  'a\\b',
  'a@{b',
  'é',
  'a\tb',
  'a\u007f',
])('no branch name: %j', (name) => {
  expect(isValidBranchName(name)).toBe(false);
});

const ignore = (pattern: string): IgnorePattern => ({ pattern, ignored: true });
const keep = (pattern: string): IgnorePattern => ({ pattern, ignored: false });

test.each<[IgnorePattern[], string, boolean]>([
  [[], 't', false],
  [[], 'dolt_rebase', true],
  [[ignore('tmp*')], 'tmp1', true],
  [[ignore('tmp%')], 'tmp1', true],
  [[ignore('t?p')], 'tap', true],
  [[ignore('t?p')], 'taap', false],
  [[ignore('t.p')], 'tap', false],
  [[ignore('*')], 'a(b', true],
  [[ignore('*'), keep('important*')], 'important1', false],
  [[ignore('important_not'), keep('important*')], 'important_not', true],
  [[ignore('*'), keep('a*'), ignore('ab*')], 'abc', true],
])('dolt_ignore %j on %s', (patterns, table, expected) => {
  expect(isIgnored(patterns, table)).toBe(expected);
});

test('patterns that contradict each other are an error that names them', () => {
  expect(() => isIgnored([ignore('a*'), keep('*b')], 'ab')).toThrow('conflicting patterns in dolt_ignore');
  expect(() => isIgnored([ignore('a*'), keep('a%')], 'ab')).toThrow('ignored:     a*\nnot ignored: a%');
});
