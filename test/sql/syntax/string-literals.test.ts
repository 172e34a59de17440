import { expect, test } from 'vitest';
import { parseStatement } from '../../../src/sql/syntax/parse.ts';
import fc from '../../fast-check.ts';

/** Long enough to be searched, not only looked at character by character. */
const content = fc
  .array(fc.constantFrom("'", '"', '\\', 'a', 'ä', '\u{1F600}', 'some words more ', ',', ')', '\n'), { maxLength: 40 })
  .map((parts) => parts.join(''));

const values = (text: string, noBackslashEscapes: boolean): unknown[] => {
  const { statement } = parseStatement(text, { noBackslashEscapes });
  if (statement.kind !== 'insert' || statement.source.kind !== 'rows') throw new Error(statement.kind);
  return statement.source.rows.flat().map((each) => (each.kind === 'string' ? each.value : each.kind));
};

test.each([false, true])('strings of any length end where they do; without escapes: %s', (noBackslashEscapes) => {
  fc.assert(
    fc.property(fc.array(fc.tuple(content, fc.constantFrom("'", '"'), fc.boolean()), { minLength: 1 }), (texts) => {
      const written = texts.map(([text, quote, doubles]) => {
        const escaped = noBackslashEscapes ? text : text.replaceAll('\\', '\\\\');
        const inside = doubles || noBackslashEscapes ? quote + quote : `\\${quote}`;
        return quote + escaped.replaceAll(quote, inside) + quote;
      });
      const rows = written.map((each) => `(${each}, 1)`).join(', ');
      const expected = texts.flatMap(([text]) => [text, 'number']);
      expect(values(`insert into t values ${rows}`, noBackslashEscapes)).toEqual(expected);
    }),
    { numRuns: 300 },
  );
});

test('a string that does not end, and one that ends in a backslash', () => {
  const long = 'x'.repeat(100);
  expect(() => values(`insert into t values ('${long}`, false)).toThrow('unclosed string');
  expect(() => values(`insert into t values ('${long}\\`, false)).toThrow('unclosed string');
  expect(() => values(`insert into t values ('${long}\\')`, false)).toThrow('unclosed string');
  expect(values(`insert into t values ('${long}\\')`, true)).toEqual([`${long}\\`]);
});
