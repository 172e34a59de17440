/**
 * Order, equality and hash keys of values of one type. Most representations are ordered as they are (`natural`): only
 * text under a collation, bytes and JSON need more.
 */
import { compareCodePoints } from '../../tuple/code-points.ts';
import { collationByName } from '../../tuple/collation.ts';
import type { Value } from '../../tuple/value.ts';
import { compareJson, computedText, JsonDecimal, type JsonValue, parseJson } from './json-value.ts';
import { unknownCollation } from './sql-error.ts';
import type { CollationName, JsonType, SqlType } from './sql-type.ts';

/** Negative, zero or positive; both values have the type the comparator was made for and are not NULL. */
export type Comparator = (left: Value, right: Value) => number;

/** `natural`: `<` and `===` on the values are order and equality. `binaryText`: `===` is equality. */
export type ComparisonClass = 'natural' | 'binaryText' | 'text' | 'bytes' | 'json';

/** Equal under the collation means the same string. */
export function isBinaryCollation(name: CollationName): boolean {
  return name.endsWith('_bin') || name === 'binary';
}

export function comparisonClass(type: SqlType): ComparisonClass {
  switch (type.kind) {
    case 'char':
    case 'varchar':
    case 'text':
      return isBinaryCollation(type.collation) ? 'binaryText' : 'text';
    case 'binary':
    case 'varbinary':
    case 'blob':
    case 'geometry':
      return 'bytes';
    case 'json':
      return 'json';
    default:
      return 'natural';
  }
}

const compareNatural: Comparator = (left, right) =>
  left === right ? 0 : (left as number) < (right as number) ? -1 : 1;

function jsonOfValue(value: Value, type: JsonType): JsonValue {
  return parseJson(value as string, type.computed ? 'computed' : 'stored');
}

function collationNamed(name: CollationName) {
  const collation = collationByName(name);
  if (collation === undefined) throw unknownCollation(name);
  return collation;
}

export function textComparator(collation: CollationName): (left: string, right: string) => number {
  if (isBinaryCollation(collation)) return compareCodePoints;
  const found = collationNamed(collation);
  return (left, right) => found.compare(left, right);
}

export function comparatorFor(type: SqlType): Comparator {
  switch (comparisonClass(type)) {
    case 'natural':
      return compareNatural;
    case 'binaryText':
      return compareCodePoints as Comparator;
    case 'text':
      return textComparator((type as { collation: CollationName }).collation) as Comparator;
    case 'bytes':
      return (left, right) => Buffer.compare(left as Uint8Array, right as Uint8Array);
    case 'json': {
      const json = type as JsonType;
      return (left, right) => (left === right ? 0 : compareJson(jsonOfValue(left, json), jsonOfValue(right, json)));
    }
  }
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

/** The value is its own key. */
export function keyIsValue(type: SqlType): boolean {
  const found = comparisonClass(type);
  return found === 'natural' || found === 'binaryText';
}

function normalizedNumbers(value: JsonValue): JsonValue {
  if (value instanceof JsonDecimal) return Number(value.text);
  if (Array.isArray(value)) return value.map(normalizedNumbers);
  if (value instanceof Map) return new Map([...value].map(([key, member]) => [key, normalizedNumbers(member)]));
  return value;
}

export function keyOfFor(type: SqlType): KeyOf {
  switch (comparisonClass(type)) {
    case 'natural':
    case 'binaryText':
      return (value) => value as string | number | bigint | null;
    case 'text': {
      const collation = collationNamed((type as { collation: CollationName }).collation);
      return (value) => (value === null ? null : collation.keyOf(value as string));
    }
    case 'bytes':
      return (value) =>
        value === null ? null : Buffer.from(value.valueOf() as Uint8Array<ArrayBuffer>).toString('latin1');
    case 'json': {
      const json = type as JsonType;
      return (value) => (value === null ? null : computedText(normalizedNumbers(jsonOfValue(value, json))));
    }
  }
}
