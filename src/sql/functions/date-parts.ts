/** Functions that read a part of a date, a time or a moment, or count its days (MySQL manual, "Date and Time Functions"). */
import type { Integer, Value } from '../../tuple/value.ts';
import {
  DAYS_TO_EPOCH,
  dayOf,
  daysFromCivil,
  daysInMonth,
  daysOfDate,
  daysOfDatetime,
  MICROS_PER_SECOND,
  microsOfDay,
  monthOf,
  packDate,
  partsOfDatetime,
  yearOf,
} from '../types/civil.ts';
import { hasClock, type IntervalUnit } from '../types/interval.ts';
import { wrongArguments } from '../types/sql-error.ts';
import { BIGINT, DATE, INT, isText, LONGTEXT, type SqlType, ZERO_DATETIME } from '../types/sql-type.ts';
import { asDate, asDatetime, asInteger, asTime, count, simple } from './arguments.ts';
import { clockOf, MONTHS, WEEKDAYS } from './date-format.ts';
import type { ScalarFunction, Signature } from './scalar-function.ts';
import { weekday, weekOf } from './week.ts';

/** A number read from a date; NULL for what is no date. */
function ofDate(
  name: string,
  compute: (date: number) => Value,
  type: SqlType = INT,
  aliases: readonly string[] = [],
): ScalarFunction {
  return simple(name, [asDate], type, ([date]) => compute(date as number), { nullable: true, aliases });
}

/** Of a date that must not be the zero date. */
function ofRealDate(
  name: string,
  compute: (date: number) => Value,
  type: SqlType = INT,
  aliases: readonly string[] = [],
): ScalarFunction {
  return ofDate(name, (date) => (date === 0 ? null : compute(date)), type, aliases);
}

function ofTime(name: string, compute: (micros: number) => Value): ScalarFunction {
  return simple(name, [asTime], INT, ([time]) => compute(time as number), { nullable: true });
}

function extractPart(unit: IntervalUnit, parts: ReturnType<typeof partsOfDatetime>): number {
  const { year, month, day, hour, minute, second, microsecond } = parts;
  const hms = hour * 10_000 + minute * 100 + second;
  switch (unit) {
    case 'microsecond':
      return microsecond;
    case 'second':
      return second;
    case 'minute':
      return minute;
    case 'hour':
      return hour;
    case 'day':
      return day;
    case 'week':
      return weekOf(year, daysFromCivil(year, month, day), 0).week;
    case 'month':
      return month;
    case 'quarter':
      return Math.ceil(month / 3);
    case 'year':
      return year;
    case 'second_microsecond':
      return second * 1e6 + microsecond;
    case 'minute_microsecond':
      return (minute * 100 + second) * 1e6 + microsecond;
    case 'minute_second':
      return minute * 100 + second;
    case 'hour_microsecond':
      return hms * 1e6 + microsecond;
    case 'hour_second':
      return hms;
    case 'hour_minute':
      return hour * 100 + minute;
    case 'day_microsecond':
      return (day * 1e6 + hms) * 1e6 + microsecond;
    case 'day_second':
      return day * 1e6 + hms;
    case 'day_minute':
      return (day * 100 + hour) * 100 + minute;
    case 'day_hour':
      return day * 100 + hour;
    case 'year_month':
      return year * 100 + month;
  }
}

const extract: ScalarFunction = {
  name: 'extract',
  minArguments: 2,
  maxArguments: 2,
  bind([unitArgument, source]): Signature {
    if (unitArgument!.kind !== 'literal') throw wrongArguments('extract');
    const unit = String(unitArgument!.value).toLowerCase() as IntervalUnit;
    // Only a time has hours beyond a day; everything else is read as a moment.
    const clock = source!.type.kind === 'time' && hasClock(unit);
    const textClock = isText(source!.type) && hasClock(unit) && !unit.startsWith('day');
    const argument = clock || textClock ? asTime(source!) : asDatetime(source!);
    return {
      type: BIGINT,
      args: [unitArgument!, argument],
      nullable: true,
      apply: ([, value]) => {
        if (argument.type.kind !== 'time') return extractPart(unit, partsOfDatetime(value as Integer));
        const micros = value as number;
        const part = extractPart(unit, { year: 0, month: 0, day: 0, ...clockOf(micros) });
        return micros < 0 ? 0 - part : part;
      },
    };
  },
};

export const datePartFunctions: readonly ScalarFunction[] = [
  ofDate('year', yearOf),
  ofDate('month', monthOf),
  ofDate('day', dayOf, INT, ['dayofmonth']),
  ofDate('quarter', (date) => Math.ceil(monthOf(date) / 3)),
  ofRealDate('dayofweek', (date) => ((weekday(daysOfDate(date)) + 1) % 7) + 1),
  ofRealDate('weekday', (date) => weekday(daysOfDate(date))),
  ofRealDate('dayofyear', (date) => daysOfDate(date) - daysFromCivil(yearOf(date), 1, 1) + 1),
  ofRealDate('dayname', (date) => WEEKDAYS[weekday(daysOfDate(date))]!, LONGTEXT),
  ofDate('monthname', (date) => MONTHS[monthOf(date) - 1] ?? null, LONGTEXT),
  ofRealDate('weekofyear', (date) => weekOf(yearOf(date), daysOfDate(date), 3).week),
  ofRealDate(
    'last_day',
    (date) => packDate(yearOf(date), monthOf(date), daysInMonth(yearOf(date), monthOf(date))),
    DATE,
  ),
  ofRealDate('to_days', (date) => daysOfDate(date) + DAYS_TO_EPOCH),
  simple(
    'to_seconds',
    [asDatetime],
    BIGINT,
    ([value]) =>
      value === ZERO_DATETIME
        ? null
        : (daysOfDatetime(value as Integer) + DAYS_TO_EPOCH) * 86_400 +
          Math.floor(microsOfDay(value as Integer) / MICROS_PER_SECOND),
    { nullable: true },
  ),
  simple(
    'week',
    [asDate, asInteger],
    INT,
    ([date, mode]) =>
      date === 0
        ? null
        : weekOf(yearOf(date as number), daysOfDate(date as number), mode === undefined ? 0 : count(mode)).week,
    { nullable: true, optional: 1 },
  ),
  simple(
    'yearweek',
    [asDate, asInteger],
    INT,
    ([date, mode]) => {
      if (date === 0) return null;
      const found = weekOf(
        yearOf(date as number),
        daysOfDate(date as number),
        (mode === undefined ? 0 : count(mode)) | 2,
      );
      return found.year * 100 + found.week;
    },
    { nullable: true, optional: 1 },
  ),
  ofTime('hour', (micros) => clockOf(micros).hour),
  ofTime('minute', (micros) => clockOf(micros).minute),
  ofTime('second', (micros) => clockOf(micros).second),
  ofTime('microsecond', (micros) => clockOf(micros).microsecond),
  ofTime('time_to_sec', (micros) => Math.trunc(micros / MICROS_PER_SECOND) + 0),
  extract,
];
