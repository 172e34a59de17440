/** The ways straight from the bytes against SQL's conversions. */

import { expect, test } from 'vitest';
import { MemoryChunkStore } from '../../src/chunks/memory-chunk-store.ts';
import { Quoting } from '../../src/cli/table/csv-reader.ts';
import { type FieldParser, fieldParser } from '../../src/cli/table/field-parser.ts';
import { NodeStore } from '../../src/prolly/node-store.ts';
import { parseStoredType } from '../../src/sql/types/sql-type-text.ts';
import { Encoding } from '../../src/tuple/encoding.ts';
import { TupleBuilder } from '../../src/tuple/tuple-builder.ts';
import { TupleDescriptor } from '../../src/tuple/tuple-descriptor.ts';
import type { Value } from '../../src/tuple/value.ts';
import fc from '../fast-check.ts';

const encodings = {
  tinyint: Encoding.int8,
  'tinyint unsigned': Encoding.uint8,
  int: Encoding.int32,
  bigint: Encoding.int64,
  'bigint unsigned': Encoding.uint64,
  'decimal(5,2)': Encoding.decimal,
  'decimal(20,0)': Encoding.decimal,
  'decimal(30,10)': Encoding.decimal,
  double: Encoding.float64,
  date: Encoding.date,
  'datetime(0)': Encoding.datetime,
  'datetime(6)': Encoding.datetime,
  'char(3)': Encoding.string,
  'varchar(5)': Encoding.stringAdaptive,
  text: Encoding.stringAdaptive,
} as const;
type TypeName = keyof typeof encodings;
const types = Object.keys(encodings) as TypeName[];

/** What a tuple holds after the parser has put the field into it. */
function stored(type: TypeName, parser: FieldParser, bytes: Buffer): Value {
  const scale = Number(/,(\d+)/.exec(type)?.[1] ?? 0);
  const descriptor = new TupleDescriptor([{ encoding: encodings[type], nullable: true, scale }]);
  const builder = new TupleBuilder(descriptor, new NodeStore(new MemoryChunkStore()));
  const isThere = parser.put(bytes, 0, bytes.length, Quoting.plain, builder, 0);
  const tuple = builder.build();
  const value = descriptor.decode(tuple, 0, tuple.length, 0);
  expect(value !== null).toBe(isThere);
  return value;
}

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
      const expected = outcome(() => parser.text(given));
      expect(outcome(() => parser.bytes(bytes, 0, bytes.length, Quoting.plain))).toEqual(expected);
      expect(outcome(() => stored(type, parser, bytes))).toEqual(expected);
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
