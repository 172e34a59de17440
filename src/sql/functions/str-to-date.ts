/** STR_TO_DATE: reads text by the specifiers of DATE_FORMAT. */
import type { Integer } from '../../tuple/value.ts';
import {
  dateFromDays,
  dateOfDatetime,
  datetimeFromDays,
  daysFromCivil,
  MAX_TIME,
  microsOfTime,
  yearOf,
} from '../types/civil.ts';
import { DATE, datetime, type SqlType, TIME, ZERO_DATETIME } from '../types/sql-type.ts';
import { isDate } from '../types/temporal-text.ts';
import { asText } from './arguments.ts';
import { MONTHS, WEEKDAYS } from './date-format.ts';
import type { ScalarFunction, Signature } from './scalar-function.ts';
import { weekday, weekOf } from './week.ts';

const INCORRECT = (value: string) => ({
  level: 'Warning' as const,
  code: 1411,
  message: `Incorrect datetime value: '${value}' for function str_to_date`,
});

export const strToDate: ScalarFunction = {
  name: 'str_to_date',
  minArguments: 2,
  maxArguments: 2,
  bind([text, format]): Signature {
    const constant = format!.kind === 'literal' && typeof format!.value === 'string' ? format!.value : undefined;
    const kind = constant === undefined ? 'datetime' : formatKind(constant);
    const type: SqlType =
      kind === 'date'
        ? DATE
        : kind === 'time'
          ? TIME
          : datetime(constant?.includes('%f') || constant === undefined ? 6 : 0);
    return {
      type,
      args: [asText(text!), asText(format!)],
      nullable: true,
      apply: ([given, pattern], context) => {
        const found = parseByFormat(given as string, pattern as string, kind);
        if (found === undefined) {
          context.session.warn(INCORRECT(given as string));
          return null;
        }
        return kind === 'date' ? dateOfDatetime(found) : found;
      },
    };
  },
};

type FormatKind = 'date' | 'time' | 'datetime';

/** What STR_TO_DATE gives for a format. */
function formatKind(format: string): FormatKind {
  const specifiers = format.replaceAll('%%', '').match(/%./g) ?? [];
  const hasTime = specifiers.some((found) => 'fHhIiklprSsT'.includes(found[1]!));
  const hasDate = specifiers.some((found) => 'abcDdejMmUuVvWwXxYy'.includes(found[1]!));
  return hasTime ? (hasDate ? 'datetime' : 'time') : 'date';
}

/** What was read so far. */
class Found {
  year: number | undefined = undefined;
  month: number | undefined = undefined;
  day: number | undefined = undefined;
  dayOfYear: number | undefined = undefined;
  hour: number | undefined = undefined;
  twelve = false;
  afternoon = false;
  minute: number | undefined = undefined;
  second: number | undefined = undefined;
  microsecond: number | undefined = undefined;
  week: { number: number; mode: number; year?: number } | undefined = undefined;
  weekday: number | undefined = undefined;
}

class Scanner {
  readonly #text: string;
  at = 0;
  constructor(text: string) {
    this.#text = text;
  }
  /** A number of at most `most` digits, and from `low` to `high`. */
  number(most: number, low: number, high: number): number | undefined {
    const match = /^\s*(\d+)/.exec(this.#text.slice(this.at));
    if (match === null) return undefined;
    const digits = match[1]!.slice(0, most);
    this.at += match[0].length - match[1]!.length + digits.length;
    const value = Number(digits);
    return value < low || value > high ? undefined : value;
  }
  fraction(): number | undefined {
    const match = /^\d{1,6}/.exec(this.#text.slice(this.at));
    if (match === null) return undefined;
    this.at += match[0].length;
    return Number(match[0].padEnd(6, '0'));
  }
  /** The position (from 0) of the name that comes next, whole or by its first three letters. */
  name(names: readonly string[], short: boolean): number | undefined {
    const rest = this.#text.slice(this.at).toLowerCase();
    const found = names.findIndex((name) => rest.startsWith((short ? name.slice(0, 3) : name).toLowerCase()));
    if (found < 0) return undefined;
    this.at += short ? 3 : names[found]!.length;
    return found;
  }
  blanks(): void {
    while (/\s/.test(this.#text[this.at] ?? '')) this.at++;
  }
  take(pattern: RegExp): boolean {
    const match = pattern.exec(this.#text.slice(this.at));
    if (match === null || match.index !== 0) return false;
    this.at += match[0].length;
    return true;
  }
  peek(): string {
    return this.#text[this.at] ?? '';
  }
}

function fullYear(two: number): number {
  return two < 70 ? 2000 + two : 1900 + two;
}

/** Reads one specifier; false when the text does not have it. */
function readPart(specifier: string, scanner: Scanner, found: Found): boolean {
  switch (specifier) {
    case 'Y':
      found.year = scanner.number(4, 0, 9999);
      return found.year !== undefined;
    case 'y': {
      const value = scanner.number(2, 0, 99);
      if (value !== undefined) found.year = fullYear(value);
      return value !== undefined;
    }
    case 'm':
    case 'c':
      found.month = scanner.number(2, 0, 12);
      return found.month !== undefined;
    case 'd':
    case 'e':
      found.day = scanner.number(2, 0, 31);
      return found.day !== undefined;
    case 'D':
      found.day = scanner.number(2, 0, 31);
      return found.day !== undefined && scanner.take(/^(st|nd|rd|th)/i);
    case 'j':
      found.dayOfYear = scanner.number(3, 1, 366);
      return found.dayOfYear !== undefined;
    case 'H':
    case 'k':
      found.hour = scanner.number(2, 0, 23);
      return found.hour !== undefined;
    case 'h':
    case 'I':
    case 'l':
      found.hour = scanner.number(2, 1, 12);
      found.twelve = true;
      return found.hour !== undefined;
    case 'i':
      found.minute = scanner.number(2, 0, 59);
      return found.minute !== undefined;
    case 'S':
    case 's':
      found.second = scanner.number(2, 0, 59);
      return found.second !== undefined;
    case 'f':
      found.microsecond = scanner.fraction();
      return found.microsecond !== undefined;
    case 'p':
      // As in MySQL, it has no meaning behind an hour of 24.
      if (!found.twelve) return false;
      if (scanner.take(/^am/i)) found.afternoon = false;
      else if (scanner.take(/^pm/i)) found.afternoon = true;
      else return false;
      return true;
    case 'r':
      return readAll('%I:%i:%S %p', scanner, found);
    case 'T':
      return readAll('%H:%i:%S', scanner, found);
    case 'M':
    case 'b': {
      const month = scanner.name(MONTHS, specifier === 'b');
      if (month !== undefined) found.month = month + 1;
      return month !== undefined;
    }
    case 'W':
    case 'a': {
      const day = scanner.name(WEEKDAYS, specifier === 'a');
      if (day !== undefined) found.weekday = day;
      return day !== undefined;
    }
    case 'w': {
      const value = scanner.number(1, 0, 6);
      if (value !== undefined) found.weekday = (value + 6) % 7;
      return value !== undefined;
    }
    case 'U':
    case 'u':
    case 'V':
    case 'v': {
      const value = scanner.number(2, 0, 53);
      if (value !== undefined) found.week = { ...found.week, number: value, mode: 'UuVv'.indexOf(specifier) };
      return value !== undefined;
    }
    case 'X':
    case 'x': {
      const value = scanner.number(4, 0, 9999);
      if (value === undefined) return false;
      found.week = { number: 0, mode: specifier === 'X' ? 2 : 3, ...found.week, year: value };
      return true;
    }
    default:
      return scanner.take(/^%/);
  }
}

function readAll(format: string, scanner: Scanner, found: Found): boolean {
  for (let at = 0; at < format.length; at++) {
    const character = format[at]!;
    if (/\s/.test(character)) scanner.blanks();
    else if (character === '%' && at + 1 < format.length) {
      const specifier = format[++at]!;
      if (specifier !== 'f') scanner.blanks();
      if (specifier === '.') scanner.take(/^[!-/:-@[-`{-~]*/);
      else if (specifier === '@') scanner.take(/^[a-zA-Z]*/);
      else if (specifier === '#') scanner.take(/^\d*/);
      else if (!readPart(specifier, scanner, found)) return false;
    } else {
      scanner.blanks();
      if (scanner.peek() !== character) return false;
      scanner.at++;
    }
  }
  return true;
}

/** A DATETIME value (or microseconds for `time`), undefined when the text does not fit the format. */
function parseByFormat(text: string, format: string, kind: FormatKind): Integer | undefined {
  const scanner = new Scanner(text);
  const found = new Found();
  if (!readAll(format, scanner, found)) return undefined;
  let hour = found.hour ?? 0;
  if (found.twelve) hour = (hour % 12) + (found.afternoon ? 12 : 0);
  const micros = microsOfTime(hour, found.minute ?? 0, found.second ?? 0, found.microsecond ?? 0);
  if (kind === 'time') return Math.min(micros, MAX_TIME);
  const days = daysOf(found);
  if (days === undefined) return undefined;
  return days === 'zero' ? (micros === 0 ? ZERO_DATETIME : undefined) : datetimeFromDays(days, micros);
}

function daysOf(found: Found): number | 'zero' | undefined {
  if (found.dayOfYear !== undefined && found.year !== undefined) {
    const days = daysFromCivil(found.year, 1, 1) + found.dayOfYear - 1;
    return yearOf(dateFromDays(days)) === found.year ? days : undefined;
  }
  if (found.week !== undefined && found.weekday !== undefined) {
    const year = found.week.year ?? found.year;
    if (year === undefined) return undefined;
    return dayOfWeekNumber(year, found.week.number, found.week.mode, found.weekday);
  }
  const year = found.year ?? 0;
  const month = found.month ?? 0;
  const day = found.day ?? 0;
  if (!isDate(year, month, day)) return undefined;
  return year === 0 && month === 0 && day === 0 ? 'zero' : daysFromCivil(year, month, day);
}

/** The day of a weekday in a week of a year. */
function dayOfWeekNumber(year: number, week: number, mode: number, day: number): number | undefined {
  const start = daysFromCivil(year, 1, 1);
  for (let days = start - 7; days < start + 373; days++) {
    if (weekday(days) !== day) continue;
    const date = dateFromDays(days);
    const found = weekOf(yearOf(date), days, mode);
    if (found.week === week && (mode < 2 ? yearOf(date) === year : found.year === year)) return days;
  }
  return undefined;
}
