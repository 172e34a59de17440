/** Moments by the Unix clock, and in one time zone and another (MySQL manual, "Date and Time Functions"). */
import type { Integer } from '../../tuple/value.ts';
import { coerce } from '../expressions/coerce.ts';
import { MICROS_PER_SECOND } from '../types/civil.ts';
import { rescale } from '../types/decimal.ts';
import { add, multiply, quotient, subtract } from '../types/integer.ts';
import { BIGINT, datetime, decimal, isText, LONGTEXT, ZERO_DATETIME } from '../types/sql-type.ts';
import { asDatetime, asText, simple } from './arguments.ts';
import { formatDate } from './date-format.ts';
import { fractionOf } from './date-time.ts';
import type { ScalarFunction, Signature } from './scalar-function.ts';

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
        if (micros < 0 || micros > LAST_TIMESTAMP) return null;
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

export const unixTimeFunctions: readonly ScalarFunction[] = [
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
