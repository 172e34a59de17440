/** The stored spelling of types (FORMAT §3.10) round-trips, and what SHOW prints of them. */
import { expect, test } from 'vitest';
import { displayTypeText, parseStoredType, storedTypeText } from '../../../src/sql/types/sql-type-text.ts';

const stored = [
  'tinyint',
  'tinyint(1)',
  'tinyint unsigned',
  'int',
  'mediumint unsigned',
  'bigint unsigned',
  'float',
  'double',
  'decimal(10,2)',
  'bit(12)',
  'year',
  'date',
  'time(6)',
  'datetime(0)',
  'timestamp(3)',
  'char(10)',
  'varchar(40)',
  'varchar(40) COLLATE utf8mb4_0900_ai_ci',
  'char(5) CHARACTER SET latin1 COLLATE latin1_swedish_ci',
  'binary(4)',
  'varbinary(10)',
  'tinytext',
  'text',
  'mediumtext',
  'longtext COLLATE utf8mb4_unicode_ci',
  'tinyblob',
  'blob',
  'longblob',
  "enum('a','b''c')",
  "set('x','y') COLLATE utf8mb4_general_ci",
  'json',
  'point SRID 0',
  'geometry SRID 4326',
  'geometry',
];

for (const text of stored) test(text, () => expect(storedTypeText(parseStoredType(text))).toBe(text));

test('display', () => {
  expect(displayTypeText(parseStoredType('datetime(0)'))).toBe('datetime');
  expect(displayTypeText(parseStoredType('timestamp(6)'))).toBe('timestamp(6)');
  expect(displayTypeText(parseStoredType('time(6)'))).toBe('time(6)');
  expect(displayTypeText(parseStoredType('point SRID 4326'))).toBe('point');
  const collated = parseStoredType('varchar(4) COLLATE utf8mb4_0900_ai_ci');
  expect(displayTypeText(collated)).toBe('varchar(4) COLLATE utf8mb4_0900_ai_ci');
  expect(displayTypeText(collated, 'utf8mb4_0900_ai_ci')).toBe('varchar(4)');
});

test('what is no type', () => expect(() => parseStoredType('varchar(x)')).toThrow(/unknown column type/));
