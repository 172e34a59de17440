/** Values that go over the wire as text come back as what they were, in a type that prints them alike. */
import { expect, test } from 'vitest';
import type { Column } from '../../src/sql/expressions/batch.ts';
import { bitBytes, formatValue } from '../../src/sql/types/format.ts';
import {
  BOOLEAN,
  COMPUTED_JSON,
  DATE,
  DOUBLE,
  datetime,
  decimal,
  FLOAT,
  JSON_TYPE,
  LONGBLOB,
  LONGTEXT,
  type SqlType,
  TIME,
  TINYINT_1,
  timestamp,
  UNSIGNED_BIGINT,
  varbinary,
  varchar,
  YEAR,
  ZERO_DATETIME,
} from '../../src/sql/types/sql-type.ts';
import type { Value } from '../../src/tuple/value.ts';
import { columnDefinition } from '../../src/wire/column-types.ts';
import { typeOfColumn, valueReader } from '../../src/wire/column-values.ts';
import { PacketReader } from '../../src/wire/packet-reader.ts';
import { PacketWriter } from '../../src/wire/packet-writer.ts';
import { PayloadReader } from '../../src/wire/payload-reader.ts';
import { DEFAULT_CLIENT_COLLATION, encodingOf } from '../../src/wire/text-encoding.ts';
import { textRowWriter } from '../../src/wire/text-row.ts';
import fc from '../fast-check.ts';

const encoding = encodingOf('utf8mb4', DEFAULT_CLIENT_COLLATION)!;

function sent(type: SqlType, value: Value): Buffer {
  const writer = new PacketWriter();
  const columns: Column[] = [[value]];
  textRowWriter([type], encoding)(writer, columns, 0, 1);
  const reader = new PacketReader(1 << 20);
  reader.push(writer.take());
  return new PayloadReader(reader.next()!).lengthBytes();
}

const typeThere = (type: SqlType): SqlType =>
  typeOfColumn(columnDefinition({ name: 'a', type, nullable: true }, DEFAULT_CLIENT_COLLATION));

const cases: readonly (readonly [SqlType, readonly Value[]])[] = [
  [{ kind: 'integer', bits: 8, unsigned: false }, [-128, 0, 127]],
  [TINYINT_1, [0, 1, 7]],
  [BOOLEAN, [0, 1]],
  [UNSIGNED_BIGINT, [0, Number.MAX_SAFE_INTEGER, 18446744073709551615n]],
  [FLOAT, [Math.fround(1.1), -0.5, Math.fround(3.4e38), Math.fround(1e-10)]],
  [DOUBLE, [1.1, 1e300, 5e-324, -0]],
  [decimal(20, 5), [0, -12345, 123456789012345678901234n]],
  [decimal(30, 0), [7, 123456789012345678901234567890n]],
  [{ kind: 'bit', width: 1 }, [0, 1]],
  [{ kind: 'bit', width: 64 }, [0, 257, 18446744073709551615n]],
  [YEAR, [0, 1901, 2155]],
  [DATE, [0, (2024 << 16) | (2 << 8) | 29, (999 << 16) | (1 << 8) | 1]],
  [TIME, [0, -3_020_399_000_000, 45_296_789_000]],
  [datetime(), [ZERO_DATETIME, Date.UTC(2024, 0, 2, 3, 4, 5) * 1000]],
  [datetime(6), [Date.UTC(2024, 0, 2) * 1000 + 1, 253_402_300_799_999_999n]],
  [timestamp(3), [Date.UTC(2024, 0, 2) * 1000 + 678_000]],
  [varchar(20), ['', 'ä€😀', '12', 'a\nb']],
  [LONGTEXT, ['x'.repeat(70_000)]],
  [varbinary(8), [Buffer.from('00ff', 'hex'), Buffer.alloc(0)]],
  [LONGBLOB, [Buffer.from('0a00', 'hex')]],
  [{ kind: 'geometry', shape: 'point' }, [Buffer.from('00000000', 'hex')]],
  [JSON_TYPE, ['{"a":[1,2.5],"b c":null}']],
  [COMPUTED_JSON, ['{"a":[1,2.5e0],"long":1}', '[]', '1.50']],
];

test.each(cases)('%j', (type, values) => {
  const there = typeThere(type);
  const read = valueReader(there);
  for (const value of values) {
    const back = read(sent(type, value));
    expect(formatValue(back, there)).toBe(formatValue(value, type));
    if (type.kind === 'bit') expect(bitBytes(back as number, there as never)).toEqual(bitBytes(value as number, type));
    // What prints numbers and times bare takes them as they are.
    else if (typeof value !== 'string') expect(back === value || Buffer.isBuffer(back)).toBe(true);
  }
});

test('truth values and computed documents are told from their like', () => {
  expect(typeThere(BOOLEAN)).toEqual(BOOLEAN);
  expect(typeThere(TINYINT_1)).not.toHaveProperty('boolean');
  expect(typeThere(COMPUTED_JSON)).toEqual(COMPUTED_JSON);
  expect(typeThere(JSON_TYPE)).toEqual(JSON_TYPE);
});

test('numbers of any length are the texts that they are elsewhere', () => {
  const numbers = fc.oneof(
    fc.integer(),
    fc.integer({ min: -1000, max: 1000 }),
    fc.maxSafeInteger(),
    fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 2 ** 31, 9, 10, 99, 100, -99, -100),
  );
  fc.assert(
    fc.property(numbers, fc.nat(30), (number, scale) => {
      const types: readonly SqlType[] = [decimal(65, scale), { kind: 'integer', bits: 64, unsigned: false }];
      for (const type of types) expect(sent(type, number).toString()).toBe(formatValue(number, type));
    }),
  );
});
