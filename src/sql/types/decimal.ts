/**
 * Exact decimals as unscaled Integers: the scale is in the static type. Rounding is half away from zero, as MySQL's.
 */
import { type Integer, integerOf } from '../../tuple/value.ts';
import { add, multiply, quotient, remainder, subtract } from './integer.ts';

const POWERS: bigint[] = [1n];

function powerOfTen(exponent: number): bigint {
  for (let known = POWERS.length; known <= exponent; known++) POWERS.push((POWERS[known - 1] as bigint) * 10n);
  return POWERS[exponent] as bigint;
}

const SMALL_POWERS = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15];

/** A power of ten in normal form. */
export function scaleFactor(exponent: number): Integer {
  return exponent < 16 ? (SMALL_POWERS[exponent] as number) : powerOfTen(exponent);
}

/** `value / divisor` rounded half away from zero; `divisor` is not zero. */
export function divideRounded(value: Integer, divisor: Integer): Integer {
  const whole = quotient(value, divisor);
  const rest = remainder(value, divisor);
  const doubled = multiply(rest, 2);
  const magnitude = doubled < 0 ? -doubled : doubled;
  const limit = divisor < 0 ? -divisor : divisor;
  if (magnitude < limit) return whole;
  return value < 0 === divisor < 0 ? add(whole, 1) : subtract(whole, 1);
}

/** The same number at another scale; digits that do not fit are rounded. */
export function rescale(value: Integer, from: number, to: number): Integer {
  if (from === to || value === 0) return value;
  return to > from ? multiply(value, scaleFactor(to - from)) : divideRounded(value, scaleFactor(from - to));
}

/** Like rescale, but digits that do not fit are cut. */
export function rescaleTruncated(value: Integer, from: number, to: number): Integer {
  if (from === to || value === 0) return value;
  return to > from ? multiply(value, scaleFactor(to - from)) : quotient(value, scaleFactor(from - to));
}

export function formatDecimal(value: Integer, scale: number): string {
  if (scale === 0) return String(value);
  const negative = value < 0;
  const digits = String(negative ? -value : value).padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${negative ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`;
}

/** The number a decimal means, correctly rounded. */
export function decimalToDouble(value: Integer, scale: number): number {
  if (scale === 0) return Number(value);
  // Exact operands below 2^53 and 10^22: one IEEE division rounds correctly.
  if (typeof value === 'number' && scale < 16) return value / (SMALL_POWERS[scale] as number);
  return Number(formatDecimal(value, scale));
}

export interface ParsedDecimal {
  readonly value: Integer;
  readonly scale: number;
}

const MINUS = 45;
const POINT = 46;
const ZERO_DIGIT = 48;

/** Reads `[-]digits[.digits]` of at most 15 digits, which most numbers are; undefined for any other text. */
export function parsePlainDecimal(text: string): ParsedDecimal | undefined {
  const first = text.charCodeAt(0) === MINUS ? 1 : 0;
  const end = text.length;
  let point = end;
  let value = 0;
  for (let at = first; at < end; at++) {
    const code = text.charCodeAt(at);
    const digit = code - ZERO_DIGIT;
    if (digit >= 0 && digit <= 9) value = value * 10 + digit;
    else if (code === POINT && point === end && at > first) point = at;
    else return undefined;
  }
  const digits = end - first - (point < end ? 1 : 0);
  if (digits === 0 || digits > 15) return undefined;
  return { value: first === 0 ? value : 0 - value, scale: point < end ? end - point - 1 : 0 };
}

/** Reads `[+-]digits[.digits][e[+-]digits]`, exactly. The text is known to have this form. */
export function parseDecimal(text: string): ParsedDecimal {
  const mark = text.search(/[eE]/);
  let exponent = mark < 0 ? 0 : Number(text.slice(mark + 1));
  exponent = Math.max(-400, Math.min(400, exponent));
  const mantissa = mark < 0 ? text : text.slice(0, mark);
  const point = mantissa.indexOf('.');
  const digits = point < 0 ? mantissa : mantissa.slice(0, point) + mantissa.slice(point + 1);
  let scale = point < 0 ? 0 : mantissa.length - point - 1;
  const bare = digits.startsWith('+') ? digits.slice(1) : digits;
  let value: Integer =
    bare.length < 16 ? Number(bare === '' || bare === '-' ? 0 : bare) + 0 : integerOf(BigInt(bare === '-' ? 0 : bare));
  if (exponent > 0) {
    const lift = Math.max(0, exponent - scale);
    scale = Math.max(0, scale - exponent);
    if (lift > 0) value = multiply(value, scaleFactor(lift));
  } else scale -= exponent;
  return { value, scale };
}

/** The decimal of `scale` digits nearest to a double's shortest text. */
export function doubleToDecimal(value: number, scale: number): Integer {
  const parsed = parseDecimal(String(value));
  return rescale(parsed.value, parsed.scale, scale);
}

/** Largest unscaled value of a precision. */
export function decimalLimit(precision: number): Integer {
  return subtract(scaleFactor(precision), 1);
}

/** Decimal digits of the unscaled value, at least 1. */
export function digitCount(value: Integer): number {
  const text = String(value);
  return text.startsWith('-') ? text.length - 1 : text.length;
}
