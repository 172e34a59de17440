/** Date and time functions (MySQL manual, "Date and Time Functions"), but for the current time (current-time.ts). */
import type { Integer, Value } from '../../tuple/value.ts';
import { interval } from '../expressions/arithmetic.ts';
import { coerce } from '../expressions/coerce.ts';
import { type EvaluationContext, sceneOf } from '../expressions/evaluation-context.ts';
import type { Expression } from '../expressions/expression.ts';
import {
  DAYS_TO_EPOCH,
  dateFromDays,
  dateOfDatetime,
  dayOf,
  daysFromCivil,
  daysInMonth,
  daysOfDate,
  daysOfDatetime,
  formatDatetime,
  formatTime,
  MAX_TIME,
  MICROS_PER_DAY,
  MICROS_PER_SECOND,
  microsOfDay,
  microsOfTime,
  monthOf,
  packDate,
  partsOfDatetime,
  yearOf,
} from '../types/civil.ts';
import { conversion } from '../types/convert.ts';
import { rescale } from '../types/decimal.ts';
import { add, multiply, quotient, subtract } from '../types/integer.ts';
import { addSpan, hasClock, type IntervalUnit } from '../types/interval.ts';
import { wrongArguments } from '../types/sql-error.ts';
import {
  BIGINT,
  DATE,
  type DatetimeType,
  datetime,
  decimal,
  INT,
  isText,
  LONGTEXT,
  type SqlType,
  TIME,
  ZERO_DATETIME,
} from '../types/sql-type.ts';
import { parseDatetime, parseTime } from '../types/temporal-text.ts';
import { asInteger, asText, count, simple } from './arguments.ts';
import { clockOf, formatClock, formatDate, formatKind, MONTHS, parseByFormat, WEEKDAYS } from './date-format.ts';
import type { ScalarFunction, Signature } from './scalar-function.ts';
import { weekday, weekOf } from './week.ts';

const MOMENT: DatetimeType = datetime(6);

function asDatetime(argument: Expression): Expression {
  return coerce(argument, MOMENT);
}
function asDate(argument: Expression): Expression {
  return coerce(argument, DATE);
}
function asTime(argument: Expression): Expression {
  return coerce(argument, TIME);
}

const INCORRECT = (value: string) => ({
  level: 'Warning' as const,
  code: 1411,
  message: `Incorrect datetime value: '${value}' for function str_to_date`,
});

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

/** Months from one moment to another, by whole ones. */
function monthsBetween(from: Integer, to: Integer): number {
  if (to < from) return 0 - monthsBetween(to, from);
  const start = partsOfDatetime(from);
  const end = partsOfDatetime(to);
  let months = (end.year - start.year) * 12 + end.month - start.month;
  const within = (parts: typeof start) =>
    parts.day * MICROS_PER_DAY + microsOfTime(parts.hour, parts.minute, parts.second, parts.microsecond);
  if (within(end) < within(start)) months--;
  return months;
}

const UNIT_MICROS: Readonly<Record<string, number>> = {
  microsecond: 1,
  second: 1e6,
  minute: 60e6,
  hour: 3_600e6,
  day: MICROS_PER_DAY,
  week: 7 * MICROS_PER_DAY,
};
const UNIT_MONTHS: Readonly<Record<string, number>> = { month: 1, quarter: 3, year: 12 };

function unitOf(argument: Expression | undefined, name: string): IntervalUnit {
  if (argument?.kind !== 'literal' || typeof argument.value !== 'string') throw wrongArguments(name);
  return argument.value
    .toLowerCase()
    .replace(/^sql_tsi_/, '')
    .replace(/^frac_second$/, 'microsecond') as IntervalUnit;
}

const timestampdiff: ScalarFunction = {
  name: 'timestampdiff',
  minArguments: 3,
  maxArguments: 3,
  bind([unitArgument, from, to]): Signature {
    const unit = unitOf(unitArgument, 'timestampdiff');
    const months = UNIT_MONTHS[unit];
    const micros = UNIT_MICROS[unit];
    return {
      type: BIGINT,
      args: [unitArgument!, asDatetime(from!), asDatetime(to!)],
      nullable: true,
      apply: ([, start, end]) => {
        if (start === ZERO_DATETIME || end === ZERO_DATETIME) return null;
        if (months !== undefined) return Math.trunc(monthsBetween(start as Integer, end as Integer) / months) + 0;
        return quotient(subtract(end as Integer, start as Integer), micros!);
      },
    };
  },
};

/** A TIME where the value reads as one, else the DATETIME it is; undefined for neither. */
type Moment = { readonly time: number } | { readonly datetime: Integer };

function momentReader(type: SqlType): (value: Value, context: EvaluationContext) => Moment | undefined {
  switch (type.kind) {
    case 'time':
      return (value) => ({ time: value as number });
    case 'date':
      return (value, context) => ({
        datetime: conversion(type, MOMENT, 'implicit')(value, sceneOf(context)) as Integer,
      });
    case 'datetime':
    case 'timestamp':
      return (value) => ({ datetime: value as Integer });
    default: {
      const text = conversion(type, LONGTEXT, 'implicit');
      return (value, context) => {
        const read = text(value, sceneOf(context)) as string;
        if (/^\s*\d+[-/.]\d+[-/.]\d+|^\s*\d{8,}/.test(read)) {
          const parsed = parseDatetime(read);
          if (parsed !== undefined) return { datetime: parsed.value };
        }
        const parsed = parseTime(read);
        return parsed === undefined ? undefined : { time: parsed.value };
      };
    }
  }
}

function clampTime(micros: number): number {
  return Math.max(-MAX_TIME, Math.min(MAX_TIME, micros)) + 0;
}

const hasFraction = (micros: number) => micros % MICROS_PER_SECOND !== 0;

/** A moment some microseconds later; NULL, with a warning, beyond the calendar. */
function moved(moment: Integer, micros: number, context: EvaluationContext): Integer | null {
  const sum = addSpan(moment, { months: 0, days: 0, micros });
  if (sum !== undefined) return sum;
  context.session.warn({ level: 'Warning', code: 1441, message: 'Datetime function: datetime field overflow' });
  return null;
}

/** ADDTIME and SUBTIME: text in, text out. */
function addTime(name: string, direction: 1 | -1): ScalarFunction {
  return {
    name,
    minArguments: 2,
    maxArguments: 2,
    bind([subject, amount]): Signature {
      const read = momentReader(subject!.type);
      const { kind } = subject!.type;
      const type: SqlType =
        kind === 'time'
          ? TIME
          : kind === 'datetime' || kind === 'timestamp' || kind === 'date'
            ? datetime(6)
            : LONGTEXT;
      return {
        type,
        args: [subject!, asTime(amount!)],
        nullable: true,
        apply: ([value, time], context) => {
          const moment = read(value!, context);
          if (moment === undefined) return null;
          const shift = (time as number) * direction;
          if ('time' in moment) {
            const sum = clampTime(moment.time + shift);
            return type === LONGTEXT ? formatTime(sum, hasFraction(sum) ? 6 : 0) : sum;
          }
          const sum = moved(moment.datetime, shift, context);
          if (sum === null || type !== LONGTEXT) return sum;
          return formatDatetime(sum, hasFraction(microsOfDay(sum)) ? 6 : 0);
        },
      };
    },
  };
}

const timediff: ScalarFunction = {
  name: 'timediff',
  minArguments: 2,
  maxArguments: 2,
  bind([left, right]): Signature {
    const readLeft = momentReader(left!.type);
    const readRight = momentReader(right!.type);
    return {
      type: TIME,
      nullable: true,
      apply: ([a, b], context) => {
        const start = readLeft(a!, context);
        const end = readRight(b!, context);
        if (start === undefined || end === undefined) return null;
        if ('time' in start && 'time' in end) return clampTime(start.time - end.time);
        if ('datetime' in start && 'datetime' in end) return clampTime(Number(subtract(start.datetime, end.datetime)));
        return null;
      },
    };
  },
};

/** 3001-01-18 23:59:59.999999 UTC: what comes later is no TIMESTAMP. */
const LAST_TIMESTAMP = 32_536_771_199_999_999n;

/** The offset of the session's zone for a local time: the instant is guessed, then corrected once. */
function instantOf(local: Integer, offsetAt: (instant: Integer) => number | undefined): Integer | undefined {
  const first = offsetAt(local);
  if (first === undefined) return undefined;
  const guess = subtract(local, multiply(first, MICROS_PER_SECOND));
  const second = offsetAt(guess);
  return second === undefined ? undefined : subtract(local, multiply(second, MICROS_PER_SECOND));
}

const fromUnixtime: ScalarFunction = {
  name: 'from_unixtime',
  minArguments: 1,
  maxArguments: 2,
  session: true,
  bind([seconds, format]): Signature {
    const whole = seconds!.type.kind === 'integer';
    const argument = coerce(seconds!, decimal(65, 6));
    const precision = whole ? 0 : seconds!.type.kind === 'decimal' ? Math.min(6, seconds!.type.scale) : 6;
    return {
      type: format === undefined ? datetime(precision) : LONGTEXT,
      args: format === undefined ? [argument] : [argument, asText(format)],
      nullable: true,
      apply: ([value, pattern], context) => {
        const micros = value as Integer;
        if (micros < 0 || micros > 32_536_771_199_999_999n) return null;
        const local = add(micros, multiply(context.session.timeZoneOffset(micros), MICROS_PER_SECOND));
        return pattern === undefined ? local : (formatDate(local, pattern as string) ?? null);
      },
    };
  },
};

const unixTimestamp: ScalarFunction = {
  name: 'unix_timestamp',
  minArguments: 0,
  maxArguments: 1,
  session: true,
  bind([given]): Signature {
    if (given === undefined) {
      return {
        type: BIGINT,
        nullable: false,
        apply: (_args, { session }) => quotient(session.statementTime(), MICROS_PER_SECOND),
      };
    }
    const { type } = given;
    const precision =
      type.kind === 'datetime' || type.kind === 'timestamp'
        ? type.precision
        : type.kind === 'date'
          ? 0
          : isText(type)
            ? fractionOf(given)
            : 0;
    return {
      type: precision === 0 ? BIGINT : decimal(20, precision),
      args: [asDatetime(given)],
      nullable: true,
      apply: ([value], { session }) => {
        if (value === ZERO_DATETIME) return 0;
        const instant = instantOf(value as Integer, (at) => session.timeZoneOffset(at))!;
        if (instant < 0 || instant > LAST_TIMESTAMP) return 0;
        return precision === 0 ? quotient(instant, MICROS_PER_SECOND) : rescale(instant, 6, precision);
      },
    };
  },
};

function fractionOf(given: Expression): number {
  if (given.kind !== 'literal') return 6;
  return parseDatetime(String(given.value))?.fractionDigits ?? 0;
}

const strToDate: ScalarFunction = {
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

const FORMATS: Readonly<Record<string, readonly string[]>> = {
  usa: ['%m.%d.%Y', '%h:%i:%s %p', '%Y-%m-%d %H.%i.%s'],
  jis: ['%Y-%m-%d', '%H:%i:%s', '%Y-%m-%d %H:%i:%s'],
  iso: ['%Y-%m-%d', '%H:%i:%s', '%Y-%m-%d %H:%i:%s'],
  eur: ['%d.%m.%Y', '%H.%i.%s', '%Y-%m-%d %H.%i.%s'],
  internal: ['%Y%m%d', '%H%i%s', '%Y%m%d%H%i%s'],
};

function periodMonths(period: number): number {
  const year = Math.floor(period / 100);
  const full = year < 70 ? year + 2000 : year < 100 ? year + 1900 : year;
  return full * 12 + (period % 100) - 1;
}

/** DATE_ADD and SUBDATE with a number: days. (Those with an interval are expressions of their own.) */
function addDays(name: string, isNegated: boolean): ScalarFunction {
  return {
    name,
    minArguments: 2,
    maxArguments: 2,
    bind: ([subject, days]) => ({ expression: interval(subject!, days!, 'day', isNegated) }),
  };
}

export const dateTimeFunctions: readonly ScalarFunction[] = [
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
  timestampdiff,
  {
    name: 'timestampadd',
    minArguments: 3,
    maxArguments: 3,
    bind: ([unit, amount, subject]) => ({ expression: interval(subject!, amount!, unitOf(unit, 'timestampadd')) }),
  },
  addDays('date_add', false),
  addDays('adddate', false),
  addDays('date_sub', true),
  addDays('subdate', true),
  addTime('addtime', 1),
  addTime('subtime', -1),
  timediff,
  simple(
    'datediff',
    [asDate, asDate],
    INT,
    ([left, right]) => (left === 0 || right === 0 ? null : daysOfDate(left as number) - daysOfDate(right as number)),
    { nullable: true },
  ),
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
  simple('period_add', [asInteger, asInteger], BIGINT, ([period, months]) => {
    const total = periodMonths(count(period!)) + count(months!);
    return Math.floor(total / 12) * 100 + (total % 12) + 1;
  }),
  simple(
    'period_diff',
    [asInteger, asInteger],
    BIGINT,
    ([left, right]) => periodMonths(count(left!)) - periodMonths(count(right!)),
  ),
  fromUnixtime,
  unixTimestamp,
  simple(
    'convert_tz',
    [asDatetime, asText, asText],
    datetime(6),
    ([value, from, to], { session }) => {
      if (value === ZERO_DATETIME) return null;
      const instant = instantOf(value as Integer, (at) => session.zoneOffset(from as string, at));
      if (instant === undefined) return null;
      if (instant < 0 || instant > LAST_TIMESTAMP) return value!;
      const offset = session.zoneOffset(to as string, instant);
      return offset === undefined ? null : add(instant, multiply(offset, MICROS_PER_SECOND));
    },
    { nullable: true, session: true },
  ),
];

function timestampType(given: Expression): DatetimeType {
  const { type } = given;
  if (type.kind === 'datetime' || type.kind === 'timestamp') return datetime(type.precision);
  if (type.kind === 'date') return datetime(0);
  return datetime(isText(type) ? fractionOf(given) : 6);
}
