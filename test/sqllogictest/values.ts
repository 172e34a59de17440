/** A result as sqllogictest writes it: a value a line in the record's order, or their number and hash. */
import { createHash } from 'node:crypto';
import type { QueryRecord } from './records.ts';

/** What a record's result comes to, row by row of printed values, as one text. */
export function writtenResult(rows: readonly (readonly string[])[], { sort, expected }: QueryRecord): string {
  const values = sorted(rows, sort);
  return isHashed(expected) ? hashed(values) : values.join('\n');
}

/** The same for records of one label, however each is written. */
export function resultHash(rows: readonly (readonly string[])[], { sort }: QueryRecord): string {
  return hashed(sorted(rows, sort));
}

function isHashed(expected: readonly string[] | undefined): boolean {
  return expected?.length === 1 && /^\d+ values hashing to [0-9a-f]{32}$/.test(expected[0]!);
}

function hashed(values: readonly string[]): string {
  const hash = createHash('md5').update(values.map((value) => `${value}\n`).join(''));
  return `${values.length} values hashing to ${hash.digest('hex')}`;
}

/** Rows and values are ordered as bytes, as C's strcmp does it. What is printed is ASCII. */
function sorted(rows: readonly (readonly string[])[], sort: QueryRecord['sort']): string[] {
  if (sort === 'nosort') return rows.flat();
  if (sort === 'valuesort') return rows.flat().sort(compareTexts);
  return rows.toSorted(compareRows).flat();
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function compareRows(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < a.length; at++) {
    const order = compareTexts(a[at]!, b[at]!);
    if (order !== 0) return order;
  }
  return 0;
}

/** A value that SQL prints as `text`, in a column of the letter `T`, `I` or `R`; null for NULL. */
export function printedValue(text: string | null, letter: string): string {
  if (text === null) return 'NULL';
  if (letter === 'I') return printedInteger(text);
  if (letter === 'R') return printedReal(Number.parseFloat(text));
  return text === '' ? '(empty)' : text.replace(/[^ -~]/gu, '@');
}

/** As C's `%d` of the value cast to an integer: fractions are cut off, text is 0. */
function printedInteger(text: string): string {
  const digits = /^[+-]?\d+(?=$|[^\d.eE])/.exec(text);
  if (digits !== null) return String(BigInt(digits[0]));
  const value = Math.trunc(Number.parseFloat(text));
  return Number.isFinite(value) ? String(BigInt(value)) : '0';
}

/** As C's `%.3f`, which rounds a tie to an even digit. */
function printedReal(value: number): string {
  if (!Number.isFinite(value)) return '0.000';
  // toFixed writes an exponent from here on, and there are no fractions.
  if (Math.abs(value) >= 1e21) return `${BigInt(value)}.000`;
  const rounded = value.toFixed(3);
  // Odd sixteenths are the doubles midway between two thousandths; toFixed takes the greater of these.
  const isTie = Math.abs(value * 16) % 2 === 1;
  return isTie && Number(rounded.at(-1)) % 2 === 1 ? (value * (1 - Number.EPSILON)).toFixed(3) : rounded;
}
