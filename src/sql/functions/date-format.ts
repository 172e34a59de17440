/** DATE_FORMAT and STR_TO_DATE: the specifiers of the manual's table. */
import type { Integer } from '../../tuple/value.ts';
import {
  dateFromDays,
  datetimeFromDays,
  daysFromCivil,
  daysOfDatetime,
  fourDigits,
  MAX_TIME,
  MICROS_PER_SECOND,
  microsOfTime,
  partsOfDatetime,
  twoDigits,
  yearOf,
} from '../types/civil.ts';
import { ZERO_DATETIME } from '../types/sql-type.ts';
import { isDate } from '../types/temporal-text.ts';
import { weekday, weekOf } from './week.ts';

export const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
export const WEEKDAYS = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

export interface Clock {
  /** May exceed 23 for a TIME. */
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly microsecond: number;
}

export function clockOf(micros: number): Clock {
  const magnitude = Math.abs(micros);
  const seconds = Math.floor(magnitude / MICROS_PER_SECOND);
  return {
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    microsecond: magnitude % MICROS_PER_SECOND,
  };
}

function ordinal(day: number): string {
  const last = day % 10;
  if (day > 10 && day < 14) return `${day}th`;
  return `${day}${last === 1 ? 'st' : last === 2 ? 'nd' : last === 3 ? 'rd' : 'th'}`;
}

/** A specifier of the clock, or undefined. */
function clockPart(specifier: string, clock: Clock): string | undefined {
  const twelve = ((clock.hour + 11) % 12) + 1;
  switch (specifier) {
    case 'H':
      return twoDigits(clock.hour);
    case 'k':
      return String(clock.hour);
    case 'h':
    case 'I':
      return twoDigits(twelve);
    case 'l':
      return String(twelve);
    case 'i':
      return twoDigits(clock.minute);
    case 'S':
    case 's':
      return twoDigits(clock.second);
    case 'f':
      return String(clock.microsecond).padStart(6, '0');
    case 'p':
      return clock.hour % 24 < 12 ? 'AM' : 'PM';
    case 'r':
      return `${twoDigits(twelve)}:${twoDigits(clock.minute)}:${twoDigits(clock.second)} ${clock.hour % 24 < 12 ? 'AM' : 'PM'}`;
    case 'T':
      return `${twoDigits(clock.hour)}:${twoDigits(clock.minute)}:${twoDigits(clock.second)}`;
    default:
      return undefined;
  }
}

/** undefined when the format needs a date's part that a zero date has not. */
export function formatDate(value: Integer, format: string): string | undefined {
  const parts = partsOfDatetime(value);
  const days = value === ZERO_DATETIME ? 0 : daysOfDatetime(value);
  let text = '';
  for (let at = 0; at < format.length; at++) {
    const character = format[at]!;
    if (character !== '%' || at + 1 === format.length) {
      text += character;
      continue;
    }
    const specifier = format[++at]!;
    const part = clockPart(specifier, parts) ?? datePart(specifier, parts.year, parts.month, parts.day, days);
    if (part === undefined) return undefined;
    text += part;
  }
  return text;
}

function datePart(specifier: string, year: number, month: number, day: number, days: number): string | undefined {
  const week = (mode: number) => weekOf(year, days, mode);
  switch (specifier) {
    case 'Y':
      return fourDigits(year);
    case 'y':
      return twoDigits(year % 100);
    case 'm':
      return twoDigits(month);
    case 'c':
      return String(month);
    case 'M':
      return MONTHS[month - 1];
    case 'b':
      return MONTHS[month - 1]?.slice(0, 3);
    case 'd':
      return twoDigits(day);
    case 'e':
      return String(day);
    case 'D':
      return ordinal(day);
    case 'j':
      return String(days - daysFromCivil(year, 1, 1) + 1).padStart(3, '0');
    case 'W':
      return WEEKDAYS[weekday(days)];
    case 'a':
      return WEEKDAYS[weekday(days)]!.slice(0, 3);
    case 'w':
      return String((weekday(days) + 1) % 7);
    case 'U':
      return twoDigits(week(0).week);
    case 'u':
      return twoDigits(week(1).week);
    case 'V':
      return twoDigits(week(2).week);
    case 'v':
      return twoDigits(week(3).week);
    case 'X':
      return fourDigits(week(2).year);
    case 'x':
      return fourDigits(week(3).year);
    default:
      return specifier;
  }
}

/** TIME_FORMAT: date specifiers print as zeros. */
export function formatClock(micros: number, format: string): string {
  const clock = clockOf(micros);
  let text = micros < 0 ? '-' : '';
  for (let at = 0; at < format.length; at++) {
    const character = format[at]!;
    if (character !== '%' || at + 1 === format.length) {
      text += character;
      continue;
    }
    const specifier = format[++at]!;
    const part = clockPart(specifier, clock);
    if (part !== undefined) text += part;
    else if (/[Yy]/.test(specifier)) text += specifier === 'Y' ? '0000' : '00';
    else if (/[mdce]/.test(specifier)) text += specifier === 'c' || specifier === 'e' ? '0' : '00';
    else text += specifier;
  }
  return text;
}

export type FormatKind = 'date' | 'time' | 'datetime';

/** What STR_TO_DATE gives for a format. */
export function formatKind(format: string): FormatKind {
  const specifiers = format.replaceAll('%%', '').match(/%./g) ?? [];
  const hasTime = specifiers.some((found) => 'fHhIiklprSsT'.includes(found[1]!));
  const hasDate = specifiers.some((found) => 'abcDdejMmUuVvWwXxYy'.includes(found[1]!));
  return hasTime ? (hasDate ? 'datetime' : 'time') : 'date';
}

interface Found {
  year?: number;
  month?: number;
  day?: number;
  dayOfYear?: number;
  hour?: number;
  twelve?: boolean;
  afternoon?: boolean;
  minute?: number;
  second?: number;
  microsecond?: number;
  week?: { number: number; mode: number; year?: number };
  weekday?: number;
}

class Scanner {
  readonly #text: string;
  at = 0;
  constructor(text: string) {
    this.#text = text;
  }
  digits(most: number): number | undefined {
    const match = /^\s*(\d+)/.exec(this.#text.slice(this.at));
    if (match === null) return undefined;
    const digits = match[1]!.slice(0, most);
    this.at += match[0].length - match[1]!.length + digits.length;
    return Number(digits);
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
  rest(): string {
    return this.#text.slice(this.at);
  }
}

function fullYear(two: number): number {
  return two < 70 ? 2000 + two : 1900 + two;
}

/** Reads one specifier; false when the text does not have it. */
function readPart(specifier: string, scanner: Scanner, found: Found): boolean {
  const number = (most: number, low: number, high: number, set: (value: number) => void): boolean => {
    const value = scanner.digits(most);
    if (value === undefined || value < low || value > high) return false;
    set(value);
    return true;
  };
  switch (specifier) {
    case 'Y':
      return number(4, 0, 9999, (value) => {
        found.year = value;
      });
    case 'y':
      return number(2, 0, 99, (value) => {
        found.year = fullYear(value);
      });
    case 'm':
    case 'c':
      return number(2, 0, 12, (value) => {
        found.month = value;
      });
    case 'd':
    case 'e':
      return number(2, 0, 31, (value) => {
        found.day = value;
      });
    case 'D':
      return (
        number(2, 0, 31, (value) => {
          found.day = value;
        }) && scanner.take(/^(st|nd|rd|th)/i)
      );
    case 'j':
      return number(3, 1, 366, (value) => {
        found.dayOfYear = value;
      });
    case 'H':
    case 'k':
      return number(2, 0, 23, (value) => {
        found.hour = value;
      });
    case 'h':
    case 'I':
    case 'l':
      return number(2, 1, 12, (value) => {
        found.hour = value;
        found.twelve = true;
      });
    case 'i':
      return number(2, 0, 59, (value) => {
        found.minute = value;
      });
    case 'S':
    case 's':
      return number(2, 0, 59, (value) => {
        found.second = value;
      });
    case 'f': {
      const micros = scanner.fraction();
      if (micros !== undefined) found.microsecond = micros;
      return micros !== undefined;
    }
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
    case 'w':
      return number(1, 0, 6, (value) => {
        found.weekday = (value + 6) % 7;
      });
    case 'U':
    case 'u':
    case 'V':
    case 'v':
      return number(2, 0, 53, (value) => {
        const mode = 'UuVv'.indexOf(specifier);
        found.week = { ...found.week, number: value, mode };
      });
    case 'X':
    case 'x':
      return number(4, 0, 9999, (value) => {
        found.week = { number: 0, mode: specifier === 'X' ? 2 : 3, ...found.week, year: value };
      });
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
export function parseByFormat(text: string, format: string, kind: FormatKind): Integer | undefined {
  const scanner = new Scanner(text);
  const found: Found = {};
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
