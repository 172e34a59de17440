/** The current time: one instant a statement (SYSDATE excepted), in the session's zone or UTC. */
import type { Integer } from '../../tuple/value.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import type { Expression } from '../expressions/expression.ts';
import { dateOfDatetime, datetimeFromDays, daysOfDatetime, microsOfDay, truncateMicros } from '../types/civil.ts';
import { add, multiply } from '../types/integer.ts';
import { SqlError } from '../types/sql-error.ts';
import { DATE, datetime, type SqlType } from '../types/sql-type.ts';
import type { ScalarFunction, Signature } from './scalar-function.ts';

function precisionOf(argument: Expression | undefined, name: string): number {
  if (argument === undefined) return 0;
  const precision = argument.kind === 'literal' ? Number(argument.value) : Number.NaN;
  if (!Number.isInteger(precision) || precision < 0 || precision > 6) {
    throw new SqlError(1426, '42000', `Too-big precision ${String(precision)} specified for '${name}'. Maximum is 6.`);
  }
  return precision;
}

function local(instant: Integer, { session }: EvaluationContext): Integer {
  return add(instant, multiply(session.timeZoneOffset(instant), 1_000_000));
}

type Take = (moment: Integer, precision: number) => Integer;

const whole: Take = (moment, precision) =>
  datetimeFromDays(daysOfDatetime(moment), truncateMicros(microsOfDay(moment), precision));
const clock: Take = (moment, precision) => truncateMicros(microsOfDay(moment), precision);
const day: Take = (moment) => dateOfDatetime(moment);

function current(
  name: string,
  aliases: readonly string[],
  take: Take,
  options: { readonly utc?: true; readonly now?: true } = {},
): ScalarFunction {
  return {
    name,
    aliases,
    minArguments: 0,
    maxArguments: take === day ? 0 : 1,
    session: true,
    ...(options.now && { volatile: true as const }),
    bind([argument]): Signature {
      const precision = precisionOf(argument, name);
      const type: SqlType = take === whole ? datetime(precision) : take === clock ? { kind: 'time', precision } : DATE;
      return {
        type,
        args: [],
        nullable: false,
        apply: (_args, context) => {
          const instant = options.now ? context.session.currentTime() : context.session.statementTime();
          return take(options.utc ? instant : local(instant, context), precision);
        },
      };
    },
  };
}

export const currentTimeFunctions: readonly ScalarFunction[] = [
  current('now', ['current_timestamp', 'localtime', 'localtimestamp'], whole),
  current('sysdate', [], whole, { now: true }),
  current('curdate', ['current_date'], day),
  current('curtime', ['current_time'], clock),
  current('utc_timestamp', [], whole, { utc: true }),
  current('utc_date', [], day, { utc: true }),
  current('utc_time', [], clock, { utc: true }),
];
