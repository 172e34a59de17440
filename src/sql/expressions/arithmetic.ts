/**
 * Arithmetic: the types of its results (MySQL manual, "Arithmetic Operators", "Precision Math"), and intervals.
 *
 * A decimal division is computed with the digits that MySQL computes (whole groups of nine) and rounded to the scale it
 * shows by a `rounding` conversion; arithmetic on such a conversion takes its operand, so `1/3*3` is 1.0000, and so do
 * conversions to a DOUBLE, CAST and sums.
 */

import type { Integer } from '../../tuple/value.ts';
import { negated } from '../types/integer.ts';
import { hasClock, hasMicroseconds, type IntervalUnit, unitParts } from '../types/interval.ts';
import {
  BIGINT,
  type DecimalType,
  DOUBLE,
  decimal,
  type IntegerType,
  isTemporal,
  LONGTEXT,
  MAX_DECIMAL_PRECISION,
  type SqlType,
  UNSIGNED_BIGINT,
} from '../types/sql-type.ts';
import { boundedDecimal, decimalOf, numericDomain, numericType } from '../types/unify.ts';
import { coerce, nullLiteral, withoutRounding } from './coerce.ts';
import type { ArithmeticOperator, BitOperator, Expression } from './expression.ts';
import { fold } from './fold.ts';

/** The default of div_precision_increment: digits that a division adds to the dividend's scale. */
export const DIVISION_DIGITS = 4;
const MAX_INNER_SCALE = 54;

const nines = (digits: number) => Math.ceil(digits / 9) * 9;

function number(operand: Expression): Expression {
  return coerce(operand, numericType(operand.type));
}
function isUnsigned(type: SqlType): boolean {
  return type.kind === 'integer' && type.unsigned;
}

export function arithmetic(
  operator: ArithmeticOperator,
  left: Expression,
  right: Expression,
  divisionDigits = DIVISION_DIGITS,
): Expression {
  const domains = [numericDomain(left.type), numericDomain(right.type)];
  const nullable = left.nullable || right.nullable || operator === '/' || operator === 'div' || operator === '%';
  const a = number(left);
  const b = number(right);
  const quotient = isUnsigned(a.type) || isUnsigned(b.type) ? UNSIGNED_BIGINT : BIGINT;
  if (domains.includes('double')) {
    return fold({
      kind: 'arithmetic',
      operator,
      left: coerce(left, DOUBLE),
      right: coerce(right, DOUBLE),
      type: operator === 'div' ? quotient : DOUBLE,
      nullable,
    });
  }
  if (!domains.includes('decimal') && operator !== '/') {
    const unsigned = operator === '%' ? isUnsigned(a.type) : isUnsigned(a.type) || isUnsigned(b.type);
    return fold({
      kind: 'arithmetic',
      operator,
      left: a,
      right: b,
      type: unsigned ? UNSIGNED_BIGINT : BIGINT,
      nullable,
    });
  }
  if (operator !== 'div') return decimalArithmetic(operator, a, b, nullable, divisionDigits);
  return fold({
    kind: 'arithmetic',
    operator,
    left: withoutRounding(a),
    right: withoutRounding(b),
    type: quotient,
    nullable,
  });
}

type DecimalOperator = Exclude<ArithmeticOperator, 'div'>;

function decimalArithmetic(
  operator: DecimalOperator,
  left: Expression,
  right: Expression,
  nullable: boolean,
  divisionDigits: number,
): Expression {
  const shown = shownType(operator, decimalOf(left.type), decimalOf(right.type), divisionDigits);
  const a = withoutRounding(left);
  const b = withoutRounding(right);
  const wide = innerType(operator, decimalOf(a.type), decimalOf(b.type), divisionDigits);
  const type = wide.scale === shown.scale ? shown : wide;
  const inner = fold({ kind: 'arithmetic', operator, left: a, right: b, type, nullable });
  return type.scale === shown.scale ? inner : rounded(inner, shown, nullable);
}

function rounded(operand: Expression, type: DecimalType, nullable: boolean): Expression {
  return { kind: 'convert', operand, type, mode: 'implicit', nullable, rounding: true };
}

/** The type that the result has for everybody else. */
function shownType(operator: DecimalOperator, a: DecimalType, b: DecimalType, divisionDigits: number): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  switch (operator) {
    case '+':
    case '-':
      return boundedDecimal(Math.max(a.precision - a.scale, b.precision - b.scale) + 1 + scale, scale);
    case '*':
      return boundedDecimal(a.precision + b.precision, a.scale + b.scale);
    case '/':
      return boundedDecimal(a.precision + b.scale + divisionDigits, a.scale + divisionDigits);
    case '%':
      return boundedDecimal(Math.max(a.precision - a.scale, b.precision - b.scale) + scale, scale);
  }
}

/** The type in which it is computed. */
function innerType(operator: DecimalOperator, a: DecimalType, b: DecimalType, divisionDigits: number): DecimalType {
  const scale = Math.max(a.scale, b.scale);
  if (operator === '*') return decimal(MAX_DECIMAL_PRECISION, Math.min(a.scale + b.scale, MAX_INNER_SCALE));
  if (operator !== '/') {
    const shown = shownType(operator, a, b, divisionDigits);
    return operator === '%' ? shown : { ...shown, scale };
  }
  const padding = nines(a.scale) - a.scale + nines(b.scale) - b.scale;
  const digits = nines(a.scale) + nines(b.scale) + Math.max(0, divisionDigits - padding);
  return decimal(MAX_DECIMAL_PRECISION, Math.min(nines(digits), MAX_INNER_SCALE));
}

export function negate(operand: Expression): Expression {
  if (operand.kind === 'literal' && operand.value === null) return operand;
  const exact = withoutRounding(operand);
  if (exact !== operand) return rounded(negate(exact), decimalOf(operand.type), operand.nullable);
  const a = number(operand);
  const { type } = a;
  if (a.kind === 'literal' && type.kind === 'integer') {
    const value = negated(a.value as Integer);
    const small: IntegerType = type.unsigned || (type.bits === 64 && value === 0) ? BIGINT : type;
    if (value >= -(2n ** 63n)) return { kind: 'literal', value, type: plainSigned(small), nullable: false };
  }
  if (type.kind === 'integer') return fold({ kind: 'negate', operand: a, type: BIGINT, nullable: a.nullable });
  return fold({ kind: 'negate', operand: a, type, nullable: a.nullable });
}

function plainSigned(type: IntegerType): IntegerType {
  return { kind: 'integer', bits: type.bits, unsigned: false };
}

const WORD: IntegerType = { kind: 'integer', bits: 64, unsigned: true };

function word(operand: Expression): Expression {
  if (operand.type.kind === 'integer' && operand.type.unsigned) return operand;
  if (
    operand.kind === 'literal' &&
    typeof operand.value === 'number' &&
    operand.type.kind === 'integer' &&
    operand.value >= 0
  )
    return operand;
  if (operand.kind === 'literal' && operand.value === null) return nullLiteral(WORD);
  const whole = coerce(operand, operand.type.kind === 'integer' ? operand.type : BIGINT);
  // A cast keeps the 64 bits of a negative number.
  return fold({
    kind: 'convert',
    operand: numericDomain(operand.type) === 'integer' ? whole : operand,
    type: WORD,
    mode: 'cast',
    nullable: operand.nullable,
  });
}

export function bit(operator: BitOperator, left: Expression, right: Expression): Expression {
  return fold({
    kind: 'bit',
    operator,
    left: word(left),
    right: word(right),
    type: UNSIGNED_BIGINT,
    nullable: left.nullable || right.nullable,
  });
}

export function bitNot(operand: Expression): Expression {
  return fold({ kind: 'bitNot', operand: word(operand), type: UNSIGNED_BIGINT, nullable: operand.nullable });
}

/** `operand ± INTERVAL amount unit`. Dates stay dates for units of days and more; text gives text. */
export function interval(operand: Expression, amount: Expression, unit: IntervalUnit, isNegated = false): Expression {
  const value = isTemporal(operand.type) ? operand : coerce(operand, LONGTEXT);
  const size =
    unitParts(unit) !== undefined
      ? coerce(amount, LONGTEXT)
      : unit === 'second'
        ? coerce(amount, numericDomain(amount.type) === 'integer' ? BIGINT : decimal(MAX_DECIMAL_PRECISION, 6))
        : coerce(amount, BIGINT);
  const type = intervalType(value.type, unit, size.type);
  return fold({ kind: 'interval', operand: value, amount: size, unit, negated: isNegated, type, nullable: true });
}

function intervalType(type: SqlType, unit: IntervalUnit, amount: SqlType): SqlType {
  const micros = hasMicroseconds(unit) || (unit === 'second' && amount.kind === 'decimal');
  switch (type.kind) {
    case 'date':
      return hasClock(unit) ? { kind: 'datetime', precision: micros ? 6 : 0 } : type;
    case 'datetime':
    case 'timestamp':
      return { kind: 'datetime', precision: micros ? 6 : type.precision };
    case 'time':
      return hasClock(unit) ? { kind: 'time', precision: 6 } : { kind: 'datetime', precision: type.precision };
    default:
      return LONGTEXT;
  }
}
