/**
 * From the text of a field to the value of a column. The types of large files have a way straight from the bytes; what
 * they do not recognise, and every other type, goes the way of SQL's conversions, which also says what is wrong.
 */

import { isUtf8 } from 'node:buffer';
import { datetimeFromDays, daysFromCivil, daysInMonth, MICROS_PER_SECOND, packDate } from '../../sql/types/civil.ts';
import { type ConvertScene, conversion } from '../../sql/types/convert.ts';
import { SqlError } from '../../sql/types/sql-error.ts';
import { LONGBLOB, LONGTEXT, type SqlType, UNSIGNED_BIGINT } from '../../sql/types/sql-type.ts';
import type { TupleBuilder } from '../../tuple/tuple-builder.ts';
import { integerOf, type Value } from '../../tuple/value.ts';
import { Quoting } from './csv-reader.ts';

export interface FieldParser {
  /** The value of a field of a CsvReader. Throws SqlError. */
  bytes(bytes: Buffer, start: number, end: number, quoting: number): Value;
  /** Puts that value into a tuple; false where it is NULL. */
  put(bytes: Buffer, start: number, end: number, quoting: number, into: TupleBuilder, field: number): boolean;
  /** The value of a text. Throws SqlError. */
  text(text: string): Value;
}

/** Answers undefined for what it does not recognise. */
type Shortcut = (bytes: Buffer, start: number, end: number) => Value | undefined;

export function fieldParser(type: SqlType, column: string): FieldParser {
  const convert = conversion(LONGTEXT, type, 'strict');
  const convertBits = conversion(UNSIGNED_BIGINT, type, 'strict');
  const scene: ConvertScene = { column, warn() {} };
  const isTextual = keepsEmpty(type);
  const text = (given: string): Value => {
    if (given === '' && !isTextual) return null;
    if (type.kind === 'integer') {
      const truth = truths.get(given.trim().toLowerCase());
      if (truth !== undefined) return truth;
    }
    if (type.kind === 'bit' && /^\d+$/.test(given)) return convertBits(integerOf(BigInt(given)), scene);
    return convert(isTextual ? given : given.trim(), scene);
  };
  const convertBytes = BINARY.has(type.kind) ? conversion(LONGBLOB, type, 'strict') : undefined;
  const noText = (field: Buffer): Value => {
    if (convertBytes === undefined) throw incorrectText(field, column);
    return convertBytes(new Uint8Array(field), scene);
  };
  const shortcut = shortcutOf(type);
  const isStoredAsGiven = textTest(type);
  const parsed = (bytes: Buffer, start: number, end: number, quoting: number): Value => {
    if (start === end) return quoting === Quoting.plain ? null : text('');
    if (quoting !== Quoting.doubled) {
      if (isStoredAsGiven?.(bytes, start, end)) return bytes.toString('latin1', start, end);
      const value = shortcut?.(bytes, start, end);
      if (value !== undefined) return value;
    }
    const field = bytes.subarray(start, end);
    if (!isUtf8(field)) return noText(quoting === Quoting.doubled ? undoubled(field) : field);
    const given = field.toString();
    return text(quoting === Quoting.doubled ? given.replaceAll('""', '"') : given);
  };
  return {
    text,
    bytes: parsed,
    put(bytes, start, end, quoting, into, field) {
      if (start < end && quoting !== Quoting.doubled && isStoredAsGiven?.(bytes, start, end)) {
        into.putText(field, bytes, start, end);
        return true;
      }
      const value = parsed(bytes, start, end, quoting);
      if (value !== null) into.put(field, value);
      return value !== null;
    },
  };
}

const BINARY: ReadonlySet<SqlType['kind']> = new Set(['binary', 'varbinary', 'blob'] as const);

/** Bytes that are no text of a column that holds text, as MySQL says it: with the first six that are wrong. */
function incorrectText(field: Buffer, column: string): SqlError {
  const at = Buffer.byteLength(field.toString().split('\uFFFD', 1)[0]!);
  const shown = Array.from(field.subarray(at, at + 6), (byte) =>
    byte < 0x80 ? String.fromCharCode(byte) : `\\x${byte.toString(16).toUpperCase()}`,
  );
  const more = field.length > at + 6 ? '...' : '';
  return new SqlError(1366, 'HY000', `Incorrect string value: '${shown.join('')}${more}' for column '${column}'`);
}

const undoubled = (field: Buffer): Buffer => Buffer.from(field.toString('latin1').replaceAll('""', '"'), 'latin1');

const truths = new Map([
  ['true', 1],
  ['false', 0],
]);

/** An empty field in quotes is a value of these types, and NULL in any other. */
function keepsEmpty({ kind }: SqlType): boolean {
  switch (kind) {
    case 'char':
    case 'varchar':
    case 'text':
    case 'binary':
    case 'varbinary':
    case 'blob':
    case 'set':
      return true;
    default:
      return false;
  }
}

function shortcutOf(type: SqlType): Shortcut | undefined {
  switch (type.kind) {
    case 'integer': {
      const most = 2 ** (type.unsigned ? type.bits : type.bits - 1) - 1;
      return integerShortcut(type.unsigned ? 0 : -most - 1, most);
    }
    case 'decimal':
      return decimalShortcut(type.precision, type.scale);
    case 'double':
      return doubleShortcut;
    case 'date':
      return (bytes, start, end) => (end - start === 10 ? dateAt(bytes, start) : undefined);
    case 'datetime':
    case 'timestamp':
      return datetimeShortcut;
    default:
      return undefined;
  }
}

const ZERO = 48;
const MINUS = 45;
const DOT = 46;
const SPACE = 32;
/** Digits whose number is surely safe. */
const SAFE_DIGITS = 15;

function integerShortcut(least: number, most: number): Shortcut {
  return (bytes, start, end) => {
    let at = start;
    const isNegative = bytes[at] === MINUS;
    if (isNegative) at++;
    if (at === end || end - at > SAFE_DIGITS) return undefined;
    let value = 0;
    for (; at < end; at++) {
      const digit = bytes[at]! - ZERO;
      if (digit < 0 || digit > 9) return undefined;
      value = 10 * value + digit;
    }
    if (isNegative) value = value === 0 ? 0 : -value;
    return value >= least && value <= most ? value : undefined;
  };
}

function decimalShortcut(precision: number, scale: number): Shortcut {
  const most = 10 ** Math.min(precision, SAFE_DIGITS);
  return (bytes, start, end) => {
    let at = start;
    const isNegative = bytes[at] === MINUS;
    if (isNegative) at++;
    if (at === end || end - at > SAFE_DIGITS) return undefined;
    if (at + 1 === end && bytes[at] === DOT) return undefined;
    let value = 0;
    let places = -1;
    for (; at < end; at++) {
      const code = bytes[at]!;
      if (code === DOT && places < 0) {
        places = 0;
        continue;
      }
      const digit = code - ZERO;
      if (digit < 0 || digit > 9) return undefined;
      value = 10 * value + digit;
      if (places >= 0) places++;
    }
    if (places < 0) places = 0;
    if (places > scale) return undefined;
    for (; places < scale; places++) value *= 10;
    if (value >= most || value > Number.MAX_SAFE_INTEGER) return undefined;
    return isNegative && value !== 0 ? -value : value;
  };
}

const doubleShortcut: Shortcut = (bytes, start, end) => {
  for (let at = start; at < end; at++) {
    const code = bytes[at]!;
    if ((code < ZERO || code > ZERO + 9) && code !== DOT && code !== MINUS) return undefined;
  }
  const value = Number(bytes.toString('latin1', start, end));
  return Number.isFinite(value) && value !== 0 ? value : undefined;
};

/** Two digits as a number; negative where they are none. */
function pairAt(bytes: Buffer, at: number): number {
  const tens = bytes[at]! - ZERO;
  const ones = bytes[at + 1]! - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? 10 * tens + ones : -1;
}

interface Day {
  year: number;
  month: number;
  day: number;
}
const found: Day = { year: 0, month: 0, day: 0 };

/** Reads `2020-01-31` into `found`; false where it is not a day of the calendar. */
function readDay(bytes: Buffer, at: number): boolean {
  if (bytes[at + 4] !== MINUS || bytes[at + 7] !== MINUS) return false;
  const century = pairAt(bytes, at);
  const rest = pairAt(bytes, at + 2);
  const month = pairAt(bytes, at + 5);
  const day = pairAt(bytes, at + 8);
  if (century < 0 || rest < 0 || month < 1 || month > 12 || day < 1) return false;
  const year = 100 * century + rest;
  if (year === 0 || day > daysInMonth(year, month)) return false;
  found.year = year;
  found.month = month;
  found.day = day;
  return true;
}

function dateAt(bytes: Buffer, start: number): Value | undefined {
  return readDay(bytes, start) ? packDate(found.year, found.month, found.day) : undefined;
}

/** `2020-01-31 23:59:59`; with a fraction or without a time the long way. */
const datetimeShortcut: Shortcut = (bytes, start, end) => {
  if (end - start !== 19 || bytes[start + 10] !== SPACE || bytes[start + 13] !== 58 || bytes[start + 16] !== 58) {
    return undefined;
  }
  if (!readDay(bytes, start) || found.year < 1970) return undefined;
  const hour = pairAt(bytes, start + 11);
  const minute = pairAt(bytes, start + 14);
  const second = pairAt(bytes, start + 17);
  if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59) return undefined;
  const days = daysFromCivil(found.year, found.month, found.day);
  return datetimeFromDays(days, (hour * 3600 + minute * 60 + second) * MICROS_PER_SECOND);
};

/** Whether a text is stored as it was given, for sure. */
type TextTest = (bytes: Buffer, start: number, end: number) => boolean;

function textTest(type: SqlType): TextTest | undefined {
  switch (type.kind) {
    case 'char':
    case 'varchar':
      return isShortAscii(type.length, type.kind === 'char');
    case 'text':
      return type.size === 'tiny' ? undefined : isShortAscii(65_535 / 4, false);
    default:
      return undefined;
  }
}

function isShortAscii(length: number, isPadded: boolean): TextTest {
  return (bytes, start, end) => {
    if (end - start > length) return false;
    for (let at = start; at < end; at++) if (bytes[at]! >= 128) return false;
    // Blanks at the end of a CHAR are not stored.
    return !isPadded || bytes[end - 1] !== SPACE;
  };
}
