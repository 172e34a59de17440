/**
 * The text of one cell on the command line. It is what MySQL's text protocol shows, save that truth values print as
 * `true` and `false`, as Dolt does. Cells of binary columns are binary strings (a byte a character); a result that has
 * such a column is written as bytes, and its other cells are turned into bytes too.
 */
import { formatterFor } from '../../sql/types/format.ts';
import type { SqlType } from '../../sql/types/sql-type.ts';
import type { Value } from '../../tuple/value.ts';
import type { ResultColumn } from './result-printer.ts';

/** The text of a value that is not null. */
export type CellText = (value: Value) => string;

export const isBinary = (type: SqlType): boolean =>
  type.kind === 'binary' || type.kind === 'varbinary' || type.kind === 'blob' || type.kind === 'geometry';

export function hasBinaryColumn(columns: readonly ResultColumn[]): boolean {
  return columns.some((column) => isBinary(column.type));
}

export const toBinaryText = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');
export const fromBinaryText = (text: string): string => Buffer.from(text, 'latin1').toString('utf8');

/** The formatter of a column; `binary` when the whole result is written as bytes. */
export function cellTextFor(type: SqlType, binary: boolean): CellText {
  if (isBinary(type)) return (value) => bytesOf(value).toString('latin1');
  if (type.kind === 'bit')
    return (value) =>
      binary ? bitBytes(value, type.width).toString('latin1') : bitBytes(value, type.width).toString('utf8');
  const format = commandLineFormat(type);
  return binary ? (value) => toBinaryText(format(value)) : format;
}

/** Where the command line prints otherwise than the protocol: truth values in words, years without leading zeros. */
function commandLineFormat(type: SqlType): CellText {
  const format = formatterFor(type);
  switch (type.kind) {
    case 'integer':
      return type.boolean ? (value) => (Number(value) === 0 ? 'false' : 'true') : format;
    case 'year':
      return String;
    case 'date':
    case 'datetime':
    case 'timestamp':
      return (value) => {
        const text = format(value);
        return text.startsWith('0') && !text.startsWith('0000') ? text.replace(/^0+/, '') : text;
      };
    default:
      return format;
  }
}

function bytesOf(value: Value): Buffer {
  return value instanceof Uint8Array
    ? Buffer.from(value.buffer, value.byteOffset, value.byteLength)
    : Buffer.from(String(value), 'utf8');
}

function bitBytes(value: Value, width: number): Buffer {
  const hex = BigInt(value as number | bigint).toString(16);
  return Buffer.from(hex.padStart(2 * Math.ceil(width / 8), '0'), 'hex');
}
