/**
 * The proleptic Gregorian calendar, and how dates, times and datetimes are packed into values (see sql-type.ts). Year 0
 * is a leap year, as MySQL counts it.
 */
import type { Integer } from '../../tuple/value.ts';
import { integerOf } from '../../tuple/value.ts';
import { ZERO_DATETIME } from './sql-type.ts';

export const MICROS_PER_SECOND = 1_000_000;
export const MICROS_PER_DAY = 86_400_000_000;
/** 838:59:59, the end of TIME. */
export const MAX_TIME = 3_020_399_000_000;

export function clampTime(micros: number): number {
  return Math.max(-MAX_TIME, Math.min(MAX_TIME, micros)) + 0;
}
/** 9999-12-31 23:59:59.999999, the end of DATETIME. */
export const MAX_DATETIME = 253_402_300_799_999_999n;
/** Days from 1970-01-01 to 0000-01-01 (proleptic); TO_DAYS of 1970-01-01 is 719528. */
export const DAYS_TO_EPOCH = 719_528;

export interface DatetimeParts {
  year: number;
  month: number;
  day: number;
  hour: number;
  minute: number;
  second: number;
  microsecond: number;
}

/** Days since 1970-01-01. */
export function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear;
  return era * 146097 + dayOfEra - 719468;
}

/** The packed date (year << 16 | month << 8 | day) of a day number since 1970-01-01. */
export function dateFromDays(days: number): number {
  const shifted = days + 719468;
  const era = Math.floor(shifted / 146097);
  const dayOfEra = shifted - era * 146097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36524) - Math.floor(dayOfEra / 146096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return packDate(year, month, day);
}

export function packDate(year: number, month: number, day: number): number {
  return year * 65536 + month * 256 + day;
}
export function yearOf(date: number): number {
  return date >>> 16;
}
export function monthOf(date: number): number {
  return (date >>> 8) & 0xff;
}
export function dayOf(date: number): number {
  return date & 0xff;
}
/** Days since 1970-01-01 of a packed date; a zero month or day counts as if it were a number like any other. */
export function daysOfDate(date: number): number {
  return daysFromCivil(yearOf(date), monthOf(date), dayOf(date));
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
const MONTH_DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : (MONTH_DAYS[month - 1] ?? 31);
}

/** The DATETIME value of a day number and the microseconds within the day. */
export function datetimeFromDays(days: number, micros: number): Integer {
  const value = days * MICROS_PER_DAY + micros;
  if (Number.isSafeInteger(value)) return value;
  return integerOf(BigInt(days) * BigInt(MICROS_PER_DAY) + BigInt(micros));
}
/** Day number since 1970-01-01 of a DATETIME value. */
export function daysOfDatetime(value: Integer): number {
  if (typeof value === 'number') return Math.floor(value / MICROS_PER_DAY);
  const days = value / BigInt(MICROS_PER_DAY);
  return Number(value < 0n && days * BigInt(MICROS_PER_DAY) !== value ? days - 1n : days);
}
/** Microseconds within its day of a DATETIME value. */
export function microsOfDay(value: Integer): number {
  if (typeof value === 'number') {
    const rest = value % MICROS_PER_DAY;
    return rest < 0 ? rest + MICROS_PER_DAY : rest + 0;
  }
  const rest = Number(value % BigInt(MICROS_PER_DAY));
  return rest < 0 ? rest + MICROS_PER_DAY : rest;
}

export function microsOfTime(hour: number, minute: number, second: number, microsecond: number): number {
  return ((hour * 60 + minute) * 60 + second) * MICROS_PER_SECOND + microsecond;
}

/** The DATETIME value of calendar parts; all-zero date parts give the zero datetime. */
export function datetimeFromParts(parts: DatetimeParts): Integer {
  if (parts.year === 0 && parts.month === 0 && parts.day === 0) return ZERO_DATETIME;
  return datetimeFromDays(
    daysFromCivil(parts.year, parts.month, parts.day),
    microsOfTime(parts.hour, parts.minute, parts.second, parts.microsecond),
  );
}

export function partsOfDatetime(value: Integer): DatetimeParts {
  if (value === ZERO_DATETIME) return { year: 0, month: 0, day: 0, hour: 0, minute: 0, second: 0, microsecond: 0 };
  const date = dateFromDays(daysOfDatetime(value));
  const micros = microsOfDay(value);
  const seconds = Math.floor(micros / MICROS_PER_SECOND);
  return {
    year: yearOf(date),
    month: monthOf(date),
    day: dayOf(date),
    hour: Math.floor(seconds / 3600),
    minute: Math.floor(seconds / 60) % 60,
    second: seconds % 60,
    microsecond: micros % MICROS_PER_SECOND,
  };
}

/** The packed date of a DATETIME value (0 for the zero datetime). */
export function dateOfDatetime(value: Integer): number {
  return value === ZERO_DATETIME ? 0 : dateFromDays(daysOfDatetime(value));
}
export function datetimeOfDate(date: number): Integer {
  return date === 0 ? ZERO_DATETIME : datetimeFromDays(daysOfDate(date), 0);
}

const STEPS = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

/** Microseconds rounded half up in magnitude to `precision` fractional digits. */
export function roundMicros(micros: number, precision: number): number {
  const step = STEPS[precision] as number;
  if (step === 1) return micros;
  return micros < 0
    ? -Math.floor((-micros + step / 2) / step) * step + 0
    : Math.floor((micros + step / 2) / step) * step;
}
export function truncateMicros(micros: number, precision: number): number {
  const step = STEPS[precision] as number;
  return micros - (micros % step);
}
/** A DATETIME value rounded to `precision` fractional digits; the carry may change the day. */
export function roundDatetime(value: Integer, precision: number): Integer {
  if (precision >= 6 || value === ZERO_DATETIME) return value;
  return datetimeFromDays(daysOfDatetime(value), roundMicros(microsOfDay(value), precision));
}

const TWO = ['00', '01', '02', '03', '04', '05', '06', '07', '08', '09'];
for (let n = 10; n < 100; n++) TWO.push(String(n));
/** Two digits, for 0 to 99. */
export function twoDigits(value: number): string {
  return TWO[value] ?? String(value);
}
export function fourDigits(value: number): string {
  return value >= 1000 ? String(value) : String(value).padStart(4, '0');
}

export function formatDate(date: number): string {
  return `${fourDigits(yearOf(date))}-${twoDigits(monthOf(date))}-${twoDigits(dayOf(date))}`;
}
function fraction(microsecond: number, precision: number): string {
  return precision === 0 ? '' : `.${String(microsecond).padStart(6, '0').slice(0, precision)}`;
}
export function formatTime(micros: number, precision: number): string {
  const magnitude = Math.abs(micros);
  const seconds = Math.floor(magnitude / MICROS_PER_SECOND);
  const clock = `${twoDigits(Math.floor(seconds / 3600))}:${twoDigits(Math.floor(seconds / 60) % 60)}:${twoDigits(seconds % 60)}`;
  return `${micros < 0 ? '-' : ''}${clock}${fraction(magnitude % MICROS_PER_SECOND, precision)}`;
}
export function formatDatetime(value: Integer, precision: number): string {
  if (value === ZERO_DATETIME) return `0000-00-00 00:00:00${fraction(0, precision)}`;
  return `${formatDate(dateFromDays(daysOfDatetime(value)))} ${formatTime(microsOfDay(value), precision)}`;
}
