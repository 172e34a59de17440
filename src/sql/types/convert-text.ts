/** Conversions to text and bytes: how a value reads as a string, and what does not fit. */

import { isUtf8 } from 'node:buffer';
import type { Integer, Value } from '../../tuple/value.ts';
import { charsetOf, decodeStrictly } from './charset-bytes.ts';
import { formatDate, formatDatetime, formatTime } from './civil.ts';
import type { Convert, ConvertMode, ConvertScene } from './convert.ts';
import { formatDecimal } from './decimal.ts';
import { bitBytes, enumText, setText, textOfBytes } from './format.ts';
import { displayText, parseJson } from './json-value.ts';
import { doubleToText } from './number-text.ts';
import { dataTooLong, incorrectValue } from './sql-error.ts';
import { type BytesType, collationOf, DEFAULT_COLLATION, type SqlType, type StringType } from './sql-type.ts';
import { lobCapacity } from './sql-type-text.ts';

/** How values of a type read as strings in expressions and text columns. */
export function textReader(from: SqlType): (value: Value) => string {
  switch (from.kind) {
    case 'integer':
    case 'bit':
      return String;
    case 'year':
      return (value) => String(value).padStart(4, '0');
    case 'float':
      return (value) => doubleToText(value as number, true);
    case 'double':
      return (value) => doubleToText(value as number);
    case 'decimal': {
      const { scale } = from;
      return (value) => formatDecimal(value as Integer, scale);
    }
    case 'date':
      return (value) => formatDate(value as number);
    case 'time':
      return (value) => formatTime(value as number, from.precision);
    case 'datetime':
    case 'timestamp':
      return (value) => formatDatetime(value as Integer, from.precision);
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
      return (value) => enumText(value as number, from);
    case 'set':
      return (value) => setText(value as Integer, from);
    case 'json': {
      const dialect = from.computed ? 'computed' : 'stored';
      return (value) => displayText(parseJson(value as string, dialect));
    }
    case 'null':
      return () => '';
  }
}

/** Code points. */
function characterLength(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code >= 0xd800 && code < 0xdc00) count--;
  }
  return count;
}

/** The first `count` code points. */
function firstCharacters(text: string, count: number): string {
  if (text.length <= count) return text;
  let at = 0;
  for (let taken = 0; taken < count && at < text.length; taken++) {
    const code = text.charCodeAt(at);
    at += code >= 0xd800 && code < 0xdc00 ? 2 : 1;
  }
  return text.slice(0, at);
}

function typeWord(to: SqlType, length: number): string {
  return `${to.kind === 'binary' || to.kind === 'varbinary' ? 'BINARY' : 'CHAR'}(${length})`;
}

function tooLong(
  text: string,
  excess: string,
  to: SqlType,
  length: number,
  mode: ConvertMode,
  scene: ConvertScene,
): void {
  const error = dataTooLong(scene.column, scene.row);
  if (mode === 'strict') {
    if (/^ +$/.test(excess)) return;
    throw error;
  }
  if (mode === 'lenient')
    scene.warn?.({
      level: 'Warning',
      code: 1265,
      message: `Data truncated for column '${scene.column ?? ''}' at row ${scene.row ?? 1}`,
    });
  else
    scene.warn?.({
      level: 'Warning',
      code: 1292,
      message: `Truncated incorrect ${typeWord(to, length)} value: '${text.slice(0, 128)}'`,
    });
}

function decode(bytes: Uint8Array, mode: ConvertMode, scene: ConvertScene): string | null {
  if (mode === 'implicit') return textOfBytes(bytes);
  const text = decodeStrictly(bytes, DEFAULT_COLLATION);
  if (text !== undefined) return text;
  const good = wellFormedLength(bytes);
  const bad = bytes.subarray(good);
  const shown = [...bad.subarray(0, 6)]
    .map((byte) =>
      byte >= 32 && byte < 127 ? String.fromCharCode(byte) : `\\x${byte.toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');
  const error = incorrectValue('string', shown + (bad.length > 6 ? '...' : ''), scene.column, scene.row);
  if (mode === 'strict') throw error;
  scene.warn?.({
    level: 'Warning',
    code: mode === 'cast' ? 1300 : error.errno,
    message:
      mode === 'cast'
        ? `Invalid utf8mb4 character string: '${Buffer.from(bad.subarray(0, 3)).toString('hex').toUpperCase()}'`
        : error.message,
  });
  return mode === 'cast' ? null : textOfBytes(bytes.subarray(0, good));
}

/** How many bytes at the start are whole characters of UTF-8: what follows is cut off, as in MySQL. */
function wellFormedLength(bytes: Uint8Array): number {
  for (let at = 0; ; ) {
    const first = bytes[at];
    if (first === undefined) return at;
    const next = at + (first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4);
    if (next > bytes.length || !isUtf8(bytes.subarray(at, next))) return at;
    at = next;
  }
}

/** How text of the target comes of a value. CONVERT leaves nothing that its character set lacks. */
function reader(from: SqlType, { collation }: StringType, mode: ConvertMode) {
  const charset = charsetOf(collation);
  const plain = textReader(from);
  if (from.kind === 'binary' || from.kind === 'varbinary' || from.kind === 'blob') {
    return (value: Value, scene: ConvertScene) =>
      charset?.decode(value as Uint8Array) ?? decode(value as Uint8Array, mode, scene);
  }
  if (mode !== 'cast' || charset === undefined) return (value: Value, _scene: ConvertScene) => plain(value);
  return (value: Value, _scene: ConvertScene) => {
    const text = plain(value);
    return /^[\0-\x7f]*$/.test(text) ? text : (charset.decode(charset.encode(text)) ?? text);
  };
}

export function toText(from: SqlType, to: StringType, mode: ConvertMode): Convert {
  const read = reader(from, to, mode);
  if (mode === 'implicit') return read;
  if (to.kind === 'text') {
    const capacity = lobCapacity(to.size);
    if (to.size === 'long') return read;
    return (value, scene) => {
      const text = read(value, scene);
      if (text === null || text.length * 3 <= capacity || Buffer.byteLength(text) <= capacity) return text;
      tooLong(text, '', to, capacity, mode, scene);
      return Buffer.from(text)
        .toString('utf8', 0, capacity)
        .replace(/\ufffd$/, '');
    };
  }
  const { length } = to;
  return (value, scene) => {
    const text = read(value, scene);
    if (text === null || text.length <= length || characterLength(text) <= length) return text;
    const kept = firstCharacters(text, length);
    tooLong(text, text.slice(kept.length), to, length, mode, scene);
    return kept;
  };
}

export function toBytes(from: SqlType, to: BytesType, mode: ConvertMode): Convert {
  const text = textReader(from);
  const collation = collationOf(from);
  const charset = collation === undefined ? undefined : charsetOf(collation);
  const read = (value: Value): Uint8Array => {
    if (value instanceof Uint8Array) return value;
    if (from.kind === 'bit') return bitBytes(value as Integer, from);
    if (charset !== undefined) return charset.encode(text(value));
    const buffer = Buffer.from(text(value), 'utf8');
    return new Uint8Array(buffer.buffer, buffer.byteOffset, buffer.byteLength);
  };
  if (mode === 'implicit') return read;
  const capacity = to.kind === 'blob' ? lobCapacity(to.size) : to.length;
  return (value, scene) => {
    const bytes = read(value);
    if (bytes.length > capacity) {
      tooLong(textOfBytes(bytes), '', to, capacity, mode, scene);
      return bytes.slice(0, capacity);
    }
    if (to.kind === 'binary' && bytes.length < capacity) {
      const padded = new Uint8Array(capacity);
      padded.set(bytes);
      return padded;
    }
    return bytes;
  };
}
