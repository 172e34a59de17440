/** Texts that come again are not parsed again, and their plans are kept with what was parsed. */
import { expect, test } from 'vitest';
import { RecentStatements } from '../../../src/sql/session/recent-statements.ts';
import type { ScriptReader } from '../../../src/sql/syntax/parse.ts';

function reading(recent = new RecentStatements()) {
  let parses = 0;
  const parse = (reader: ScriptReader) => {
    parses++;
    return reader.next();
  };
  return {
    read: (text: string, sqlMode = '') => Array.from(recent.read(text, sqlMode, parse), ({ parsed }) => parsed),
    parses: () => parses,
  };
}

test('a statement that stands alone is parsed once', () => {
  const { read, parses } = reading();
  const [first] = read('select 1;');
  const before = parses();
  const [again, ...more] = read('select 1;');
  expect(again).toBe(first);
  expect(more).toEqual([]);
  expect(parses()).toBe(before);
  expect(read('select 1;', 'ANSI_QUOTES')[0]).not.toBe(first);
});

test('several statements, long ones and none are read anew', () => {
  const { read } = reading();
  for (const text of ['select 1; select 2', `select '${'x'.repeat(3000)}'`, '-- nothing']) {
    const first = read(text);
    const again = read(text);
    expect(again.map(({ text }) => text)).toEqual(first.map(({ text }) => text));
    for (const [i, statement] of again.entries()) expect(statement).not.toBe(first[i]);
  }
});

test('what comes before a statement that is wrong is given before it throws', () => {
  const { read } = reading();
  const given: string[] = [];
  const recent = new RecentStatements();
  expect(() => {
    for (const { parsed } of recent.read('select 1; selec 2', '', (reader) => reader.next())) given.push(parsed.text);
  }).toThrow(/syntax/i);
  expect(given).toEqual(['select 1']);
  expect(() => read('selec 2')).toThrow(/syntax/i);
});
