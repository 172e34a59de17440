/** Functions that make dates, times and moments of something else, and texts of them (MySQL manual, "Date and Time"). */
import type { Integer } from '../../tuple/value.ts';
import { coerce } from '../expressions/coerce.ts';
import type { Expression } from '../expressions/expression.ts';
import { clampTime, DAYS_TO_EPOCH, dateFromDays, daysFromCivil, microsOfTime, yearOf } from '../types/civil.ts';
import { DATE, type DatetimeType, datetime, decimal, isText, LONGTEXT, TIME } from '../types/sql-type.ts';
import { parseDatetime } from '../types/temporal-text.ts';
import { asDate, asDatetime, asInteger, asText, asTime, count, MOMENT, simple } from './arguments.ts';
import { moved } from './date-arithmetic.ts';
import { formatClock, formatDate } from './date-format.ts';
import type { ScalarFunction } from './scalar-function.ts';
import { strToDate } from './str-to-date.ts';

/** Fraction digits of a text that is to be a moment: what is written, where that is known. */
export function fractionOf(given: Expression): number {
  if (given.kind !== 'literal') return 6;
  return parseDatetime(String(given.value))?.fractionDigits ?? 0;
}

const FORMATS: Readonly<Record<string, readonly string[]>> = {
  usa: ['%m.%d.%Y', '%h:%i:%s %p', '%Y-%m-%d %H.%i.%s'],
  jis: ['%Y-%m-%d', '%H:%i:%s', '%Y-%m-%d %H:%i:%s'],
  iso: ['%Y-%m-%d', '%H:%i:%s', '%Y-%m-%d %H:%i:%s'],
  eur: ['%d.%m.%Y', '%H.%i.%s', '%Y-%m-%d %H.%i.%s'],
  internal: ['%Y%m%d', '%H%i%s', '%Y%m%d%H%i%s'],
};

function timestampType(given: Expression): DatetimeType {
  const { type } = given;
  if (type.kind === 'datetime' || type.kind === 'timestamp') return datetime(type.precision);
  if (type.kind === 'date') return datetime(0);
  return datetime(isText(type) ? fractionOf(given) : 6);
}

export const dateTimeFunctions: readonly ScalarFunction[] = [
  { name: 'date', minArguments: 1, maxArguments: 1, bind: ([given]) => ({ expression: asDate(given!) }) },
  { name: 'time', minArguments: 1, maxArguments: 1, bind: ([given]) => ({ expression: asTime(given!) }) },
  {
    name: 'timestamp',
    minArguments: 1,
    maxArguments: 2,
    bind([given, time]) {
      const moment = timestampType(given!);
      if (time === undefined) return { expression: coerce(given!, moment) };
      return {
        type: MOMENT,
        args: [asDatetime(given!), asTime(time)],
        nullable: true,
        apply: ([value, shift], context) => moved(value as Integer, shift as number, context),
      };
    },
  },
  {
    name: 'datetime',
    minArguments: 1,
    maxArguments: 1,
    bind: ([given]) => ({ expression: coerce(given!, timestampType(given!)) }),
  },
  simple(
    'date_format',
    [asDatetime, asText],
    LONGTEXT,
    ([value, format]) => formatDate(value as Integer, format as string) ?? null,
    { nullable: true },
  ),
  simple(
    'time_format',
    [asTime, asText],
    LONGTEXT,
    ([value, format]) => formatClock(value as number, format as string),
    {
      nullable: true,
    },
  ),
  strToDate,
  simple(
    'get_format',
    [asText, asText],
    LONGTEXT,
    ([kind, locale]) => {
      const at = ['date', 'time', 'datetime'].indexOf((kind as string).toLowerCase().replace('timestamp', 'datetime'));
      return FORMATS[(locale as string).toLowerCase()]?.[at] ?? null;
    },
    { nullable: true },
  ),
  simple(
    'from_days',
    [asInteger],
    DATE,
    ([days]) => {
      const number = count(days!);
      return number < 366 || number > 3_652_424 ? 0 : dateFromDays(number - DAYS_TO_EPOCH);
    },
    { nullable: true },
  ),
  simple('sec_to_time', [(argument) => coerce(argument, decimal(65, 6))], TIME, ([value]) => clampTime(Number(value)), {
    nullable: true,
  }),
  simple(
    'makedate',
    [asInteger, asInteger],
    DATE,
    ([given, day]) => {
      const number = count(given!);
      const year = number < 70 ? 2000 + number : number < 100 ? 1900 + number : number;
      const ordinal = count(day!);
      if (ordinal < 1 || number < 0 || year > 9999) return null;
      const date = dateFromDays(daysFromCivil(year, 1, 1) + ordinal - 1);
      return yearOf(date) > 9999 ? null : date;
    },
    { nullable: true },
  ),
  simple(
    'maketime',
    [asInteger, asInteger, (argument) => coerce(argument, decimal(65, 6))],
    TIME,
    ([hour, minute, second]) => {
      const hours = count(hour!);
      const minutes = count(minute!);
      const micros = Number(second);
      if (minutes < 0 || minutes > 59 || micros < 0 || micros >= 60_000_000) return null;
      const magnitude = microsOfTime(Math.abs(hours), minutes, 0, micros);
      return clampTime(hours < 0 ? -magnitude : magnitude);
    },
    { nullable: true },
  ),
];
