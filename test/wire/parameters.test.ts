/** Values of prepared statements, as clients send them. */
import { expect, test } from 'vitest';
import { formatValue } from '../../src/sql/types/format.ts';
import { FieldType } from '../../src/wire/column-types.ts';
import { readParameter } from '../../src/wire/parameters.ts';
import { PayloadReader } from '../../src/wire/payload-reader.ts';
import { encodingOf } from '../../src/wire/text-encoding.ts';
import { MalformedPacketError } from '../../src/wire/wire-error.ts';

const utf8 = encodingOf('utf8mb4', 255)!;

function read(code: number, bytes: Uint8Array, unsigned = false): readonly [kind: string, text: string] {
  const reader = new PayloadReader(Buffer.from(bytes));
  const { type, value } = readParameter(reader, { code, unsigned }, utf8);
  expect(reader.remaining).toBe(0);
  return [type.kind, formatValue(value, type)];
}

function double(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleLE(value);
  return bytes;
}

test('a whole DOUBLE is an integer, another number is not', () => {
  expect(read(FieldType.double, double(42))).toEqual(['integer', '42']);
  expect(read(FieldType.double, double(-7))).toEqual(['integer', '-7']);
  expect(read(FieldType.double, double(1.5))).toEqual(['double', '1.5']);
  expect(read(FieldType.double, double(-0))[0]).toBe('double');
  expect(read(FieldType.double, double(2 ** 60))[0]).toBe('double');
});

test('integers of every width and sign', () => {
  expect(read(FieldType.tiny, Buffer.of(0xff))).toEqual(['integer', '-1']);
  expect(read(FieldType.tiny, Buffer.of(0xff), true)).toEqual(['integer', '255']);
  expect(read(FieldType.short, Buffer.of(0, 0x80))).toEqual(['integer', '-32768']);
  expect(read(FieldType.long, Buffer.of(0xff, 0xff, 0xff, 0xff), true)).toEqual(['integer', '4294967295']);
  expect(read(FieldType.longlong, Buffer.alloc(8, 0xff), true)).toEqual(['integer', '18446744073709551615']);
  expect(read(FieldType.longlong, Buffer.alloc(8, 0xff))).toEqual(['integer', '-1']);
});

test('dates and times of every length', () => {
  expect(read(FieldType.date, Buffer.of(4, 0xe8, 7, 2, 29))).toEqual(['date', '2024-02-29']);
  expect(read(FieldType.datetime, Buffer.of(7, 0xe8, 7, 2, 29, 23, 59, 58))[1]).toMatch(/^2024-02-29 23:59:58/);
  const micros = Buffer.of(11, 0xe8, 7, 2, 29, 1, 2, 3, 0x40, 0xe2, 1, 0);
  expect(read(FieldType.timestamp, micros)).toEqual(['datetime', '2024-02-29 01:02:03.123456']);
  expect(read(FieldType.time, Buffer.of(8, 1, 1, 0, 0, 0, 2, 3, 4))[1]).toMatch(/^-26:03:04/);
  expect(() => read(FieldType.date, Buffer.of(5, 0, 0, 0, 0, 0))).toThrow(MalformedPacketError);
  expect(() => read(FieldType.time, Buffer.of(9))).toThrow(MalformedPacketError);
});

test('text, bytes and decimals', () => {
  expect(read(FieldType.varString, Buffer.from('\x03é!'))).toEqual(['varchar', 'é!']);
  expect(read(FieldType.newDecimal, Buffer.from('\x06-12.50'))).toEqual(['decimal', '-12.50']);
  // Bytes that are no text stay bytes, whatever the client calls them.
  expect(read(FieldType.string, Buffer.of(2, 0xff, 0))[0]).toBe('blob');
  expect(read(FieldType.blob, Buffer.from('\x02ab'))[0]).toBe('blob');
  expect(() => read(FieldType.newDecimal, Buffer.from('\x03abc'))).toThrow(MalformedPacketError);
  expect(() => read(FieldType.varString, Buffer.of(9, 1))).toThrow(MalformedPacketError);
});
