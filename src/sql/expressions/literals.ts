/** Literals as written in SQL text. */
import { bytesOfText, hasStrayBytes } from '../../base/utf8.ts';
import type { Value } from '../../tuple/value.ts';
import { integerOf } from '../../tuple/value.ts';
import { digitCount, parseDecimal } from '../types/decimal.ts';
import { MAX_BIGINT, MIN_BIGINT } from '../types/integer.ts';
import { doubleOfText } from '../types/number-text.ts';
import { incorrectTemporal, SqlError } from '../types/sql-error.ts';
import {
  BIGINT,
  type CollationName,
  DATE,
  DEFAULT_COLLATION,
  DOUBLE,
  decimal,
  INT,
  type IntegerType,
  LONGBLOB,
  LONGTEXT,
  MAX_DECIMAL_PRECISION,
  MAX_DECIMAL_SCALE,
  SMALLINT,
  TINYINT,
  UNSIGNED_BIGINT,
} from '../types/sql-type.ts';
import { parseDatetime, parseTime } from '../types/temporal-text.ts';
import { literal } from './coerce.ts';
import type { Expression } from './expression.ts';

function integerType(value: number): IntegerType {
  if (value <= 127 && value >= -128) return TINYINT;
  if (value <= 32_767 && value >= -32_768) return SMALLINT;
  return value <= 2_147_483_647 && value >= -2_147_483_648 ? INT : BIGINT;
}

/**
 * A number as written, a minus sign included: integers have the smallest signed type that holds them, `1.5` is DECIMAL, `1e3`
 * DOUBLE.
 */
export function numberLiteral(text: string): Expression {
  const short = shortNumber(text);
  if (short >= 0) return literal(short, integerType(short));
  if (/[eE]/.test(text)) {
    const value = Number(text);
    if (!Number.isFinite(value))
      throw new SqlError(1367, '22007', `Illegal double '${text}' value found during parsing`);
    return literal(value, DOUBLE);
  }
  if (/^-?\d+$/.test(text)) {
    const whole = integerOf(BigInt(text));
    if (typeof whole === 'number') return literal(whole, integerType(whole));
    if (whole <= MAX_BIGINT && whole >= MIN_BIGINT) return literal(whole, BIGINT);
    if (whole > 0n && whole < 2n ** 64n) return literal(whole, UNSIGNED_BIGINT);
    const digits = digitCount(whole);
    return digits <= MAX_DECIMAL_PRECISION ? literal(whole, decimal(digits, 0)) : literal(doubleOfText(text), DOUBLE);
  }
  const parsed = parseDecimal(text);
  const digits = Math.max(digitCount(parsed.value), parsed.scale);
  if (digits > MAX_DECIMAL_PRECISION || parsed.scale > MAX_DECIMAL_SCALE) return literal(doubleOfText(text), DOUBLE);
  return literal(parsed.value, decimal(Math.max(digits, parsed.scale + wholeDigits(text)), parsed.scale));
}

/** The number of up to nine digits that the text is; else -1. */
function shortNumber(text: string): number {
  if (text === '' || text.length > 9) return -1;
  let number = 0;
  for (let i = 0; i < text.length; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return -1;
    number = number * 10 + digit;
  }
  return number;
}

function wholeDigits(text: string): number {
  return text.slice(0, text.indexOf('.')).replace(/^-?0*/, '').length;
}

/** Text; or bytes, as a client writes them between quotes that escapes no more than it must. */
export function stringLiteral(text: string, collation: CollationName = DEFAULT_COLLATION): Expression {
  if (hasStrayBytes(text)) return literal(Uint8Array.from(bytesOfText(text)), LONGBLOB);
  return literal(text, collation === DEFAULT_COLLATION ? LONGTEXT : { ...LONGTEXT, collation });
}

/** `x'4142'` or `0x4142`, by its digits; an odd number of them gets a leading zero. */
export function hexLiteral(digits: string): Expression {
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  const bytes: Value = Uint8Array.from(even.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  return literal(bytes, { kind: 'varbinary', length: bytes.length, hexadecimal: true });
}

/** `b'101'`, by its digits: a number. */
export function bitLiteral(digits: string): Expression {
  return literal(integerOf(BigInt(`0b${digits === '' ? '0' : digits}`)), UNSIGNED_BIGINT);
}

/** DATE '…', TIME '…', TIMESTAMP '…'; throws ER_WRONG_VALUE. */
export function temporalLiteral(kind: 'date' | 'time' | 'timestamp', text: string): Expression {
  if (kind === 'time') {
    const parsed = parseTime(text);
    if (parsed === undefined || parsed.truncated) throw new SqlError(1525, 'HY000', `Incorrect TIME value: '${text}'`);
    return literal(parsed.value, { kind: 'time', precision: parsed.fractionDigits });
  }
  const parsed = parseDatetime(text);
  if (parsed === undefined || parsed.truncated) {
    throw new SqlError(1525, 'HY000', incorrectTemporal(kind === 'date' ? 'DATE' : 'DATETIME', text).message);
  }
  if (kind === 'date') return literal(parsed.date, DATE);
  return literal(parsed.value, { kind: 'datetime', precision: parsed.fractionDigits });
}
