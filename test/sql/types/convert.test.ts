/** What columns take: values, errors and warnings. */
import { expect, test } from 'vitest';
import { type ConvertMode, type ConvertScene, convertTo } from '../../../src/sql/types/convert.ts';
import { formatValue } from '../../../src/sql/types/format.ts';
import { SqlError } from '../../../src/sql/types/sql-error.ts';
import { BIGINT, DOUBLE, decimal, LONGTEXT, type SqlType, varbinary } from '../../../src/sql/types/sql-type.ts';
import { parseStoredType } from '../../../src/sql/types/sql-type-text.ts';
import type { Value } from '../../../src/tuple/value.ts';

function store(type: string, value: Value, from: SqlType, mode: ConvertMode = 'strict'): string {
  const to = parseStoredType(type);
  const warnings: string[] = [];
  const scene: ConvertScene = {
    column: 'c',
    row: 3,
    warn: (warning) => warnings.push(`${warning.code} ${warning.message}`),
  };
  try {
    const stored = formatValue(convertTo(value, from, to, mode, scene), to);
    return warnings.length > 0 ? `${stored} (${warnings.join('; ')})` : stored;
  } catch (error) {
    if (!(error instanceof SqlError)) throw error;
    return `${error.errno} ${error.message}`;
  }
}

const cases: readonly [string, Value, SqlType, string][] = [
  ['int', 'abc', LONGTEXT, "1366 Incorrect integer value: 'abc' for column 'c' at row 3"],
  ['int', '1x', LONGTEXT, "1265 Data truncated for column 'c' at row 3"],
  ['int', '1.5', LONGTEXT, '2'],
  ['int', '', LONGTEXT, '0'],
  ['int', 15, decimal(3, 1), '2'],
  ['int', -15, decimal(3, 1), '-2'],
  ['int', 99999999999, BIGINT, "1264 Out of range value for column 'c' at row 3"],
  ['tinyint', 128, BIGINT, "1264 Out of range value for column 'c' at row 3"],
  ['tinyint unsigned', -1, BIGINT, "1264 Out of range value for column 'c' at row 3"],
  ['bigint unsigned', 1e30, DOUBLE, "1264 Out of range value for column 'c' at row 3"],
  ['bigint', 9.3e18, DOUBLE, "1264 Out of range value for column 'c' at row 3"],
  ['decimal(4,2)', 12345, decimal(5, 3), "12.35 (1265 Data truncated for column 'c' at row 3)"],
  ['decimal(4,2)', 123456, decimal(6, 3), "1264 Out of range value for column 'c' at row 3"],
  ['decimal(4,2)', 'abc', LONGTEXT, "1366 Incorrect decimal value: 'abc' for column 'c' at row 3"],
  ['double', 'abc', LONGTEXT, "1265 Data truncated for column 'c' at row 3"],
  ['float', 1e39, DOUBLE, "1264 Out of range value for column 'c' at row 3"],
  ['float', 1.1, DOUBLE, '1.1'],
  ['varchar(3)', 'abcdef', LONGTEXT, "1406 Data too long for column 'c' at row 3"],
  ['varchar(3)', 'abc   ', LONGTEXT, 'abc'],
  ['varchar(3)', 'äöü', LONGTEXT, 'äöü'],
  ['varchar(2)', '😀😀', LONGTEXT, '😀😀'],
  ['char(5)', 'ab ', LONGTEXT, 'ab '],
  ['varchar(10)', 1.5e20, DOUBLE, "1406 Data too long for column 'c' at row 3"],
  ['varchar(10)', 150, decimal(5, 2), '1.50'],
  ['tinytext', 'a'.repeat(256), LONGTEXT, "1406 Data too long for column 'c' at row 3"],
  ['binary(4)', 'ab', LONGTEXT, 'ab\0\0'],
  ['varbinary(1)', 'ab', LONGTEXT, "1406 Data too long for column 'c' at row 3"],
  ['varchar(5)', Uint8Array.of(0xff), varbinary(1), "1366 Incorrect string value: '\\xFF' for column 'c' at row 3"],
  ['date', '2020-02-30', LONGTEXT, "1292 Incorrect date value: '2020-02-30' for column 'c' at row 3"],
  ['date', '2020-01-02 10:00:00', LONGTEXT, "2020-01-02 (1265 Data truncated for column 'c' at row 3)"],
  ['date', '0000-00-00', LONGTEXT, '0000-00-00'],
  ['date', '20-1-2', LONGTEXT, '2020-01-02'],
  ['date', 20200102, BIGINT, '2020-01-02'],
  ['datetime(0)', 'abc', LONGTEXT, "1292 Incorrect datetime value: 'abc' for column 'c' at row 3"],
  ['datetime(0)', '2020-12-31 23:59:59.5', LONGTEXT, '2021-01-01 00:00:00'],
  ['datetime(3)', '2020-01-02 03:04:05.6789', LONGTEXT, '2020-01-02 03:04:05.679'],
  ['datetime(6)', '20200102030405', LONGTEXT, '2020-01-02 03:04:05.000000'],
  ['datetime(0)', '2020-01-02T03:04:05Z', LONGTEXT, '2020-01-02 03:04:05'],
  ['datetime(0)', '9999-12-31 23:59:59', LONGTEXT, '9999-12-31 23:59:59'],
  ['datetime(0)', '0000-00-00 00:00:00', LONGTEXT, '0000-00-00 00:00:00'],
  ['time(6)', '-838:59:59', LONGTEXT, '-838:59:59.000000'],
  ['time(6)', '900:00:00', LONGTEXT, '838:59:59.000000'],
  ['time(6)', 'abc', LONGTEXT, "1292 Incorrect time value: 'abc' for column 'c' at row 3"],
  ['year', 99, BIGINT, '1999'],
  ['year', 0, BIGINT, '0000'],
  ['year', '0', LONGTEXT, '2000'],
  ['year', 1800, BIGINT, "1264 Out of range value for column 'c' at row 3"],
  ['bit(2)', 5, BIGINT, "1264 Out of range value for column 'c' at row 3"],
  ['bit(12)', 5, BIGINT, '\0\x05'],
  ["enum('p','q')", 'q', LONGTEXT, 'q'],
  ["enum('p','q')", 2, BIGINT, 'q'],
  ["enum('p','q')", 'z', LONGTEXT, "1265 Data truncated for column 'c' at row 3"],
  ["set('a','b','c')", 'c,a', LONGTEXT, 'a,c'],
  ["set('a','b','c')", 6, BIGINT, 'b,c'],
  ["set('a')", 'z', LONGTEXT, "1265 Data truncated for column 'c' at row 3"],
  ['json', '{"b": 1.0, "a":[1, 2]}', LONGTEXT, '{"a":[1,2],"b":1}'],
  [
    'json',
    '{',
    LONGTEXT,
    '3140 Invalid JSON text: "Missing a name for object member." at position 1 in value for column \'c\'.',
  ],
];

for (const [type, value, from, expected] of cases) {
  test(`${type} takes ${from.kind} ${String(value).slice(0, 30)}`, () =>
    expect(store(type, value, from)).toBe(expected));
}

test('lenient storing cuts and warns', () => {
  expect(store('tinyint', 300, BIGINT, 'lenient')).toBe("127 (1264 Out of range value for column 'c' at row 3)");
  expect(store('int', '12abc', LONGTEXT, 'lenient')).toBe("12 (1265 Data truncated for column 'c' at row 3)");
  expect(store('date', 'abc', LONGTEXT, 'lenient')).toBe("0000-00-00 (1265 Data truncated for column 'c' at row 3)");
  expect(store('varchar(2)', 'abc', LONGTEXT, 'lenient')).toBe("ab (1265 Data truncated for column 'c' at row 3)");
});

test('documents that SQL functions made are stored as the original stores them', () => {
  const to = parseStoredType('json');
  const stored = (text: string) => convertTo(text, { kind: 'json', computed: true }, to, 'strict');
  expect(stored('{"a":1.50,"b":1.5e0,"c":18446744073709551615}')).toBe('{"a":"1.50","b":1.5,"c":18446744073709551615}');
  expect(stored('[@s"2020-01-02 03:04:05.000000"]')).toBe('["2020-01-02T03:04:05Z"]');
});
