/** Intervals: their units, their text (`'1:30' HOUR_MINUTE`), and adding them to dates and times. */
import type { Integer } from '../../tuple/value.ts';
import {
  dateFromDays,
  datetimeFromDays,
  dayOf,
  daysFromCivil,
  daysInMonth,
  daysOfDatetime,
  MICROS_PER_DAY,
  microsOfDay,
  monthOf,
  yearOf,
} from './civil.ts';
import { ZERO_DATETIME } from './sql-type.ts';

/** Units of INTERVAL, EXTRACT and TIMESTAMPDIFF. */
export type IntervalUnit =
  | 'microsecond'
  | 'second'
  | 'minute'
  | 'hour'
  | 'day'
  | 'week'
  | 'month'
  | 'quarter'
  | 'year'
  | 'second_microsecond'
  | 'minute_microsecond'
  | 'minute_second'
  | 'hour_microsecond'
  | 'hour_second'
  | 'hour_minute'
  | 'day_microsecond'
  | 'day_second'
  | 'day_minute'
  | 'day_hour'
  | 'year_month';

/** Months, days and microseconds, each with its sign. */
export interface Span {
  readonly months: number;
  readonly days: number;
  readonly micros: number;
}

const COMPOSITE: Readonly<Record<string, readonly string[]>> = {
  second_microsecond: ['second', 'microsecond'],
  minute_microsecond: ['minute', 'second', 'microsecond'],
  minute_second: ['minute', 'second'],
  hour_microsecond: ['hour', 'minute', 'second', 'microsecond'],
  hour_second: ['hour', 'minute', 'second'],
  hour_minute: ['hour', 'minute'],
  day_microsecond: ['day', 'hour', 'minute', 'second', 'microsecond'],
  day_second: ['day', 'hour', 'minute', 'second'],
  day_minute: ['day', 'hour', 'minute'],
  day_hour: ['day', 'hour'],
  year_month: ['year', 'month'],
};

/** The parts of a composite unit, from the largest; undefined for a simple one. */
export function unitParts(unit: IntervalUnit): readonly string[] | undefined {
  return COMPOSITE[unit];
}

/** Whether adding the unit to a DATE makes it a DATETIME. */
export function hasClock(unit: IntervalUnit): boolean {
  return !(
    unit === 'day' ||
    unit === 'week' ||
    unit === 'month' ||
    unit === 'quarter' ||
    unit === 'year' ||
    unit === 'year_month'
  );
}
export function hasMicroseconds(unit: IntervalUnit): boolean {
  return unit.endsWith('microsecond');
}

const MICROS: Readonly<Record<string, number>> = {
  microsecond: 1,
  second: 1e6,
  minute: 60e6,
  hour: 3_600e6,
};

function spanOfPart(unit: string, amount: number): Span {
  switch (unit) {
    case 'year':
      return { months: amount * 12, days: 0, micros: 0 };
    case 'quarter':
      return { months: amount * 3, days: 0, micros: 0 };
    case 'month':
      return { months: amount, days: 0, micros: 0 };
    case 'week':
      return { months: 0, days: amount * 7, micros: 0 };
    case 'day':
      return { months: 0, days: amount, micros: 0 };
    default: {
      const perDay = MICROS_PER_DAY / MICROS[unit]!;
      const days = Math.trunc(amount / perDay);
      return { months: 0, days, micros: Math.round((amount - days * perDay) * MICROS[unit]!) };
    }
  }
}

/** A simple unit's span; `amount` is an integer, for seconds a fraction too. */
export function simpleSpan(unit: IntervalUnit, amount: number): Span {
  return spanOfPart(unit, amount);
}

/** A composite unit's span: the numbers of the text, aligned to the smallest part. A lone fraction of seconds is padded. */
export function compositeSpan(unit: IntervalUnit, text: string): Span {
  const parts = unitParts(unit)!;
  const negative = /^\s*-/.test(text);
  const numbers = text.match(/\d+/g) ?? [];
  const last = numbers.length - 1;
  if (hasMicroseconds(unit) && last > 0) numbers[last] = numbers[last]!.padEnd(6, '0').slice(0, 6);
  const missing = parts.length - numbers.length;
  let months = 0;
  let days = 0;
  let micros = 0;
  numbers.slice(Math.max(0, -missing)).forEach((number, at) => {
    const span = spanOfPart(parts[at + Math.max(0, missing)]!, Number(number));
    months += span.months;
    days += span.days;
    micros += span.micros;
  });
  const sign = negative ? -1 : 1;
  return { months: months * sign, days: days * sign, micros: micros * sign };
}

export function negatedSpan(span: Span): Span {
  return { months: -span.months, days: -span.days, micros: -span.micros };
}

const FIRST_DAY = daysFromCivil(0, 1, 1);
const LAST_DAY = daysFromCivil(9999, 12, 31);

/** Months first, the day clamped to the month's length. undefined beyond the years 0 to 9999 and for the zero date. */
export function addSpan(value: Integer, span: Span): Integer | undefined {
  if (value === ZERO_DATETIME) return undefined;
  let days = daysOfDatetime(value);
  if (span.months !== 0) {
    const date = dateFromDays(days);
    const month = yearOf(date) * 12 + monthOf(date) - 1 + span.months;
    const year = Math.floor(month / 12);
    if (!(year >= 0 && year <= 9999)) return undefined;
    const monthOfYear = month - year * 12 + 1;
    days = daysFromCivil(year, monthOfYear, Math.min(dayOf(date), daysInMonth(year, monthOfYear)));
  }
  let micros = microsOfDay(value) + span.micros;
  const carried = Math.floor(micros / MICROS_PER_DAY);
  micros -= carried * MICROS_PER_DAY;
  days += span.days + carried;
  if (!(days >= FIRST_DAY && days <= LAST_DAY)) return undefined;
  return datetimeFromDays(days, micros);
}
