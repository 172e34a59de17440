/** What functions ask of their arguments: conversions that most of them share, and short ways to write a signature. */
import type { Integer, Value } from '../../tuple/value.ts';
import { coerce, textType } from '../expressions/coerce.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import type { Expression } from '../expressions/expression.ts';
import {
  BIGINT,
  collationOf,
  DATE,
  type DatetimeType,
  DOUBLE,
  datetime,
  isBytes,
  isIntegral,
  isText,
  LONGBLOB,
  LONGTEXT,
  type SqlType,
  TIME,
} from '../types/sql-type.ts';
import type { ScalarFunction, Signature } from './scalar-function.ts';

/** Longest string that a function makes: max_allowed_packet's default in MySQL. */
export const MAX_PACKET = 64 * 1024 * 1024;

export const MOMENT: DatetimeType = datetime(6);

/** The argument as text; text stays as it is, with its collation, which members of ENUM and SET keep. */
export function asText(argument: Expression): Expression {
  if (isText(argument.type)) return argument;
  const collation = collationOf(argument.type);
  return coerce(argument, collation === undefined ? LONGTEXT : { ...LONGTEXT, collation });
}
/** The argument as a BIGINT, rounded. */
export function asInteger(argument: Expression): Expression {
  return isIntegral(argument.type) ? argument : coerce(argument, BIGINT);
}
export function asDouble(argument: Expression): Expression {
  return coerce(argument, DOUBLE);
}
/** As a DATETIME with microseconds. */
export function asDatetime(argument: Expression): Expression {
  return coerce(argument, MOMENT);
}
export function asDate(argument: Expression): Expression {
  return coerce(argument, DATE);
}
export function asTime(argument: Expression): Expression {
  return coerce(argument, TIME);
}
export function asBytes(argument: Expression): Expression {
  return isBytes(argument.type) ? argument : coerce(argument, LONGBLOB);
}

/** The arguments that are text by nature, for choosing a collation. */
export function textual(args: readonly Expression[]): Expression[] {
  return args.filter((argument) => collationOf(argument.type) !== undefined);
}

export type Convert = (argument: Expression) => Expression;

/** A function of fixed conversions and result type, given NULL-free values. */
export function simple(
  name: string,
  converts: readonly Convert[],
  type: SqlType | ((args: readonly Expression[]) => SqlType),
  apply: (args: readonly Value[], context: EvaluationContext) => Value,
  options: {
    readonly aliases?: readonly string[];
    /** How many trailing arguments may be left out. */
    readonly optional?: number;
    /** NULL may come out of what is not NULL. */
    readonly nullable?: boolean;
    readonly session?: true;
    readonly volatile?: true;
    readonly locks?: true;
    readonly handlesNull?: boolean;
  } = {},
): ScalarFunction {
  const { aliases, optional = 0, nullable, session, volatile, locks, handlesNull } = options;
  return {
    name,
    ...(aliases && { aliases }),
    ...(session && { session }),
    ...(volatile && { volatile }),
    ...(locks && { locks }),
    minArguments: converts.length - optional,
    maxArguments: converts.length,
    bind(given): Signature {
      const args = given.map((argument, at) => converts[at]!(argument));
      return {
        type: typeof type === 'function' ? type(args) : type,
        args,
        apply,
        ...(nullable !== undefined && { nullable }),
        ...(handlesNull !== undefined && { handlesNull }),
      };
    },
  };
}

/** A text function of fixed arguments: its result has the collation of its arguments. */
export function textFunction(
  name: string,
  converts: readonly Convert[],
  apply: (args: readonly Value[], context: EvaluationContext) => Value,
  options: Parameters<typeof simple>[4] = {},
): ScalarFunction {
  return simple(name, converts, (args) => textType(textual(args), name), apply, options);
}

export const TEXT_RESULT = LONGTEXT;

/** The number of an Integer argument, clamped to what positions and lengths need. */
export function count(value: Value): number {
  const number = Number(value as Integer);
  return Math.max(-0x8000_0000, Math.min(0x7fff_ffff, number));
}

export const asIs: Convert = (argument) => argument;
