/** Values as text, as MySQL's text protocol and Dolt's command line print them. */
import { AssertionError } from '../../base/errors.ts';
import type { Value } from '../../tuple/value.ts';
import type { SqlType } from './sql-type.ts';

/** Chosen once a column. NULL is the caller's: the value is not null. Truth values print as 1 and 0. */
export type Format = (value: Value) => string;

export function formatterFor(type: SqlType): Format {
  throw new AssertionError(`not built: ${type.kind}`);
}
export function formatValue(value: Value, type: SqlType): string {
  return value === null ? 'NULL' : formatterFor(type)(value);
}
