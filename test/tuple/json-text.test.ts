import { expect, test } from 'vitest';
import { canonicalJson, parseJson, printJson } from '../../src/tuple/json-text.ts';

test('the stored text of a document', () => {
  expect(canonicalJson('{"b": 1.0, "a": [1e21, 1e-7, -0, 18446744073709551615], "b": 2}')).toBe(
    '{"a":[1e+21,1e-7,-0,18446744073709552000],"b":2}',
  );
  expect(canonicalJson('"<&>\\u2028\\u0001\\u007f\\/\\b\u00e4"')).toBe('"<&>\\u2028\\u0001\u007f/\\b\u00e4"');
  expect(canonicalJson('{"\uffee":1,"\u{1F600}":2,"__proto__":3,"10":4,"9":5}')).toBe(
    '{"10":4,"9":5,"__proto__":3,"\uffee":1,"\u{1F600}":2}',
  );
});

test('documents made by SQL keep integers', () => {
  expect(printJson(new Map<string, never>([['n', 9223372036854775807n as never]]))).toBe('{"n":9223372036854775807}');
  expect(printJson(parseJson('[{"a":null},true,"x"]'))).toBe('[{"a":null},true,"x"]');
});

test('what is not JSON', () => {
  expect(() => canonicalJson('{"a":')).toThrow(/invalid JSON text/);
  expect(() => canonicalJson('[1e999]')).toThrow(/out of range/);
});
