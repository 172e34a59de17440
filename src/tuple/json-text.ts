/**
 * JSON documents and their one stored text (FORMAT.md §5.8): compact, keys in code point order, numbers as ECMAScript
 * prints them. Equal documents have equal texts, so a JSON value can be the text itself.
 */
import { DoltError } from '../base/errors.ts';
import { compareCodePoints } from './code-points.ts';

/** Numbers of text are doubles; bigints come only from SQL integers. An object is a Map, in any order. */
export type JsonValue = null | boolean | number | bigint | string | readonly JsonValue[] | JsonObject;
export type JsonObject = ReadonlyMap<string, JsonValue>;

/** Parses JSON text. Of duplicate keys the last wins. Throws `invalid`. */
export function parseJson(text: string): JsonValue {
  return toValue(parsePlain(text));
}

/** The stored text of the document that `text` spells. Throws `invalid`. */
export function canonicalJson(text: string): string {
  return printPlain(parsePlain(text));
}

/** The stored text of a document. */
export function printJson(value: JsonValue): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return printScalar(value);
  if (value instanceof Map) {
    const keys = [...value.keys()].sort(compareCodePoints);
    return `{${keys.map((key) => `${printString(key)}:${printJson(value.get(key)!)}`).join(',')}}`;
  }
  return `[${(value as readonly JsonValue[]).map(printJson).join(',')}]`;
}

/** What JSON.parse gives. */
type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

function parsePlain(text: string): Plain {
  let plain: Plain;
  try {
    plain = JSON.parse(text) as Plain;
  } catch (cause) {
    throw new DoltError('invalid', `invalid JSON text: ${(cause as Error).message}`, { cause });
  }
  return plain;
}

function toValue(plain: Plain): JsonValue {
  if (plain === null || typeof plain !== 'object') return plain;
  if (Array.isArray(plain)) return plain.map(toValue);
  return new Map(Object.entries(plain).map(([key, value]) => [key, toValue(value)]));
}

function printPlain(plain: Plain): string {
  if (plain === null) return 'null';
  if (typeof plain !== 'object') return printScalar(plain);
  if (Array.isArray(plain)) return `[${plain.map(printPlain).join(',')}]`;
  const keys = Object.keys(plain).sort(compareCodePoints);
  return `{${keys.map((key) => `${printString(key)}:${printPlain(plain[key]!)}`).join(',')}}`;
}

function printScalar(value: boolean | number | bigint | string): string {
  if (typeof value === 'string') return printString(value);
  if (typeof value !== 'number') return String(value);
  if (!Number.isFinite(value)) throw new DoltError('invalid', 'a number of a JSON document is out of range');
  return Object.is(value, -0) ? '-0' : String(value);
}

const LONE_SURROGATE = /\p{Surrogate}/gu;

function printString(text: string): string {
  const quoted = JSON.stringify(text.replace(LONE_SURROGATE, '\ufffd'));
  return /[\u2028\u2029]/.test(quoted)
    ? quoted.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')
    : quoted;
}
