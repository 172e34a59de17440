import { expect, test } from 'vitest';
import { type ArgumentRules, HelpRequested, parseArguments, UsageError } from '../../src/verbs/arguments.ts';

const rules: ArgumentRules = {
  name: 'commit',
  maxPositional: 1,
  flags: [
    { name: 'message', short: 'm', value: 'msg', help: '' },
    { name: 'all', short: 'a', help: '' },
    { name: 'ALL', short: 'A', help: '' },
    { name: 'allow-empty', help: '' },
    { name: 'gpg-sign', short: 'S', value: 'key-id', optional: true, help: '' },
    { name: 'not', value: 'revision', list: true, help: '' },
    { name: 'verbose', short: 'v', repeatable: true, help: '' },
  ],
};

const parse = (...args: string[]) => {
  const parsed = parseArguments(rules, args);
  const given = rules.flags.filter((f) => parsed.has(f.name)).map((f) => [f.name, parsed.value(f.name)]);
  return { positional: parsed.positional, flags: Object.fromEntries(given) };
};

test.each<[string[], { positional: string[]; flags: Record<string, string> }]>([
  [['-am', 'text'], { positional: [], flags: { all: '', message: 'text' } }],
  [['-Am', 'text'], { positional: [], flags: { ALL: '', message: 'text' } }],
  [['-a', '-m', '-x'], { positional: [], flags: { all: '', message: '-x' } }],
  [['-mtext'], { positional: [], flags: { message: 'text' } }],
  [['--message=text'], { positional: [], flags: { message: 'text' } }],
  [['--message', 'a b'], { positional: [], flags: { message: 'a b' } }],
  [['--allow-empty', '-m', 'x'], { positional: [], flags: { 'allow-empty': '', message: 'x' } }],
  [['-allow-empty'], { positional: [], flags: { 'allow-empty': '' } }],
  [['-S', '-m', 'x'], { positional: [], flags: { 'gpg-sign': '', message: 'x' } }],
  [['-S', 'key', '-m', 'x'], { positional: [], flags: { 'gpg-sign': 'key', message: 'x' } }],
  [['--not', 'a', 'b', '-a'], { positional: [], flags: { not: 'a,b', all: '' } }],
  [['--', '-a'], { positional: ['-a'], flags: {} }],
  [['-vv', 'x'], { positional: ['x'], flags: { verbose: '' } }],
  [['', '-a'], { positional: [''], flags: { all: '' } }],
])('%j', (args, expected) => {
  expect(parse(...args)).toEqual(expected);
});

test.each([
  [['--nope'], "error: unknown option `nope'"],
  [['-m'], "error: no value for option `message'"],
  [['-m', 'a', '-m', 'b'], "error: multiple values provided for `message'"],
  [['a', 'b'], 'error: commit has too many positional arguments. Expected at most 1, found 2: a, b'],
])('%j is refused', (args, message) => {
  expect(() => parse(...args)).toThrow(UsageError);
  expect(() => parse(...args)).toThrow(message);
});

test('help is told apart', () => {
  expect(() => parse('--help')).toThrow(HelpRequested);
  expect(() => parse('-h')).toThrow(HelpRequested);
});

test('where -- stood is known', () => {
  expect(parseArguments(rules, ['--', 'a']).separator).toBe(0);
  expect(parseArguments(rules, ['a']).separator).toBeUndefined();
});
