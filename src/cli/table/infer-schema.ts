/**
 * The CREATE TABLE of a table that a file's rows fit into, with the types that Dolt gives to imported columns: the least
 * that holds every value, `varchar(200)` where values have nothing in common. Of long files a sample is looked at, ever
 * more sparse.
 */

import { quoteName } from '../../sql/syntax/print-expression.ts';
import { microsOfDay } from '../../sql/types/civil.ts';
import { conversion } from '../../sql/types/convert.ts';
import { datetime, LONGTEXT, TIME } from '../../sql/types/sql-type.ts';
import type { Integer } from '../../tuple/value.ts';
import type { RowSource } from './row-source.ts';

type Guess =
  | 'int'
  | 'bigint'
  | 'float'
  | 'double'
  | 'date'
  | 'datetime(6)'
  | 'time(6)'
  | 'tinyint(1)'
  | 'json'
  | 'uuid'
  | 'varchar(200)'
  | 'text';

const UUID = 'char(36) character set ascii collate ascii_bin';
const UUID_PATTERN = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const MAX_VARCHAR = 16_383;
const MAX_FLOAT = 3.4028234663852886e38;
const MAX_BIGINT = 9_223_372_036_854_775_807n;

/** How much further apart each sampled row is from the next. */
const SPREAD = 1.02;

/** The type of each field. Numbers whose fraction is less than `floatThreshold` count as integers. */
export function inferTypes(source: RowSource, floatThreshold = 0): string[] {
  const guesses = source.fields.map(() => new Set<Guess>());
  const look = (): void => {
    guesses.forEach((set, field) => {
      const text = source.text(field);
      if (text !== undefined && text !== '') set.add(guessOf(text.trim(), floatThreshold));
    });
  };
  let row = 0;
  let next = 1;
  let step = 0;
  while (source.next()) {
    if (++row < next) continue;
    look();
    next = row + Math.trunc(SPREAD ** ++step);
  }
  return guesses.map(commonType);
}

function guessOf(text: string, floatThreshold: number): Guess {
  return (
    numberGuess(text, floatThreshold) ?? (UUID_PATTERN.test(text) ? 'uuid' : (timeGuess(text) ?? otherGuess(text)))
  );
}

function numberGuess(text: string, floatThreshold: number): Guess | undefined {
  if (text.includes('.')) {
    if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text)) return undefined;
    const isFloat = Math.abs(Number(text)) < MAX_FLOAT;
    if (Number(`0.${text.split('.')[1]}`) < floatThreshold) return isFloat ? 'int' : 'bigint';
    return isFloat ? 'float' : 'double';
  }
  if (!/^[+-]?\d+$/.test(text)) return undefined;
  const value = BigInt(text.replace(/^\+/, ''));
  if (value > MAX_BIGINT || value < -MAX_BIGINT - 1n) return 'varchar(200)';
  if (text.length > 1 && text.startsWith('0')) return 'varchar(200)';
  return value >= -2147483648n && value <= 2147483647n ? 'int' : 'bigint';
}

const toDatetime = conversion(LONGTEXT, datetime(6), 'strict');
const toTime = conversion(LONGTEXT, TIME, 'strict');

function timeGuess(text: string): Guess | undefined {
  if (!/^[\d-]/.test(text)) return undefined;
  const value = attempt(() => toDatetime(text, {}));
  if (value !== undefined && value !== null) {
    return microsOfDay(value as Integer) < 1_000_000 ? 'date' : 'datetime(6)';
  }
  const time = attempt(() => toTime(text, {}));
  return time === undefined || time === null ? undefined : 'time(6)';
}

function attempt<Result>(act: () => Result): Result | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}

function otherGuess(text: string): Guess {
  if (/^(true|false)$/i.test(text)) return 'tinyint(1)';
  if (/[{[]/.test(text) && attempt(() => JSON.parse(text) as unknown) !== undefined) return 'json';
  return Buffer.byteLength(text) > MAX_VARCHAR ? 'text' : 'varchar(200)';
}

/** From what holds most to what holds least. */
const numbers: readonly Guess[] = ['double', 'float', 'bigint', 'int'];
const times: readonly Guess[] = ['datetime(6)', 'date', 'time(6)'];

function commonType(guesses: ReadonlySet<Guess>): string {
  const all = [...guesses];
  if (all.length === 1) return all[0] === 'uuid' ? UUID : all[0]!;
  if (guesses.has('text')) return 'text';
  const among = (kinds: readonly Guess[]): boolean => all.length > 0 && all.every((guess) => kinds.includes(guess));
  if (among(numbers)) return numbers.find((kind) => guesses.has(kind))!;
  if (among(times) && !guesses.has('time(6)')) return 'datetime(6)';
  return 'varchar(200)';
}

export function createTableSql(
  table: string,
  fields: readonly string[],
  types: readonly string[],
  primaryKey: readonly string[],
): string {
  const parts = fields.map((name, i) => `${quoteName(name)} ${types[i]!}`);
  if (primaryKey.length > 0) parts.push(`primary key (${primaryKey.map(quoteName).join(', ')})`);
  return `create table ${quoteName(table)} (${parts.join(', ')})`;
}
