/** The CSV reader against a writer: whatever was written is read, however the bytes come. */

import { expect, test } from 'vitest';
import { CsvReader } from '../../src/cli/table/csv-reader.ts';
import fc from '../fast-check.ts';

/** Gives the bytes in pieces of at most `size`. */
function readerOf(text: string, size = Number.POSITIVE_INFINITY, delimiter = ','): CsvReader {
  const bytes = Buffer.from(text);
  let at = 0;
  return new CsvReader((into) => {
    const count = Math.min(size, into.length, bytes.length - at);
    into.set(bytes.subarray(at, at + count));
    at += count;
    return count;
  }, delimiter);
}

function records(reader: CsvReader): (string | undefined)[][] {
  const all: (string | undefined)[][] = [];
  while (reader.next()) all.push(Array.from({ length: reader.count }, (_, i) => reader.text(i)));
  return all;
}

test('fields, quotes, empty lines, line ends, a byte order mark', () => {
  const text = '\ufeffa,b\r\n1,"x,y"\n\n,""\r\n"a ""q"" b","two\nlines"\nlast,';
  expect(records(readerOf(text))).toEqual([
    ['a', 'b'],
    ['1', 'x,y'],
    [undefined, ''],
    ['a "q" b', 'two\nlines'],
    ['last', undefined],
  ]);
});

test('blanks before a field', () => {
  const text = 'a, b ,\t c\n1,  "x, y",\t" q"\n2,  ,';
  const expected = [
    ['a', 'b ', 'c'],
    ['1', 'x, y', ' q'],
    ['2', undefined, undefined],
  ];
  for (const size of [1, 5, 100]) expect(records(readerOf(text, size))).toEqual(expected);
  expect(records(readerOf('a\t b\t', 3, '\t'))).toEqual([['a', 'b', undefined]]);
});

test('the line of a record', () => {
  const reader = readerOf('a\n"x\ny"\n\nz\n');
  const lines = [];
  while (reader.next()) lines.push(reader.line);
  expect(lines).toEqual([1, 2, 5]);
});

test('another delimiter', () => {
  expect(records(readerOf('a|b,c|"d|e"', 3, '|'))).toEqual([['a', 'b,c', 'd|e']]);
});

test('a quote without end is an error, and then the end', () => {
  const reader = readerOf('a,b\n1,"open');
  expect(reader.next()).toBe(true);
  expect(() => reader.next()).toThrow('a quoted field has no end');
  expect(reader.line).toBe(2);
  expect(reader.next()).toBe(false);
});

test('what was written is read', () => {
  const field = fc.oneof(
    fc.constant(undefined),
    fc.string({ maxLength: 8 }),
    fc.stringMatching(/^[",\n\r ax\u00e4\u{1f600}]{0,6}$/u),
  );
  const rows = fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { maxLength: 12 });
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 40 }), fc.boolean(), (written, size, endsLine) => {
      const quoted = (text: string | undefined) => (text === undefined ? '' : `"${text.replaceAll('"', '""')}"`);
      const lines = written.map((row) => row.map(quoted).join(','));
      const text = lines.join('\n') + (endsLine && lines.length > 0 ? '\n' : '');
      expect(records(readerOf(text, size))).toEqual(written);
    }),
  );
});

test('text after a closing quote is an error, and the next record is read', () => {
  const reader = readerOf('a,b\n"x\ny"z,1\n"p" ,q\n');
  expect(reader.next()).toBe(true);
  expect(() => reader.next()).toThrow('text follows the closing quote of a field');
  expect(reader.line).toBe(2);
  expect(reader.next()).toBe(true);
  expect([reader.text(0), reader.text(1), reader.line]).toEqual(['p', 'q', 4]);
  expect(reader.next()).toBe(false);
});
