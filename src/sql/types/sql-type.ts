/**
 * The types of SQL values. A `Value` (tuple/value.ts) does not say what it means: 150 may be an integer, the decimal
 * 1.50 or the second member of an enum. The static type of its column or expression does, so every expression carries
 * one of these. Types are plain immutable objects; two types are the same when `sameType` says so, never by identity.
 *
 * Invariant: a value of type T has the representation that is written at T below, and nothing else; NULL is `null` in
 * every type.
 */

/** Name of a collation as MySQL spells it: `utf8mb4_0900_bin`. It implies the character set. */
export type CollationName = string;

export const DEFAULT_COLLATION: CollationName = 'utf8mb4_0900_bin';
export const BINARY_COLLATION: CollationName = 'binary';

/** TINYINT (8 bits) … BIGINT (64). Value: Integer. `boolean` marks truth values, which Dolt prints as true/false. */
export interface IntegerType {
  readonly kind: 'integer';
  readonly bits: 8 | 16 | 24 | 32 | 64;
  readonly unsigned: boolean;
  /** Display width; only TINYINT(1) keeps one. */
  readonly width?: number;
  readonly boolean?: true;
}
/** Value: number (a float's is always `Math.fround`ed). */
export interface FloatType {
  readonly kind: 'float' | 'double';
}
/** Value: the unscaled Integer, 1.50 in DECIMAL(10,2) is 150. */
export interface DecimalType {
  readonly kind: 'decimal';
  readonly precision: number;
  readonly scale: number;
}
/** Value: Integer. */
export interface BitType {
  readonly kind: 'bit';
  readonly width: number;
}
/** Value: number, 0 or 1901..2155. */
export interface YearType {
  readonly kind: 'year';
}
/** Value: number year<<16 | month<<8 | day; 0 is the zero date. */
export interface DateType {
  readonly kind: 'date';
}
/** Value: signed number of microseconds. */
export interface TimeType {
  readonly kind: 'time';
  readonly precision: number;
}
/**
 * Value: Integer microseconds since 1970 read as UTC. The zero datetime `0000-00-00 00:00:00` is -62169984000000000
 * (`ZERO_DATETIME`), which no valid datetime has.
 */
export interface DatetimeType {
  readonly kind: 'datetime' | 'timestamp';
  readonly precision: number;
}
/** Value: string. `length` counts characters. */
export interface CharType {
  readonly kind: 'char' | 'varchar';
  readonly length: number;
  readonly collation: CollationName;
}
export type LobSize = 'tiny' | 'normal' | 'medium' | 'long';
/** Value: string. */
export interface TextType {
  readonly kind: 'text';
  readonly size: LobSize;
  readonly collation: CollationName;
}
/**
 * Value: Uint8Array. `length` counts bytes; BINARY values are padded with zero bytes to it. A `hexadecimal` literal is a
 * big-endian number where a number is wanted.
 */
export interface BinaryType {
  readonly kind: 'binary' | 'varbinary';
  readonly length: number;
  readonly hexadecimal?: true;
}
/** Value: Uint8Array. */
export interface BlobType {
  readonly kind: 'blob';
  readonly size: LobSize;
}
/** Value: number, the 1-based index; 0 is the empty string of an invalid value. */
export interface EnumType {
  readonly kind: 'enum';
  readonly members: readonly string[];
  readonly collation: CollationName;
}
/** Value: Integer, the bit mask. */
export interface SetType {
  readonly kind: 'set';
  readonly members: readonly string[];
  readonly collation: CollationName;
}
/**
 * Value: string. A column's is the canonical stored JSON text, which prints as it is; an expression's (`computed`) is
 * the computed text of json-value.ts, which prints with blanks.
 */
export interface JsonType {
  readonly kind: 'json';
  readonly computed?: true;
}
/** In the order of WKB's codes. */
export const GEOMETRY_SHAPES = [
  'geometry',
  'point',
  'linestring',
  'polygon',
  'multipoint',
  'multilinestring',
  'multipolygon',
  'geometrycollection',
] as const;
export type GeometryShape = (typeof GEOMETRY_SHAPES)[number];
/** Value: Uint8Array as stored (SRID, then WKB). */
export interface GeometryType {
  readonly kind: 'geometry';
  readonly shape: GeometryShape;
  readonly srid?: number;
}
/** The type of a bare NULL. Value: null. */
export interface NullType {
  readonly kind: 'null';
}

export type SqlType =
  | IntegerType
  | FloatType
  | DecimalType
  | BitType
  | YearType
  | DateType
  | TimeType
  | DatetimeType
  | CharType
  | TextType
  | BinaryType
  | BlobType
  | EnumType
  | SetType
  | JsonType
  | GeometryType
  | NullType;

export type SqlTypeKind = SqlType['kind'];

const integer = (bits: IntegerType['bits'], unsigned = false): IntegerType => ({ kind: 'integer', bits, unsigned });

export const TINYINT = integer(8);
export const SMALLINT = integer(16);
export const MEDIUMINT = integer(24);
export const INT = integer(32);
export const BIGINT = integer(64);
export const UNSIGNED_TINYINT = integer(8, true);
export const UNSIGNED_SMALLINT = integer(16, true);
export const UNSIGNED_MEDIUMINT = integer(24, true);
export const UNSIGNED_INT = integer(32, true);
export const UNSIGNED_BIGINT = integer(64, true);
/** The type of comparisons, TRUE and FALSE. */
export const BOOLEAN: IntegerType = { kind: 'integer', bits: 8, unsigned: false, width: 1, boolean: true };
/** A column declared BOOL or TINYINT(1). */
export const TINYINT_1: IntegerType = { kind: 'integer', bits: 8, unsigned: false, width: 1 };
export const FLOAT: FloatType = { kind: 'float' };
export const DOUBLE: FloatType = { kind: 'double' };
export const YEAR: YearType = { kind: 'year' };
export const DATE: DateType = { kind: 'date' };
export const TIME: TimeType = { kind: 'time', precision: 6 };
/** A JSON column. */
export const JSON_TYPE: JsonType = { kind: 'json' };
/** What JSON functions and casts give. */
export const COMPUTED_JSON: JsonType = { kind: 'json', computed: true };
export const NULL_TYPE: NullType = { kind: 'null' };
export const LONGTEXT: TextType = { kind: 'text', size: 'long', collation: DEFAULT_COLLATION };
export const LONGBLOB: BlobType = { kind: 'blob', size: 'long' };

export const MAX_DECIMAL_PRECISION = 65;
export const MAX_DECIMAL_SCALE = 30;
/** `0000-00-00 00:00:00` as a DATETIME value. */
export const ZERO_DATETIME = -62169984000000000n;

export function decimal(precision: number, scale: number): DecimalType {
  return { kind: 'decimal', precision, scale };
}
export function datetime(precision = 0): DatetimeType {
  return { kind: 'datetime', precision };
}
export function timestamp(precision = 0): DatetimeType {
  return { kind: 'timestamp', precision };
}
export function varchar(length: number, collation: CollationName = DEFAULT_COLLATION): CharType {
  return { kind: 'varchar', length, collation };
}
export function char(length: number, collation: CollationName = DEFAULT_COLLATION): CharType {
  return { kind: 'char', length, collation };
}
export function text(size: LobSize = 'normal', collation: CollationName = DEFAULT_COLLATION): TextType {
  return { kind: 'text', size, collation };
}
export function varbinary(length: number): BinaryType {
  return { kind: 'varbinary', length };
}

export type NumericType = IntegerType | FloatType | DecimalType | BitType | YearType;
export type TemporalType = DateType | TimeType | DatetimeType;
export type StringType = CharType | TextType;
export type BytesType = BinaryType | BlobType;

export function isNumeric(type: SqlType): type is NumericType {
  switch (type.kind) {
    case 'integer':
    case 'float':
    case 'double':
    case 'decimal':
    case 'bit':
    case 'year':
      return true;
    default:
      return false;
  }
}
/** Values are plain Integers of exactly the number they mean. */
export function isIntegral(type: SqlType): type is IntegerType | BitType | YearType {
  return type.kind === 'integer' || type.kind === 'bit' || type.kind === 'year';
}
export function isTemporal(type: SqlType): type is TemporalType {
  return type.kind === 'date' || type.kind === 'time' || type.kind === 'datetime' || type.kind === 'timestamp';
}
/** CHAR, VARCHAR, TEXT: values are JS strings with a collation. */
export function isText(type: SqlType): type is StringType {
  return type.kind === 'char' || type.kind === 'varchar' || type.kind === 'text';
}
export function isBytes(type: SqlType): type is BytesType {
  return type.kind === 'binary' || type.kind === 'varbinary' || type.kind === 'blob';
}
/** Text or bytes, ENUM or SET: what MySQL treats as a string in an expression. */
export function isStringLike(type: SqlType): boolean {
  return isText(type) || isBytes(type) || type.kind === 'enum' || type.kind === 'set';
}
export function isBoolean(type: SqlType): boolean {
  return type.kind === 'integer' && type.boolean === true;
}

/** The collation that comparisons of this type's text use; undefined for what is not text. */
export function collationOf(type: SqlType): CollationName | undefined {
  return isText(type) || type.kind === 'enum' || type.kind === 'set' ? type.collation : undefined;
}

export function sameType(left: SqlType, right: SqlType): boolean {
  return left === right || (left.kind === right.kind && hasPartsOf(left, right) && hasPartsOf(right, left));
}

/** Whether all parts that `left` has are the same in `right`; what is undefined is not there. */
function hasPartsOf(left: SqlType, right: SqlType): boolean {
  for (const key in left) {
    const a = left[key as keyof SqlType] as unknown;
    const b = right[key as keyof SqlType] as unknown;
    if (a !== b && !(Array.isArray(a) && Array.isArray(b) && sameMembers(a, b))) return false;
  }
  return true;
}

function sameMembers(a: readonly unknown[], b: readonly unknown[]): boolean {
  return a.length === b.length && a.every((member, i) => member === b[i]);
}
