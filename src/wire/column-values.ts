/**
 * The way back from the wire (see column-types.ts): the SQL type that a result's column had on the server, as far as it
 * shows, and its values out of the text protocol. Members of ENUM and SET are text here.
 */
import { packDate } from '../sql/types/civil.ts';
import { parseDecimal, rescale } from '../sql/types/decimal.ts';
import { computedText, parseJson } from '../sql/types/json-value.ts';
import {
  BOOLEAN,
  COMPUTED_JSON,
  DATE,
  DOUBLE,
  decimal,
  FLOAT,
  type IntegerType,
  JSON_TYPE,
  LONGBLOB,
  LONGTEXT,
  MAX_DECIMAL_PRECISION,
  NULL_TYPE,
  type SqlType,
  TIME,
  varbinary,
  varchar,
  YEAR,
} from '../sql/types/sql-type.ts';
import { parseDatetime, parseTime } from '../sql/types/temporal-text.ts';
import { integerOf, type Value } from '../tuple/value.ts';
import { BINARY, ColumnFlag, FieldType, FLOATING } from './column-types.ts';
import type { ColumnDefinition } from './packets/column-definition.ts';
import { MalformedPacketError } from './wire-error.ts';

const INTEGERS: ReadonlyMap<number, IntegerType['bits']> = new Map([
  [FieldType.tiny, 8],
  [FieldType.short, 16],
  [FieldType.int24, 24],
  [FieldType.long, 32],
  [FieldType.longlong, 64],
]);

/** Lengths of text are not told in characters; nothing depends on them where a result is only read. */
const TEXT = varchar(0);
const BYTES = varbinary(0);

export function typeOfColumn({ type, flags, length, decimals, collation }: ColumnDefinition): SqlType {
  const bits = INTEGERS.get(type);
  if (bits !== undefined) {
    if (type === FieldType.tiny && (flags & ColumnFlag.truth) !== 0) return BOOLEAN;
    return { kind: 'integer', bits, unsigned: (flags & ColumnFlag.unsigned) !== 0 };
  }
  switch (type) {
    case FieldType.float:
      return FLOAT;
    case FieldType.double:
      return DOUBLE;
    case FieldType.newDecimal:
      return decimal(MAX_DECIMAL_PRECISION, decimals);
    case FieldType.bit:
      return { kind: 'bit', width: length };
    case FieldType.year:
      return YEAR;
    case FieldType.date:
      return DATE;
    case FieldType.time:
      return TIME;
    case FieldType.datetime:
      return { kind: 'datetime', precision: fraction(decimals) };
    case FieldType.timestamp:
      return { kind: 'timestamp', precision: fraction(decimals) };
    case FieldType.json:
      return decimals === FLOATING ? COMPUTED_JSON : JSON_TYPE;
    case FieldType.geometry:
      return { kind: 'geometry', shape: 'geometry' };
    case FieldType.null:
      return NULL_TYPE;
    case FieldType.blob:
    case FieldType.tinyBlob:
    case FieldType.mediumBlob:
    case FieldType.longBlob:
      return collation === BINARY ? LONGBLOB : LONGTEXT;
    default:
      return collation === BINARY ? BYTES : TEXT;
  }
}

const fraction = (decimals: number): number => (decimals === FLOATING ? 6 : decimals);

/** Reads a value that is not NULL. Throws `MalformedPacketError` for text that is no value of the type. */
export type ReadValue = (bytes: Buffer) => Value;

export function valueReader(type: SqlType): ReadValue {
  switch (type.kind) {
    case 'integer':
      return (bytes) => integerOfText(bytes.toString('latin1'));
    case 'year':
    case 'double':
      return (bytes) => Number(bytes.toString('latin1'));
    case 'float':
      return (bytes) => Math.fround(Number(bytes.toString('latin1')));
    case 'decimal':
      return (bytes) => {
        const { value, scale } = parseDecimal(bytes.toString('latin1'));
        return rescale(value, scale, type.scale);
      };
    case 'bit':
      return (bytes) => integerOf(BigInt(`0x${bytes.toString('hex') || '0'}`));
    case 'date':
      return (bytes) => {
        const [year, month, day] = bytes.toString('latin1').split('-').map(Number);
        return packDate(year!, month!, day!);
      };
    case 'time':
      return (bytes) => mustParse(parseTime, bytes);
    case 'datetime':
    case 'timestamp':
      return (bytes) => mustParse(parseDatetime, bytes);
    case 'binary':
    case 'varbinary':
    case 'blob':
    case 'geometry':
      return (bytes) => bytes;
    case 'json':
      return type.computed
        ? (bytes) => computedText(parseJson(bytes.toString('utf8'), 'computed'))
        : (bytes) => bytes.toString('utf8');
    default:
      return (bytes) => bytes.toString('utf8');
  }
}

/** Up to so many digits are a safe number. */
const SAFE_DIGITS = 15;

const integerOfText = (text: string): Value => (text.length <= SAFE_DIGITS ? Number(text) : integerOf(BigInt(text)));

function mustParse(parse: (text: string) => { readonly value: Value } | undefined, bytes: Buffer): Value {
  const text = bytes.toString('latin1');
  const parsed = parse(text);
  if (parsed === undefined) throw new MalformedPacketError(`a time that is none: ${text}`);
  return parsed.value;
}
