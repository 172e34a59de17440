/** Values as the library takes and gives them, to and from those of the engine. */
import { DoltError } from './base/errors.ts';
import type { TypedValue } from './sql/expressions/session-view.ts';
import { formatterFor } from './sql/types/format.ts';
import { BIGINT, DOUBLE, LONGBLOB, NULL_TYPE, type SqlType, TINYINT_1, varchar } from './sql/types/sql-type.ts';
import type { Value } from './tuple/value.ts';

/** What a `?` takes. A Date is stored as its UTC date and time. */
export type Parameter = null | boolean | number | bigint | string | Date | Uint8Array;

/**
 * What a row holds: integers as number (bigint beyond 2^53), FLOAT and DOUBLE as number, DECIMAL, dates, times and text
 * as string, JSON as its parsed value, binary as Uint8Array.
 */
export type Field = null | number | bigint | string | Uint8Array | JsonField;
export type JsonField = boolean | number | string | null | readonly JsonField[] | { readonly [key: string]: JsonField };

/** Throws `invalid` for what is no parameter. */
export function typedParameter(value: Parameter, index: number): TypedValue {
  const refuse = (what: string): DoltError =>
    new DoltError(
      'invalid',
      `parameter ${index + 1} is ${what}; it may be null, a boolean, number, bigint, string, Date or Uint8Array`,
    );
  if (value === null) return { type: NULL_TYPE, value };
  switch (typeof value) {
    case 'boolean':
      return { type: TINYINT_1, value: value ? 1 : 0 };
    case 'number':
      if (!Number.isFinite(value)) throw refuse(String(value));
      return { type: Number.isSafeInteger(value) ? BIGINT : DOUBLE, value };
    case 'bigint':
      if (BigInt.asIntN(64, value) !== value && BigInt.asUintN(64, value) !== value) {
        throw refuse('an integer of more than 64 bits');
      }
      return { type: BIGINT, value: BigInt.asIntN(53, value) === value ? Number(value) : value };
    case 'string':
      return { type: varchar(value.length), value };
  }
  if (value instanceof Uint8Array) return { type: LONGBLOB, value };
  if (!(value instanceof Date)) throw refuse(value === undefined ? 'undefined' : `of type ${typeof value}`);
  if (Number.isNaN(value.getTime())) throw refuse('an invalid Date');
  const text = value.toISOString().replace('T', ' ').replace('Z', '');
  return { type: varchar(text.length), value: text };
}

/** What makes a field of a value of this type. */
export function fieldOf(type: SqlType): (value: Value) => Field {
  switch (type.kind) {
    case 'float': {
      // 1.1 is the shortest of the numbers that a FLOAT stores as it stores 1.1.
      const format = formatterFor(type);
      return (value) => (value === null ? null : Number(format(value)));
    }
    case 'integer':
    case 'double':
    case 'year':
    case 'bit':
    case 'char':
    case 'varchar':
    case 'text':
    case 'binary':
    case 'varbinary':
    case 'blob':
    case 'geometry':
    case 'null':
      return (value) => value;
    case 'json':
      return (value) => (value === null ? null : (JSON.parse(String(value)) as JsonField));
    default: {
      const format = formatterFor(type);
      return (value) => (value === null ? null : format(value));
    }
  }
}
