/** Conversions to ENUM, SET, JSON and geometry. */

import type { Integer, Value } from '../../tuple/value.ts';
import { integerOf } from '../../tuple/value.ts';
import { formatDate, formatDatetime, formatTime } from './civil.ts';
import { textComparator } from './compare.ts';
import type { Convert, ConvertMode, ConvertScene } from './convert.ts';
import { toInteger } from './convert-number.ts';
import { textReader } from './convert-text.ts';
import { formatDecimal } from './decimal.ts';
import { computedText, JsonDecimal, JsonTemporal, type JsonValue, parseJson, storedText } from './json-value.ts';
import { formatDouble } from './number-text.ts';
import { dataTruncated, SqlError } from './sql-error.ts';
import {
  type EnumType,
  GEOMETRY_SHAPES,
  type GeometryType,
  isStringLike,
  type JsonType,
  type SetType,
  type SqlType,
  UNSIGNED_BIGINT,
} from './sql-type.ts';
import { isWhole, readWkb, sridOf, writeGeometry } from './wkb.ts';

function cut(mode: ConvertMode, scene: ConvertScene): void {
  const error = dataTruncated(scene.column, scene.row);
  if (mode === 'strict') throw error;
  scene.warn?.({ level: 'Warning', code: error.errno, message: error.message });
}

function memberFinder(members: readonly string[], collation: string): (text: string) => number {
  const exact = new Map<string, number>();
  members.forEach((member, at) => {
    if (!exact.has(member)) exact.set(member, at + 1);
  });
  const compare = textComparator(collation);
  return (text) => {
    const found = exact.get(text);
    if (found !== undefined) return found;
    const trimmed = text.replace(/ +$/, '');
    return members.findIndex((member) => compare(member, trimmed) === 0) + 1;
  };
}

/** The index of a member, or of a number written as text; 0 is the empty string of what is no member. */
export function toEnum(from: SqlType, to: EnumType, mode: ConvertMode): Convert {
  const find = memberFinder(to.members, to.collation);
  if (!isStringLike(from) && from.kind !== 'json') {
    const whole = toInteger(from, UNSIGNED_BIGINT, mode);
    return (value, scene) => {
      const index = Number(whole(value, scene));
      if (index >= 1 && index <= to.members.length) return index;
      cut(mode, scene);
      return 0;
    };
  }
  const read = from.kind === 'json' ? jsonText(from) : textReader(from);
  return (value, scene) => {
    if (from.kind === 'enum' && value === 0) return 0;
    const text = read(value);
    const found = find(text);
    if (found !== 0) return found;
    if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= to.members.length) return Number(text);
    cut(mode, scene);
    return 0;
  };
}

export function toSet(from: SqlType, to: SetType, mode: ConvertMode): Convert {
  const find = memberFinder(to.members, to.collation);
  const all = (1n << BigInt(to.members.length)) - 1n;
  if (!isStringLike(from) && from.kind !== 'json') {
    const whole = toInteger(from, UNSIGNED_BIGINT, mode);
    return (value, scene) => {
      const mask = whole(value, scene) as Integer;
      if (BigInt(mask) <= all) return mask;
      cut(mode, scene);
      return integerOf(BigInt(mask) & all);
    };
  }
  const read = from.kind === 'json' ? jsonText(from) : textReader(from);
  return (value, scene) => {
    const text = read(value);
    if (text === '') return 0;
    let mask = 0n;
    for (const part of text.split(',')) {
      const found = find(part);
      if (found === 0) {
        if (/^\d+$/.test(text) && BigInt(text) <= all) return integerOf(BigInt(text));
        cut(mode, scene);
      } else mask |= 1n << BigInt(found - 1);
    }
    return integerOf(mask);
  };
}

/** A JSON string scalar's text, or the document's. */
function jsonText(from: JsonType): (value: Value) => string {
  const display = textReader(from);
  return (value) => {
    const found = parseJson(value as string, from.computed ? 'computed' : 'stored');
    return typeof found === 'string' ? found : display(value);
  };
}

/**
 * A value as a member of a document: numbers stay numbers, truth values become true and false, text becomes a JSON
 * string (it is never parsed here), NULL the JSON null. A FLOAT keeps the digits that it prints with, as in the original,
 * and becomes the double that it is equal to only where it is the whole document.
 */
export function jsonMember(from: SqlType): (value: Value) => JsonValue {
  const read = from.kind === 'float' ? shortestDouble : jsonReader(from);
  return (value) => (value === null ? null : read(value));
}

function shortestDouble(single: Value): number {
  return Number(formatDouble(single as number, true));
}

function jsonReader(from: SqlType): (value: Value) => JsonValue {
  switch (from.kind) {
    case 'integer':
      return from.boolean ? (value) => value !== 0 : (value) => value as Integer;
    case 'bit':
    case 'year':
      return (value) => value as Integer;
    case 'float':
    case 'double':
      return (value) => value as number;
    case 'decimal':
      return (value) => new JsonDecimal(formatDecimal(value as Integer, from.scale));
    case 'date':
      return (value) => new JsonTemporal('DATE', formatDate(value as number));
    case 'time':
      return (value) => new JsonTemporal('TIME', formatTime(value as number, 6));
    case 'datetime':
    case 'timestamp':
      return (value) => new JsonTemporal('DATETIME', formatDatetime(value as Integer, 6));
    case 'json': {
      const dialect = from.computed ? 'computed' : 'stored';
      return (value) => parseJson(value as string, dialect);
    }
    case 'null':
      return () => null;
    default:
      return textReader(from);
  }
}

/** `cast` and storing parse text as a document; inside an expression text is a JSON string. */
export function toJson(from: SqlType, to: JsonType, mode: ConvertMode): Convert {
  const print = to.computed ? computedText : storedText;
  const textual = isStringLike(from) && from.kind !== 'enum' && from.kind !== 'set';
  if (textual && mode !== 'implicit') {
    const read = textReader(from);
    return (value, scene) =>
      print(parseJson(read(value), 'text', (reason, position) => invalidText(reason, position, scene)));
  }
  if (mode === 'implicit' && from.kind === 'json' && !from.computed && !to.computed) return (value) => value;
  const read = jsonReader(from);
  return (value) => print(read(value));
}

function invalidText(reason: string, position: number, scene: ConvertScene): SqlError {
  const end = scene.column === undefined ? 'in value.' : `in value for column '${scene.column}'.`;
  return new SqlError(3140, '22032', `Invalid JSON text: "${reason}" at position ${position} ${end}`);
}

export function toGeometry(from: SqlType, to: GeometryType): Convert {
  const mismatch = () =>
    new SqlError(1416, '22003', 'Cannot get geometry object from data you send to the GEOMETRY field');
  return (given) => {
    const value = geometryBytes(given, from);
    if (value === undefined) throw mismatch();
    const srid = sridOf(value);
    if (to.srid !== undefined && srid !== to.srid) {
      throw new SqlError(
        3643,
        'HY000',
        `The SRID of the geometry does not match the SRID of the column. The SRID of the geometry is ${srid}, but the SRID of the column is ${to.srid}. Consider changing the SRID of the geometry or the SRID property of the column.`,
      );
    }
    const shape = GEOMETRY_SHAPES[value[5] ?? 0];
    if (to.shape !== 'geometry' && shape !== to.shape) throw mismatch();
    return value;
  };
}

/** A geometry, or what binary text has of one, as dumps write it; undefined for everything else. */
function geometryBytes(value: Value, { kind }: SqlType): Uint8Array | undefined {
  if (!(value instanceof Uint8Array)) return undefined;
  if (kind === 'geometry') return value;
  if (value.length < 4) return undefined;
  const found = readWkb(value, 4);
  return found !== undefined && isWhole(found) ? writeGeometry(found, sridOf(value)) : undefined;
}
