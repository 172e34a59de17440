/** The type of a column as written, with MySQL's defaults filled in, and how Dolt encodes it (FORMAT.md §5.4). */
import { collationByName, collationOfCharacterSet } from '../../tuple/collation.ts';
import { Encoding } from '../../tuple/encoding.ts';
import type { DataType } from '../syntax/ast/data-type.ts';
import {
  columnTooLong,
  notSupported,
  precisionTooBig,
  SqlError,
  scaleAbovePrecision,
  scaleTooBig,
  unknownCharacterSet,
  unknownCollation,
} from '../types/sql-error.ts';
import {
  type CollationName,
  DATE,
  DEFAULT_COLLATION,
  DOUBLE,
  FLOAT,
  type IntegerType,
  JSON_TYPE,
  type LobSize,
  type SqlType,
  YEAR,
} from '../types/sql-type.ts';

const BITS = { tinyint: 8, smallint: 16, mediumint: 24, int: 32, bigint: 64 } as const;

/** `column` names the column in messages. */
export function columnType(type: DataType, tableCollation: CollationName, column: string): SqlType {
  switch (type.name) {
    case 'tinyint':
    case 'smallint':
    case 'mediumint':
    case 'int':
    case 'bigint':
      return integerType(type, BITS[type.name]);
    case 'decimal': {
      const precision = type.length ?? 10;
      const scale = type.scale ?? 0;
      if (precision > 65) throw precisionTooBig(precision, column, 65);
      if (scale > 30) throw scaleTooBig(scale, column, 30);
      if (scale > precision) throw scaleAbovePrecision(column);
      return { kind: 'decimal', precision: precision === 0 ? 10 : precision, scale };
    }
    case 'float':
      return (type.length ?? 0) > 24 && type.scale === undefined ? DOUBLE : FLOAT;
    case 'double':
      return DOUBLE;
    case 'bit': {
      const width = type.length ?? 1;
      if (width > 64) throw new SqlError(1439, '42000', `Display width out of range for column '${column}' (max = 64)`);
      return { kind: 'bit', width: width === 0 ? 1 : width };
    }
    case 'year':
      if (type.length !== undefined && type.length !== 4) {
        throw new SqlError(1818, 'HY000', 'Supports only YEAR or YEAR(4) column.');
      }
      return YEAR;
    case 'date':
      return DATE;
    case 'time':
      return { kind: 'time', precision: 6 };
    case 'datetime':
    case 'timestamp': {
      const precision = type.length ?? 0;
      if (precision > 6) throw precisionTooBig(precision, column, 6);
      return { kind: type.name, precision };
    }
    case 'char':
    case 'varchar': {
      const length = type.length ?? (type.name === 'char' ? 1 : undefined);
      if (length === undefined)
        throw new SqlError(1064, '42000', `the length of varchar column '${column}' is missing`);
      const collation = collationOf(type, tableCollation);
      if (collation === 'binary') return { kind: type.name === 'char' ? 'binary' : 'varbinary', length };
      if (type.name === 'char' && length > 255) throw columnTooLong(column, 255);
      if (type.name === 'varchar' && length > 16383) {
        if (length > 65535) throw columnTooLong(column, 16383);
      }
      return { kind: type.name, length, collation };
    }
    case 'binary':
    case 'varbinary': {
      const length = type.length ?? 1;
      if (type.name === 'binary' && length > 255) throw columnTooLong(column, 255);
      if (length > 65535) throw columnTooLong(column, 65535);
      return { kind: type.name, length };
    }
    case 'tinytext':
    case 'text':
    case 'mediumtext':
    case 'longtext':
      return {
        kind: 'text',
        size: lobSize(type.name, 'text', type.length),
        collation: collationOf(type, tableCollation),
      };
    case 'tinyblob':
    case 'blob':
    case 'mediumblob':
    case 'longblob':
      return { kind: 'blob', size: lobSize(type.name, 'blob', type.length) };
    case 'enum':
    case 'set': {
      const collation = collationOf(type, tableCollation);
      // As in MySQL, blanks at the end of a member are no part of it.
      const members = (type.members ?? []).map((member) => member.replace(/ +$/, ''));
      const { isSupported, compare } = collationByName(collation)!;
      const same = (a: string, b: string): boolean => a === b || (isSupported && compare(a, b) === 0);
      const twice = members.find((member, i) => members.findIndex((other) => same(other, member)) !== i);
      if (twice !== undefined) throw duplicateMember(column, twice, type.name);
      return { kind: type.name, members, collation };
    }
    case 'json':
      return JSON_TYPE;
    case 'vector':
      throw notSupported('VECTOR columns');
    default:
      return { kind: 'geometry', shape: type.name, ...(type.srid === undefined ? {} : { srid: type.srid }) };
  }
}

function integerType({ unsigned, zerofill, length, name }: DataType, bits: IntegerType['bits']): SqlType {
  const isUnsigned = unsigned === true || zerofill === true;
  const one = name === 'tinyint' && length === 1 && !isUnsigned;
  return { kind: 'integer', bits, unsigned: isUnsigned, ...(one ? { width: 1 } : {}) };
}

function lobSize(name: string, kind: string, length: number | undefined): LobSize {
  const size = name.slice(0, -kind.length);
  if (size !== '') return size as LobSize;
  if (length === undefined || length < 2 ** 16) return length !== undefined && length < 2 ** 8 ? 'tiny' : 'normal';
  return length < 2 ** 24 ? 'medium' : 'long';
}

function collationOf(type: DataType, tableCollation: CollationName): CollationName {
  if (type.collation !== undefined) return knownCollation(type.collation);
  if (type.charset !== undefined) {
    const collation = characterSetCollation(type.charset);
    return type.binary ? (collationByName(`${type.charset}_bin`)?.name ?? collation) : collation;
  }
  return type.binary
    ? (collationByName(`${tableCollation.split('_')[0]}_bin`)?.name ?? tableCollation)
    : tableCollation;
}

export function knownCollation(name: string): CollationName {
  const collation = collationByName(name);
  if (collation === undefined) throw unknownCollation(name);
  return collation.name;
}

/** Dolt's utf8mb4 is binary unless told otherwise. */
export function characterSetCollation(name: string): CollationName {
  if (name.toLowerCase() === 'utf8mb4') return DEFAULT_COLLATION;
  const collation = collationOfCharacterSet(name);
  if (collation === undefined) throw unknownCharacterSet(name);
  return collation.name;
}

/** How new columns of a type are stored. */
export function encodingOf(type: SqlType): Encoding {
  switch (type.kind) {
    case 'integer':
      switch (type.bits) {
        case 8:
          return type.unsigned ? Encoding.uint8 : Encoding.int8;
        case 16:
          return type.unsigned ? Encoding.uint16 : Encoding.int16;
        case 64:
          return type.unsigned ? Encoding.uint64 : Encoding.int64;
        default:
          return type.unsigned ? Encoding.uint32 : Encoding.int32;
      }
    case 'float':
      return Encoding.float32;
    case 'double':
      return Encoding.float64;
    case 'decimal':
      return Encoding.decimal;
    case 'bit':
      return Encoding.uint64;
    case 'year':
      return Encoding.year;
    case 'date':
      return Encoding.date;
    case 'time':
      return Encoding.time;
    case 'datetime':
    case 'timestamp':
      return Encoding.datetime;
    case 'char':
    case 'varchar':
      return Encoding.string;
    case 'binary':
    case 'varbinary':
      return Encoding.bytes;
    case 'text':
      return Encoding.stringAdaptive;
    case 'blob':
      return Encoding.bytesAdaptive;
    case 'enum':
      return Encoding.enum;
    case 'set':
      return Encoding.set;
    case 'json':
      return Encoding.jsonAdaptive;
    case 'geometry':
      return Encoding.geometryAdaptive;
    case 'null':
      throw notSupported('a column of type NULL');
  }
}

function duplicateMember(column: string, member: string, kind: 'enum' | 'set'): SqlError {
  const message = `Column '${column}' has duplicated value '${member}' in ${kind.toUpperCase()}`;
  return new SqlError(1291, 'HY000', message);
}
