/** Values as text, as result sets print them: MySQL's text protocol, with Dolt's notation of doubles and times. */
import type { Integer, Value } from '../../tuple/value.ts';
import { formatDate, formatDatetime, formatTime } from './civil.ts';
import { formatDecimal } from './decimal.ts';
import { displayText, parseJson } from './json-value.ts';
import { formatDouble } from './number-text.ts';
import type { BitType, EnumType, SetType, SqlType } from './sql-type.ts';

/** Chosen once a column. NULL is the caller's: the value is not null. Truth values print as 1 and 0. */
export type Format = (value: Value) => string;

export function enumText(value: number, type: EnumType): string {
  return value === 0 ? '' : (type.members[value - 1] ?? '');
}

export function setText(value: Integer, type: SetType): string {
  const chosen: string[] = [];
  if (typeof value === 'number' && value < 0x8000_0000) {
    for (let at = 0; at < type.members.length && at < 31; at++) {
      if ((value & (1 << at)) !== 0) chosen.push(type.members[at] as string);
    }
    return chosen.join(',');
  }
  let rest = BigInt(value);
  for (let at = 0; rest > 0n; at++, rest >>= 1n) {
    if ((rest & 1n) === 1n) chosen.push(type.members[at] ?? '');
  }
  return chosen.join(',');
}

/** A BIT value as its bytes, most significant first. */
export function bitBytes(value: Integer, type: BitType): Uint8Array {
  const length = Math.ceil(type.width / 8);
  const bytes = new Uint8Array(length);
  let rest = BigInt(value);
  for (let at = length - 1; at >= 0; at--, rest >>= 8n) bytes[at] = Number(rest & 0xffn);
  return bytes;
}

/** Bytes as text for people: UTF-8. Who sends bytes to a client sends them raw (`bytesOfValue`). */
export function textOfBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8');
}

export function formatterFor(type: SqlType): Format {
  switch (type.kind) {
    case 'integer':
      return String;
    case 'float':
      return (value) => formatDouble(value as number, true);
    case 'double':
      return (value) => formatDouble(value as number);
    case 'decimal': {
      const { scale } = type;
      return (value) => formatDecimal(value as Integer, scale);
    }
    case 'bit':
      return (value) => textOfBytes(bitBytes(value as Integer, type));
    case 'year':
      return (value) => String(value).padStart(4, '0');
    case 'date':
      return (value) => formatDate(value as number);
    case 'time':
      return (value) => formatTime(value as number, 6);
    case 'datetime':
    case 'timestamp': {
      const { precision } = type;
      return (value) => formatDatetime(value as Integer, precision);
    }
    case 'char':
    case 'varchar':
    case 'text':
      return (value) => value as string;
    case 'binary':
    case 'varbinary':
    case 'blob':
    case 'geometry':
      return (value) => textOfBytes(value as Uint8Array);
    case 'enum':
      return (value) => enumText(value as number, type);
    case 'set':
      return (value) => setText(value as Integer, type);
    case 'json':
      return type.computed
        ? (value) => displayText(parseJson(value as string, 'computed'))
        : (value) => value as string;
    case 'null':
      return () => 'NULL';
  }
}

const formatters = new WeakMap<SqlType, Format>();

export function formatValue(value: Value, type: SqlType): string {
  if (value === null) return 'NULL';
  let format = formatters.get(type);
  if (format === undefined) {
    format = formatterFor(type);
    formatters.set(type, format);
  }
  return format(value);
}

/** Whether clients get the bytes of the value as they are, not text in a character set. */
export function isBinaryResult(type: SqlType): boolean {
  return (
    type.kind === 'binary' ||
    type.kind === 'varbinary' ||
    type.kind === 'blob' ||
    type.kind === 'bit' ||
    type.kind === 'geometry'
  );
}
/** The raw bytes of a binary result's value. */
export function bytesOfValue(value: Value, type: SqlType): Uint8Array {
  return type.kind === 'bit' ? bitBytes(value as Integer, type) : (value as Uint8Array);
}
