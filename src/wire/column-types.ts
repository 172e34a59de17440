/**
 * How SQL types appear on the wire: MySQL's type codes, lengths, flags and digits of result columns (enum_field_types and
 * "Column Definition Flags" of the MySQL manual).
 */
import type { ResultColumn } from '../sql/session/statement-result.ts';
import { isBinaryResult } from '../sql/types/format.ts';
import { collationOf, type IntegerType, type SqlType } from '../sql/types/sql-type.ts';
import { lobCapacity } from '../sql/types/sql-type-text.ts';
import { collationByName } from '../tuple/collation.ts';
import type { ColumnDefinition } from './packets/column-definition.ts';

export const FieldType = {
  tiny: 1,
  short: 2,
  long: 3,
  float: 4,
  double: 5,
  null: 6,
  timestamp: 7,
  longlong: 8,
  int24: 9,
  date: 10,
  time: 11,
  datetime: 12,
  year: 13,
  varchar: 15,
  bit: 16,
  json: 245,
  newDecimal: 246,
  enum: 247,
  set: 248,
  tinyBlob: 249,
  mediumBlob: 250,
  longBlob: 251,
  blob: 252,
  varString: 253,
  string: 254,
  geometry: 255,
} as const;

export const ColumnFlag = {
  notNull: 1,
  primaryKey: 2,
  uniqueKey: 4,
  multipleKey: 8,
  blob: 16,
  unsigned: 32,
  zerofill: 64,
  binary: 128,
  enum: 256,
  autoIncrement: 512,
  timestamp: 1024,
  set: 2048,
  /** To clients, "is a number"; they set it by themselves, so that here it can tell truth values from other TINYINTs. */
  truth: 32768,
} as const;

/** Id of the collation of what is not text. */
export const BINARY = 63;
/** Digits after the point of a value that has no fixed number of them. */
export const FLOATING = 31;
/** Bytes of a character of utf8mb4, in which clients get text unless they ask for another character set. */
const MOST_BYTES = 4;
const MOST_LENGTH = 0xffff_ffff;

/** `characterSet` is the id of the collation in which the client gets text. */
export function columnDefinition(column: ResultColumn, characterSet: number): ColumnDefinition {
  const { name, type, nullable, source } = column;
  const [code, length, decimals = 0] = shape(type);
  return {
    database: source?.database ?? '',
    table: source?.alias ?? '',
    originalTable: source?.table ?? '',
    name,
    originalName: source?.column ?? '',
    collation: collationOnWire(type, characterSet),
    length: Math.min(length, MOST_LENGTH),
    type: code,
    flags: (nullable ? 0 : ColumnFlag.notNull) | flagsOf(type),
    decimals,
  };
}

const INTEGERS: Readonly<Record<IntegerType['bits'], readonly [number, number]>> = {
  8: [FieldType.tiny, 4],
  16: [FieldType.short, 6],
  24: [FieldType.int24, 9],
  32: [FieldType.long, 11],
  64: [FieldType.longlong, 20],
};

const withFraction = (length: number, precision: number): number => length + (precision > 0 ? precision + 1 : 0);

/** Type code, length and digits after the point. */
function shape(type: SqlType): readonly [code: number, length: number, decimals?: number] {
  switch (type.kind) {
    case 'integer': {
      const [code, length] = INTEGERS[type.bits];
      return [code, type.width ?? (type.unsigned && type.bits < 64 ? length - 1 : length)];
    }
    case 'float':
      return [FieldType.float, 12, FLOATING];
    case 'double':
      return [FieldType.double, 22, FLOATING];
    case 'decimal':
      return [FieldType.newDecimal, type.precision + 1 + (type.scale > 0 ? 1 : 0), type.scale];
    case 'bit':
      return [FieldType.bit, type.width];
    case 'year':
      return [FieldType.year, 4];
    case 'date':
      return [FieldType.date, 10];
    case 'time':
      return [FieldType.time, withFraction(10, type.precision), type.precision];
    case 'datetime':
      return [FieldType.datetime, withFraction(19, type.precision), type.precision];
    case 'timestamp':
      return [FieldType.timestamp, withFraction(19, type.precision), type.precision];
    case 'char':
      return [FieldType.string, type.length * MOST_BYTES];
    case 'varchar':
      return [FieldType.varString, type.length * MOST_BYTES];
    case 'binary':
      return [FieldType.string, type.length];
    case 'varbinary':
      return [FieldType.varString, type.length];
    case 'text':
      return [FieldType.blob, lobCapacity(type.size) * MOST_BYTES];
    case 'blob':
      return [FieldType.blob, lobCapacity(type.size)];
    case 'enum':
      return [FieldType.string, Math.max(0, ...type.members.map((member) => member.length)) * MOST_BYTES];
    case 'set':
      return [FieldType.string, (type.members.join(',').length || 1) * MOST_BYTES];
    case 'json':
      return [FieldType.json, MOST_LENGTH, type.computed ? FLOATING : 0];
    case 'geometry':
      return [FieldType.geometry, MOST_LENGTH];
    case 'null':
      return [FieldType.null, 0];
  }
}

function collationOnWire(type: SqlType, characterSet: number): number {
  const collation = collationOf(type);
  if (collation === undefined) return BINARY;
  return characterSet === 0 ? (collationByName(collation)?.id ?? BINARY) : characterSet;
}

function flagsOf(type: SqlType): number {
  const binary = isBinaryResult(type) || collationOf(type) === undefined ? ColumnFlag.binary : 0;
  switch (type.kind) {
    case 'integer':
      return binary | (type.unsigned ? ColumnFlag.unsigned : 0) | (type.boolean ? ColumnFlag.truth : 0);
    case 'bit':
      return ColumnFlag.unsigned;
    case 'year':
      return ColumnFlag.unsigned | ColumnFlag.zerofill;
    case 'text':
    case 'blob':
    case 'json':
    case 'geometry':
      return binary | ColumnFlag.blob;
    case 'enum':
      return ColumnFlag.enum;
    case 'set':
      return ColumnFlag.set;
    default:
      return binary;
  }
}
