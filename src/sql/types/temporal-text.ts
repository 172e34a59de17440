/**
 * Reads dates and times as liberally as MySQL does: any punctuation between the parts, one- or two-digit parts, two-digit
 * years (70 to 99 are 19xx), all digits without delimiters, a `T` before the time, a fraction to six digits (rounded),
 * a zone offset. What comes out is checked: the calendar has the date, or it is the zero date.
 */
import type { Integer } from '../../tuple/value.ts';
import {
  type DatetimeParts,
  datetimeFromDays,
  datetimeFromParts,
  daysFromCivil,
  daysInMonth,
  MAX_TIME,
  MICROS_PER_DAY,
  MICROS_PER_SECOND,
  microsOfTime,
  packDate,
} from './civil.ts';
import { ZERO_DATETIME } from './sql-type.ts';

export interface ParsedDatetime {
  readonly value: Integer;
  /** The packed date alone, which may have a zero month or day when that was allowed. */
  readonly date: number;
  /** Text was left over and ignored. */
  readonly truncated: boolean;
  readonly hasTime: boolean;
  /** Digits of the fraction that were written, at most 6. */
  readonly fractionDigits: number;
}

function fullYear(digits: string): number {
  const year = Number(digits);
  if (digits.length > 2) return year;
  return year < 70 ? 2000 + year : 1900 + year;
}

/** Whether the calendar has this date; zero parts pass only all together. */
export function isDate(year: number, month: number, day: number): boolean {
  if (month === 0 || day === 0) return year === 0 && month === 0 && day === 0;
  return year <= 9999 && month <= 12 && day <= daysInMonth(year, month);
}

/** Up to six digits as microseconds; a seventh rounds. */
function fractionMicros(digits: string): number {
  const micros = Number(digits.slice(0, 6).padEnd(6, '0'));
  return digits.length > 6 && digits.charCodeAt(6) >= 53 ? micros + 1 : micros;
}

const DELIMITED =
  /^\s*(\d{1,4})[^\w\s](\d{1,2})[^\w\s](\d{1,2})(?:(?:[Tt]|\s+|[^\w\s](?=\d))(\d{1,2})(?:[^\w\s](\d{1,2})(?:[^\w\s](\d{1,2})(?:\.(\d*))?)?)?)?/;
const ZONE = /^\s*(?:([zZ]|UTC|utc)|([+-])(\d{1,2}):(\d{2}))/;
const COMPACT = /^\s*(\d{5,})(?:[Tt](\d{2,6}))?(?:\.(\d*))?/;

const DASH = 45;
const COLON = 58;

/** `YYYY-MM-DD` and `YYYY-MM-DD hh:mm:ss`, as most are written; undefined for any other text, and what is no date. */
function parseUsual(text: string): ParsedDatetime | undefined {
  const { length } = text;
  if ((length !== 10 && length !== 19) || text.charCodeAt(4) !== DASH || text.charCodeAt(7) !== DASH) return undefined;
  const year = digitsAt(text, 0, 4);
  const month = digitsAt(text, 5, 2);
  const day = digitsAt(text, 8, 2);
  if (!(year >= 100 && month > 0 && day > 0) || !isDate(year, month, day)) return undefined;
  let micros = 0;
  const hasTime = length > 10;
  if (hasTime) {
    if (text[10] !== ' ' || text.charCodeAt(13) !== COLON || text.charCodeAt(16) !== COLON) return undefined;
    const hour = digitsAt(text, 11, 2);
    const minute = digitsAt(text, 14, 2);
    const second = digitsAt(text, 17, 2);
    if (!(hour <= 23 && minute <= 59 && second <= 59)) return undefined;
    micros = microsOfTime(hour, minute, second, 0);
  }
  const value = datetimeFromDays(daysFromCivil(year, month, day), micros);
  return { value, date: packDate(year, month, day), truncated: false, hasTime, fractionDigits: 0 };
}

/** NaN where there are not that many digits. */
function digitsAt(text: string, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) {
    const digit = text.charCodeAt(i) - 48;
    value = digit >= 0 && digit <= 9 ? value * 10 + digit : Number.NaN;
  }
  return value;
}

/** undefined when the text is no date or datetime at all. */
export function parseDatetime(text: string): ParsedDatetime | undefined {
  return parseUsual(text) ?? parseAny(text);
}

function parseAny(text: string): ParsedDatetime | undefined {
  const delimited = DELIMITED.exec(text);
  if (delimited !== null) {
    const [all, year, month, day, hour, minute, second, fraction] = delimited;
    return finish(
      fullYear(year as string),
      Number(month),
      Number(day),
      hour,
      minute,
      second,
      fraction,
      text.slice(all.length),
    );
  }
  const compact = COMPACT.exec(text);
  if (compact === null) return undefined;
  const [all, digits = '', time, fraction] = compact;
  const joined = digits + (time ?? '');
  const yearDigits = joined.length === 6 || joined.length === 12 || joined.length === 5 ? 2 : 4;
  const padded = joined.length === 5 ? `0${joined}` : joined;
  const at = (from: number) => padded.slice(yearDigits + from, yearDigits + from + 2);
  const part = (from: number) => (at(from) === '' ? undefined : at(from));
  if (padded.length > yearDigits + 10) return undefined;
  return finish(
    fullYear(padded.slice(0, yearDigits)),
    Number(at(0)),
    Number(at(2)),
    part(4),
    part(6),
    part(8),
    fraction,
    text.slice(all.length),
  );
}

function finish(
  year: number,
  month: number,
  day: number,
  hourText: string | undefined,
  minuteText: string | undefined,
  secondText: string | undefined,
  fraction: string | undefined,
  rest: string,
): ParsedDatetime | undefined {
  const zero = year === 0 && month === 0 && day === 0;
  const hour = Number(hourText ?? 0);
  const minute = Number(minuteText ?? 0);
  const second = Number(secondText ?? 0);
  // Two-digit zero years mean 2000, but an all-zero text is the zero date.
  const isZero = zero || (year === 2000 && month === 0 && day === 0);
  if (!isZero && !isDate(year, month, day)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  let leftover = rest.trimEnd();
  let shift = 0;
  if (hourText !== undefined) {
    const zone = ZONE.exec(leftover);
    if (zone !== null) {
      leftover = leftover.slice(zone[0].length);
      if (zone[2] !== undefined) {
        const minutes = Number(zone[3]) * 60 + Number(zone[4]);
        shift = (zone[2] === '-' ? minutes : -minutes) * 60 * MICROS_PER_SECOND;
      }
    }
  }
  const truncated = leftover !== '';
  const micros = microsOfTime(hour, minute, second, fractionMicros(fraction ?? '')) + shift;
  if (isZero) {
    if (micros !== 0) return undefined;
    return { value: ZERO_DATETIME, date: 0, truncated, hasTime: hourText !== undefined, fractionDigits: 0 };
  }
  const value = datetimeFromDays(daysFromCivil(year, month, day), micros);
  return {
    value,
    date: packDate(year, month, day),
    truncated,
    hasTime: hourText !== undefined,
    fractionDigits: Math.min(6, (fraction ?? '').length),
  };
}

/** A number read as YYYYMMDD, YYMMDD, YYYYMMDDhhmmss or YYMMDDhhmmss; undefined when it is no date. */
export function datetimeOfNumber(value: Integer, micros = 0): Integer | undefined {
  const number = Number(value);
  if (number === 0) return ZERO_DATETIME;
  if (number < 101) return undefined;
  let date: number;
  let time = 0;
  if (number <= 99_991_231) date = number;
  else {
    date = Math.floor(number / 1_000_000);
    time = number - date * 1_000_000;
  }
  if (date < 1_000_000) date += date < 700_000 ? 20_000_000 : 19_000_000;
  const parts: DatetimeParts = {
    year: Math.floor(date / 10_000),
    month: Math.floor(date / 100) % 100,
    day: date % 100,
    hour: Math.floor(time / 10_000),
    minute: Math.floor(time / 100) % 100,
    second: time % 100,
    microsecond: micros,
  };
  if (!isDate(parts.year, parts.month, parts.day)) return undefined;
  if (parts.hour > 23 || parts.minute > 59 || parts.second > 59) return undefined;
  return datetimeFromParts(parts);
}

export interface ParsedTime {
  /** Signed microseconds within ±838:59:59. */
  readonly value: number;
  readonly truncated: boolean;
  readonly clamped: boolean;
  readonly fractionDigits: number;
}

const CLOCK = /^\s*(-)?(?:(\d+)\s+)?(\d+)(?::(\d{1,2}))?(?::(\d{1,2}))?(?:\.(\d*))?/;

/** `[-][days ]hh:mm[:ss[.fraction]]`, `hhmmss`, `mmss`, `ss`, or the time of a datetime. */
export function parseTime(text: string): ParsedTime | undefined {
  if (/^\s*\d+[-/.]\d+[-/.]\d+[ T]|^\s*\d{14}/.test(text)) {
    const moment = parseDatetime(text);
    if (moment === undefined) return undefined;
    const value = moment.value === ZERO_DATETIME ? 0 : dayMicros(moment.value);
    return { value, truncated: moment.truncated, clamped: false, fractionDigits: moment.fractionDigits };
  }
  const match = CLOCK.exec(text);
  if (match === null) return undefined;
  const [all, minus, days, first = '0', second, third, fraction] = match;
  let hour: number;
  let minute: number;
  let seconds: number;
  if (second !== undefined || days !== undefined) {
    hour = Number(days ?? 0) * 24 + Number(first);
    minute = Number(second ?? 0);
    seconds = Number(third ?? 0);
  } else {
    const digits = Number(first);
    hour = Math.floor(digits / 10_000);
    minute = Math.floor(digits / 100) % 100;
    seconds = digits % 100;
  }
  if (minute > 59 || seconds > 59) return undefined;
  const magnitude = microsOfTime(hour, minute, seconds, fractionMicros(fraction ?? ''));
  const clamped = magnitude > MAX_TIME;
  const value = Math.min(magnitude, MAX_TIME);
  return {
    value: minus === undefined ? value : 0 - value,
    truncated: text.slice(all.length).trimEnd() !== '',
    clamped,
    fractionDigits: Math.min(6, (fraction ?? '').length),
  };
}

function dayMicros(value: Integer): number {
  const rest = Number(BigInt(value) % BigInt(MICROS_PER_DAY));
  return rest < 0 ? rest + MICROS_PER_DAY : rest;
}

/** A number read as [h]hmmss; undefined when its minutes or seconds are none. Numbers of datetimes give their time. */
export function timeOfNumber(value: Integer, micros = 0): number | undefined {
  const number = Math.abs(Number(value));
  if (number > 9_999_999_999) {
    const moment = datetimeOfNumber(value, micros);
    return moment === undefined ? undefined : dayMicros(moment);
  }
  const minute = Math.floor(number / 100) % 100;
  const second = number % 100;
  if (minute > 59 || second > 59) return undefined;
  const magnitude = Math.min(MAX_TIME, microsOfTime(Math.floor(number / 10_000), minute, second, micros));
  return value < 0 ? 0 - magnitude : magnitude;
}
