/**
 * Values as they are both stored and computed with: one representation, whose meaning the static type of the column or
 * expression gives (SQL NULL is `null`; booleans are 1 and 0).
 *
 * - integers, YEAR, BIT, ENUM (1-based index), SET (bit mask): `Integer`
 * - DECIMAL(p,s): the unscaled `Integer` (1.50 in DECIMAL(10,2) is 150)
 * - FLOAT, DOUBLE: number. DATE: number `year << 16 | month << 8 | day` (0 is the zero date). TIME: microseconds, signed
 *   number. DATETIME, TIMESTAMP: `Integer` microseconds since 1970, the fields taken as UTC
 * - CHAR, VARCHAR, TEXT: string. BINARY, VARBINARY, BLOB, geometry: Uint8Array. JSON: string, its canonical stored text
 */

export type Value = null | number | bigint | string | Uint8Array;

/**
 * An integer of any size, normalised: a number when it is safe (|n| ≤ 2^53 − 1), else a bigint. So `===` is equality
 * and `<` is order, also between the two. Whatever makes one must keep it normalised.
 */
export type Integer = number | bigint;

const SAFE_MAXIMUM = BigInt(Number.MAX_SAFE_INTEGER);

/** `value` in its normal form. */
export function integerOf(value: bigint): Integer {
  return value <= SAFE_MAXIMUM && value >= -SAFE_MAXIMUM ? Number(value) : value;
}

/** The order of two values of one type whose order is that of its representation: all but collated text and JSON. */
export function compareValues(a: Value, b: Value): number {
  if (a === b) return 0;
  if (a === null) return -1;
  if (b === null) return 1;
  if (a instanceof Uint8Array) return b instanceof Uint8Array ? Buffer.compare(a, b) : 1;
  return a < b ? -1 : a > b ? 1 : 0;
}
