/**
 * Rows of the binary protocol, which answers prepared statements: a bitmap of NULLs, then each value in the form of its
 * type ("Binary Protocol Value" of the MySQL manual).
 */
import { microsOfDay, partsOfDatetime } from '../sql/types/civil.ts';
import { bytesOfValue, formatterFor, isBinaryResult } from '../sql/types/format.ts';
import { isText, type SqlType } from '../sql/types/sql-type.ts';
import type { Integer, Value } from '../tuple/value.ts';
import type { PacketWriter } from './packet-writer.ts';
import { textColumnWriter } from './text-column.ts';
import type { TextEncoding } from './text-encoding.ts';
import type { WriteRows } from './text-row.ts';

type WriteValue = (writer: PacketWriter, value: Value) => void;

/** The bitmap of a row begins with two unused bits. */
const UNUSED_BITS = 2;

/** Made once a result. */
export function binaryRowWriter(types: readonly SqlType[], encoding: TextEncoding): WriteRows {
  const writers = types.map((type) => valueWriter(type, encoding));
  const bitmapBytes = (types.length + UNUSED_BITS + 7) >> 3;
  const one: WriteRows = (writer, columns, row) => {
    // Before the bitmap stands a zero.
    writer.start(1 + bitmapBytes);
    for (let at = 0; at < writers.length; at++) {
      const value = columns[at]![row]!;
      const bit = at + UNUSED_BITS;
      const write = writers[at];
      if (value === null) writer.orUint8(1 + (bit >> 3), 1 << (bit & 7));
      else if (write === undefined) writer.lengthText(value as string);
      else write(writer, value);
    }
    writer.end();
    return row + 1;
  };
  return writers.length === 1 && writers[0] === undefined ? textColumnWriter(1 + bitmapBytes, one) : one;
}

/** Undefined for what is written as it is, as UTF-8. */
function valueWriter(type: SqlType, encoding: TextEncoding): WriteValue | undefined {
  switch (type.kind) {
    case 'integer':
      if (type.bits === 8) return (writer, value) => writer.uint8((value as number) & 0xff);
      if (type.bits === 16) return (writer, value) => writer.uint16((value as number) & 0xffff);
      if (type.bits === 64) return (writer, value) => writer.int64(value as Integer);
      return (writer, value) => writer.int32((value as number) | 0);
    case 'year':
      return (writer, value) => writer.uint16(value as number);
    case 'float':
      return (writer, value) => writer.float(value as number);
    case 'double':
      return (writer, value) => writer.double(value as number);
    case 'date':
      return (writer, value) => writeDate(writer, value as number);
    case 'datetime':
    case 'timestamp':
      return (writer, value) => writeDatetime(writer, value as Integer);
    case 'time':
      return (writer, value) => writeTime(writer, value as number);
    default:
  }
  if (isBinaryResult(type)) return (writer, value) => writer.lengthBytes(bytesOfValue(value, type));
  if (encoding.isUtf8 && isText(type)) return undefined;
  const format = formatterFor(type);
  if (encoding.isUtf8) return (writer, value) => writer.lengthText(format(value));
  return (writer, value) => writer.lengthBytes(encoding.encode(format(value)));
}

/** `value` is year << 16 | month << 8 | day. */
function writeDate(writer: PacketWriter, value: number): void {
  if (value === 0) {
    writer.uint8(0);
    return;
  }
  writer.uint8(4);
  writer.uint16(value >>> 16);
  writer.uint8((value >>> 8) & 0xff);
  writer.uint8(value & 0xff);
}

function writeDatetime(writer: PacketWriter, value: Integer): void {
  const { year, month, day, hour, minute, second, microsecond } = partsOfDatetime(value);
  const isZero = year === 0 && month === 0 && day === 0;
  const hasTime = !isZero && microsOfDay(value) !== 0;
  const length = isZero && !hasTime ? 0 : !hasTime ? 4 : microsecond === 0 ? 7 : 11;
  writer.uint8(length);
  if (length === 0) return;
  writer.uint16(year);
  writer.uint8(month);
  writer.uint8(day);
  if (length === 4) return;
  writer.uint8(hour);
  writer.uint8(minute);
  writer.uint8(second);
  if (length === 11) writer.uint32(microsecond);
}

const MICROS = 1_000_000;

/** `value` is in microseconds, with a sign. */
function writeTime(writer: PacketWriter, value: number): void {
  if (value === 0) {
    writer.uint8(0);
    return;
  }
  const micros = Math.abs(value);
  const seconds = Math.floor(micros / MICROS);
  const fraction = micros % MICROS;
  writer.uint8(fraction === 0 ? 8 : 12);
  writer.uint8(value < 0 ? 1 : 0);
  writer.uint32(Math.floor(seconds / 86_400));
  writer.uint8(Math.floor(seconds / 3600) % 24);
  writer.uint8(Math.floor(seconds / 60) % 60);
  writer.uint8(seconds % 60);
  if (fraction !== 0) writer.uint32(fraction);
}
