/** DATE_FORMAT and TIME_FORMAT: the specifiers of the manual's table. STR_TO_DATE reads them (str-to-date.ts). */
import type { Integer } from '../../tuple/value.ts';
import {
  daysFromCivil,
  daysOfDatetime,
  fourDigits,
  MICROS_PER_SECOND,
  partsOfDatetime,
  twoDigits,
} from '../types/civil.ts';
import { ZERO_DATETIME } from '../types/sql-type.ts';
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
