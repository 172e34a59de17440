/**
 * Exact integers in their normal form (a number when safe, else a bigint). Sums and products take the fast path of
 * doubles while the result is safe and fall back to bigint; results are always normalised. Ranges are the caller's.
 */
import { type Integer, integerOf } from '../../tuple/value.ts';
import type { IntegerType } from './sql-type.ts';

export const MIN_BIGINT = -(2n ** 63n);
export const MAX_BIGINT = 2n ** 63n - 1n;
export const MAX_UNSIGNED_BIGINT = 2n ** 64n - 1n;

export function add(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const sum = a + b;
    if (Number.isSafeInteger(sum)) return sum;
  }
  return integerOf(BigInt(a) + BigInt(b));
}

export function subtract(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const difference = a - b;
    if (Number.isSafeInteger(difference)) return difference;
  }
  return integerOf(BigInt(a) - BigInt(b));
}

export function multiply(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') {
    const product = a * b;
    if (Number.isSafeInteger(product)) return product === 0 ? 0 : product;
  }
  return integerOf(BigInt(a) * BigInt(b));
}

/** Quotient towards zero; `b` is not zero. */
export function quotient(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') return (a - (a % b)) / b + 0;
  return integerOf(BigInt(a) / BigInt(b));
}

/** Remainder with the sign of `a`; `b` is not zero. */
export function remainder(a: Integer, b: Integer): Integer {
  if (typeof a === 'number' && typeof b === 'number') return (a % b) + 0;
  return integerOf(BigInt(a) % BigInt(b));
}

export function negated(a: Integer): Integer {
  return typeof a === 'number' ? 0 - a : integerOf(-a);
}

/** Its 64 bits as a number that is not negative. */
export function unsignedBits(value: Integer): bigint {
  return BigInt.asUintN(64, BigInt(value));
}

/** Smallest and largest value of a type. */
export function integerRange(type: IntegerType): readonly [Integer, Integer] {
  if (type.bits === 64) return type.unsigned ? [0, MAX_UNSIGNED_BIGINT] : [MIN_BIGINT, MAX_BIGINT];
  const span = 2 ** type.bits;
  return type.unsigned ? [0, span - 1] : [-span / 2, span / 2 - 1];
}

/** A double rounded half away from zero, exactly. The double is finite. */
export function integerOfDouble(value: number): Integer {
  const rounded = value < 0 ? -Math.round(-value) : Math.round(value);
  if (Number.isSafeInteger(rounded)) return rounded + 0;
  return integerOf(BigInt(rounded));
}
