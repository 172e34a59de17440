/** One value as the page, CSV and JSON show it. Binary values are `0x…` everywhere. */
import { conversion } from '../../sql/types/convert.ts';
import { formatterFor } from '../../sql/types/format.ts';
import { isBytes, type SqlType, varchar } from '../../sql/types/sql-type.ts';
import type { Integer, Value } from '../../tuple/value.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** How the values of a column are written; chosen once a column. Values are not null. */
export interface CellFormat {
  /** Stands at the right of its column. */
  readonly isNumber: boolean;
  text(value: Value): string;
  /** Numbers and JSON as such; what JavaScript's numbers cannot hold exactly, as text. */
  json(value: Value): Json;
}

export function cellFormat(type: SqlType): CellFormat {
  if (isBytes(type) || type.kind === 'geometry') return textual((value) => hexOf(value));
  switch (type.kind) {
    case 'bit':
    case 'integer':
    case 'year':
      return { isNumber: true, text: String, json: (value) => exact(value as Integer) };
    case 'double':
    case 'float': {
      const text = formatterFor(type);
      return { isNumber: true, text, json: (value) => Number(text(value)) };
    }
    case 'decimal': {
      const text = formatterFor(type);
      return { isNumber: true, text, json: text };
    }
    case 'json': {
      const text = formatterFor(type);
      return { isNumber: false, text, json: (value) => JSON.parse(text(value)) as Json };
    }
    default:
      return textual(formatterFor(type));
  }
}

const textual = (text: (value: Value) => string): CellFormat => ({ isNumber: false, text, json: text });

const exact = (value: Integer): number | string => (typeof value === 'number' ? value : String(value));

function hexOf(value: Value): string {
  const bytes = value instanceof Uint8Array ? value : Buffer.from(String(value));
  return `0x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase()}`;
}

/** The value of a column that `text` writes, as `CellFormat.text` does. Throws a `DoltError` when it is none. */
export function parseCell(text: string, type: SqlType): Value {
  if (isBytes(type)) return Uint8Array.from(Buffer.from(text.replace(/^0x/i, ''), 'hex'));
  if (type.kind === 'bit')
    return conversion({ kind: 'integer', bits: 64, unsigned: true }, type, 'strict')(Number(text), {});
  return conversion(varchar(text.length), type, 'strict')(text, {});
}
