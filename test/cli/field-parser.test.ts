/** The ways straight from the bytes against SQL's conversions. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Quoting } from '../../src/cli/table/csv-reader.ts';
import { fieldParser } from '../../src/cli/table/field-parser.ts';
import { parseStoredType } from '../../src/sql/types/sql-type-text.ts';
import type { Value } from '../../src/tuple/value.ts';

const types = [
  'tinyint',
  'tinyint unsigned',
  'int',
  'bigint',
  'bigint unsigned',
  'decimal(5,2)',
  'decimal(20,0)',
  'decimal(30,10)',
  'double',
  'date',
  'datetime(0)',
  'datetime(6)',
  'char(3)',
  'varchar(5)',
  'text',
];

const outcome = (act: () => Value): unknown => {
  try {
    return act();
  } catch (error) {
    return (error as Error).message;
  }
};

test('both ways lead to the same value', () => {
  const text = fc.oneof(
    fc.stringMatching(/^-?[0-9]{1,17}(\.[0-9]{0,3})?$/),
    fc.stringMatching(/^[0-9]{4}-[01][0-9]-[0-3][0-9]( [0-2][0-9]:[0-6][0-9]:[0-6][0-9])?(\.5)?$/),
    fc.stringMatching(/^[ a-cä.+-]{1,6}$/),
    fc.constantFrom(
      '0',
      '-0',
      '00012',
      '1e3',
      '.5',
      '5.',
      '128',
      '-129',
      '255',
      '999.99',
      '1000',
      '0000-00-00',
      '1970-01-01',
    ),
  );
  fc.assert(
    fc.property(fc.constantFrom(...types), text, (type, given) => {
      const parser = fieldParser(parseStoredType(type), 'c');
      const bytes = Buffer.from(given);
      expect(outcome(() => parser.bytes(bytes, 0, bytes.length, Quoting.plain))).toEqual(
        outcome(() => parser.text(given)),
      );
    }),
    { numRuns: 5_000 },
  );
});

test.each([
  ['int', '', Quoting.plain, null],
  ['int', '', Quoting.quoted, null],
  ['varchar(5)', '', Quoting.plain, null],
  ['varchar(5)', '', Quoting.quoted, ''],
  ['varchar(9)', 'a ""b""', Quoting.doubled, 'a "b"'],
  ['tinyint(1)', 'TRUE', Quoting.plain, 1],
  ['bit(4)', '5', Quoting.plain, 5],
  [`enum('a','b')`, 'b', Quoting.plain, 2],
  ['int', ' 7 ', Quoting.plain, 7],
] as const)('%s from %j', (type, given, quoting, value) => {
  const bytes = Buffer.from(given);
  expect(fieldParser(parseStoredType(type), 'c').bytes(bytes, 0, bytes.length, quoting)).toEqual(value);
});
