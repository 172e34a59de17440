/** Row changes as SQL statements. */

import type { Value } from '../../tuple/value.ts';
import { quoteName } from '../syntax/print-expression.ts';
import { formatterFor } from '../types/format.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { ChangedRow, DiffColumn, MarkedRow } from './changed-rows.ts';

export function literal(value: Value, type: SqlType): string {
  if (value === null) return 'NULL';
  switch (type.kind) {
    case 'integer':
    case 'float':
    case 'double':
    case 'decimal':
    case 'year':
    case 'bit':
      return type.kind === 'bit' ? String(value) : formatterFor(type)(value);
    case 'binary':
    case 'varbinary':
    case 'blob':
    case 'geometry':
      // `0x` alone is no literal.
      return (value as Uint8Array).length === 0 ? "''" : `0x${Buffer.from(value as Uint8Array).toString('hex')}`;
    default:
      return `'${escaped(formatterFor(type)(value))}'`;
  }
}

const ESCAPES: Readonly<Record<string, string>> = {
  '\\': '\\\\',
  "'": "\\'",
  '"': '\\"',
  '\0': '\\0',
  '\b': '\\b',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\x1a': '\\Z',
};

/** A statement stays on one line, whatever it holds. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is escaped
const escaped = (text: string): string => text.replace(/[\\'"\0\x08\n\r\t\x1a]/g, (letter) => ESCAPES[letter]!);

/**
 * One statement for one change (one row, or both sides of a modified one); undefined where nothing differs that is left: a
 * column that was dropped.
 */
export function rowStatement(table: string, columns: readonly DiffColumn[], row: ChangedRow): string | undefined {
  const [first, second] = row;
  const text = (row: MarkedRow, i: number): string => literal(row.values[i]!, columns[i]!.type);
  const all = columns.map((_, i) => i);
  const keys = all.filter((i) => columns[i]!.primaryKey);
  const where = (row: MarkedRow): string =>
    (keys.length > 0 ? keys : all.filter((i) => columns[i]!.from !== undefined))
      .map((i) => `${quoteName(columns[i]!.name)}${row.values[i] === null ? ' IS NULL' : `=${text(row, i)}`}`)
      .join(' AND ');
  if (first.mark === '+') {
    const own = all.filter((i) => columns[i]!.to !== undefined && !columns[i]!.generated);
    const names = own.map((i) => quoteName(columns[i]!.name)).join(',');
    return `INSERT INTO ${quoteName(table)} (${names}) VALUES (${own.map((i) => text(first, i)).join(',')});`;
  }
  if (first.mark === '-') {
    const once = keys.length > 0 ? '' : ' LIMIT 1';
    return `DELETE FROM ${quoteName(table)} WHERE ${where(first)}${once};`;
  }
  const isChanged = (i: number): boolean => !columns[i]!.generated && text(first, i) !== text(second!, i);
  const changed = all.filter((i) => columns[i]!.to !== undefined && isChanged(i));
  if (changed.length === 0) return undefined;
  const sets = changed.map((i) => `${quoteName(columns[i]!.name)}=${text(second!, i)}`).join(',');
  return `UPDATE ${quoteName(table)} SET ${sets} WHERE ${where(second!)};`;
}
