/** Sums and differences of dates, times, moments and periods (MySQL manual, "Date and Time Functions"). */
import type { Integer, Value } from '../../tuple/value.ts';
import { interval } from '../expressions/arithmetic.ts';
import { type EvaluationContext, sceneOf } from '../expressions/evaluation-context.ts';
import type { Expression } from '../expressions/expression.ts';
import {
  clampTime,
  daysOfDate,
  formatDatetime,
  formatTime,
  MICROS_PER_DAY,
  MICROS_PER_SECOND,
  microsOfDay,
  microsOfTime,
  partsOfDatetime,
} from '../types/civil.ts';
import { conversion } from '../types/convert.ts';
import { quotient, subtract } from '../types/integer.ts';
import { addSpan, type IntervalUnit } from '../types/interval.ts';
import { wrongArguments } from '../types/sql-error.ts';
import { BIGINT, datetime, INT, LONGTEXT, type SqlType, TIME, ZERO_DATETIME } from '../types/sql-type.ts';
import { parseDatetime, parseTime } from '../types/temporal-text.ts';
import { asDate, asDatetime, asInteger, asTime, count, MOMENT, simple } from './arguments.ts';
import type { ScalarFunction, Signature } from './scalar-function.ts';

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

const hasFraction = (micros: number) => micros % MICROS_PER_SECOND !== 0;

/** A moment some microseconds later; NULL, with a warning, beyond the calendar. */
export function moved(moment: Integer, micros: number, context: EvaluationContext): Integer | null {
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

export const dateArithmeticFunctions: readonly ScalarFunction[] = [
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
];
