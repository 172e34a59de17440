/**
 * The values that COM_STMT_EXECUTE brings for the `?` of a prepared statement ("Binary Protocol Value" of the MySQL
 * manual). The types come with the first execution, and again when they change.
 */
import { isUtf8 } from 'node:buffer';
import type { TypedValue } from '../sql/expressions/session-view.ts';
import { type DatetimeParts, datetimeFromParts, MAX_TIME, microsOfTime, packDate } from '../sql/types/civil.ts';
import { parseDecimal } from '../sql/types/decimal.ts';
import { incorrectTemporal, SqlError } from '../sql/types/sql-error.ts';
import {
  BIGINT,
  DATE,
  DOUBLE,
  datetime,
  decimal,
  FLOAT,
  LONGBLOB,
  NULL_TYPE,
  TIME,
  UNSIGNED_BIGINT,
  varchar,
} from '../sql/types/sql-type.ts';
import { isDate } from '../sql/types/temporal-text.ts';
import type { Integer, Value } from '../tuple/value.ts';
import { FieldType } from './column-types.ts';
import type { PayloadReader } from './payload-reader.ts';
import type { TextEncoding } from './text-encoding.ts';
import { MalformedPacketError } from './wire-error.ts';

export interface ParameterType {
  readonly code: number;
  readonly unsigned: boolean;
}

const UNSIGNED = 0x80;

export function readParameterTypes(reader: PayloadReader, count: number): ParameterType[] {
  const types: ParameterType[] = [];
  for (let at = 0; at < count; at++) types.push({ code: reader.uint8(), unsigned: (reader.uint8() & UNSIGNED) !== 0 });
  return types;
}

export function readParameter(
  reader: PayloadReader,
  { code, unsigned }: ParameterType,
  encoding: TextEncoding,
): TypedValue {
  switch (code) {
    case FieldType.null:
      return { type: NULL_TYPE, value: null };
    case FieldType.tiny:
      return integer(unsigned, unsigned ? reader.uint8() : reader.int8());
    case FieldType.short:
    case FieldType.year:
      return integer(unsigned, unsigned ? reader.uint16() : reader.int16());
    case FieldType.long:
    case FieldType.int24:
      return integer(unsigned, unsigned ? reader.uint32() : reader.int32());
    case FieldType.longlong:
      return integer(unsigned, unsigned ? reader.uint64() : reader.int64());
    case FieldType.float:
      return { type: FLOAT, value: finite(reader.float()) };
    case FieldType.double:
      return doubleParameter(finite(reader.double()));
    case FieldType.newDecimal:
    case 0:
      return decimalParameter(reader.lengthBytes().toString('latin1'));
    case FieldType.date:
      return { type: DATE, value: readDate(reader) };
    case FieldType.datetime:
    case FieldType.timestamp:
      return { type: datetime(6), value: readDatetime(reader) };
    case FieldType.time:
      return { type: TIME, value: readTime(reader) };
    default:
      return bytesParameter(reader.lengthBytes(), code, encoding);
  }
}

function integer(unsigned: boolean, value: Integer): TypedValue {
  return { type: unsigned ? UNSIGNED_BIGINT : BIGINT, value };
}

/** Bytes of a string type, from a packet or put together from COM_STMT_SEND_LONG_DATA. */
export function bytesParameter(bytes: Buffer, code: number, encoding: TextEncoding): TypedValue {
  // Clients that do not tell bytes from text send both as text.
  if (isBlob(code) || (encoding.isUtf8 && !isUtf8(bytes))) return { type: LONGBLOB, value: Uint8Array.from(bytes) };
  const text = encoding.decode(bytes);
  return { type: varchar(text.length), value: text };
}

function isBlob(code: number): boolean {
  return code >= FieldType.tinyBlob && code <= FieldType.blob;
}

/**
 * Clients whose language has one kind of number send every number as a DOUBLE. A whole one is taken as an integer, so
 * that it compares with integers as integers do: by an index.
 */
function doubleParameter(value: number): TypedValue {
  return Number.isSafeInteger(value) && !Object.is(value, -0) ? { type: BIGINT, value } : { type: DOUBLE, value };
}

/** No column holds another. Throws 1367. */
function finite(value: number): number {
  if (Number.isFinite(value)) return value;
  throw new SqlError(1367, '22007', `Illegal double '${value}' value found during parsing`);
}

function decimalParameter(text: string): TypedValue {
  if (!/^[+-]?(\d+\.?\d*|\.\d+)$/.test(text)) throw new MalformedPacketError(`'${text.slice(0, 40)}' is no decimal`);
  const { value, scale } = parseDecimal(text);
  const digits = text.replace(/\D/g, '').length;
  return { type: decimal(Math.max(digits, scale, 1), scale), value };
}

function readDate(reader: PayloadReader): Value {
  const { year, month, day } = realMoment(readParts(reader), 'DATE');
  return packDate(year, month, day);
}

function readDatetime(reader: PayloadReader): Value {
  return datetimeFromParts(realMoment(readParts(reader), 'DATETIME'));
}

const pad = (part: number, digits = 2): string => String(part).padStart(digits, '0');

/** As for text: a day of the calendar or the zero date, and a time of a day. Throws 1292. */
function realMoment(parts: DatetimeParts, kind: 'DATE' | 'DATETIME'): DatetimeParts {
  const { year, month, day, hour, minute, second, microsecond } = parts;
  const isZero = year === 0 && month === 0 && day === 0;
  if ((isZero || isDate(year, month, day)) && hour < 24 && isClock(minute, second, microsecond)) return parts;
  const dateText = `${pad(year, 4)}-${pad(month)}-${pad(day)}`;
  const timeText = `${pad(hour)}:${pad(minute)}:${pad(second)}.${pad(microsecond, 6)}`;
  throw incorrectTemporal(kind, kind === 'DATE' ? dateText : `${dateText} ${timeText}`);
}

const isClock = (minute: number, second: number, microsecond: number): boolean =>
  minute < 60 && second < 60 && microsecond < 1_000_000;

function readParts(reader: PayloadReader): DatetimeParts {
  const length = reader.uint8();
  if (![0, 4, 7, 11].includes(length)) throw new MalformedPacketError(`a date has ${length} bytes`);
  const has = (least: number): boolean => length >= least;
  return {
    year: has(4) ? reader.uint16() : 0,
    month: has(4) ? reader.uint8() : 0,
    day: has(4) ? reader.uint8() : 0,
    hour: has(7) ? reader.uint8() : 0,
    minute: has(7) ? reader.uint8() : 0,
    second: has(7) ? reader.uint8() : 0,
    microsecond: has(11) ? reader.uint32() : 0,
  };
}

/** Throws 1292 for one that no clock shows; what is beyond TIME is clamped, as for text. */
function readTime(reader: PayloadReader): Value {
  const length = reader.uint8();
  if (![0, 8, 12].includes(length)) throw new MalformedPacketError(`a time has ${length} bytes`);
  if (length === 0) return 0;
  const isNegative = reader.uint8() === 1;
  const hours = reader.uint32() * 24 + reader.uint8();
  const minute = reader.uint8();
  const second = reader.uint8();
  const microsecond = length === 12 ? reader.uint32() : 0;
  if (!isClock(minute, second, microsecond)) {
    throw incorrectTemporal('TIME', `${isNegative ? '-' : ''}${pad(hours)}:${pad(minute)}:${pad(second)}`);
  }
  const micros = Math.min(microsOfTime(hours, minute, second, microsecond), MAX_TIME);
  return isNegative ? 0 - micros : micros;
}
