/** Order, equality and hash keys of values of one type. */
import { AssertionError } from '../../base/errors.ts';
import type { Value } from '../../tuple/value.ts';
import type { SqlType } from './sql-type.ts';

/** Negative, zero or positive; both values have the type the comparator was made for and are not NULL. */
export type Comparator = (left: Value, right: Value) => number;

export function comparatorFor(type: SqlType): Comparator {
  throw new AssertionError(`not built: ${type.kind}`);
}
/** As ORDER BY wants it: NULL first. */
export function nullsFirst(comparator: Comparator): Comparator {
  return (left, right) => (left === null ? (right === null ? 0 : -1) : right === null ? 1 : comparator(left, right));
}
/**
 * A function from values to keys that are `===` (and the same Map key) exactly when the values are equal in the type and
 * its collation. NULL gives null.
 */
export type KeyOf = (value: Value) => string | number | bigint | null;
export function keyOfFor(type: SqlType): KeyOf {
  throw new AssertionError(`not built: ${type.kind}`);
}
