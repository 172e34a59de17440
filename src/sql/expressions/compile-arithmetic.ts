/**
 * Arithmetic as closures. Integers and decimals take the fast path of doubles while everything is safe, and bigint
 * beyond; what leaves the result type's range raises ER_DATA_OUT_OF_RANGE. Division by zero is NULL with a warning.
 */
import type { Integer, Value } from '../../tuple/value.ts';
import { integerOf } from '../../tuple/value.ts';
import { decimalLimit, divideRounded, rescaleTruncated, scaleFactor } from '../types/decimal.ts';
import {
  add,
  MAX_BIGINT,
  MAX_UNSIGNED_BIGINT,
  MIN_BIGINT,
  multiply,
  negated,
  quotient,
  remainder,
  subtract,
} from '../types/integer.ts';
import { numericOutOfRange, divisionByZero as zeroDivisor } from '../types/sql-error.ts';
import { MAX_DECIMAL_PRECISION, type SqlType } from '../types/sql-type.ts';
import { compile, type Evaluate } from './compile.ts';
import { describe } from './describe.ts';
import type { EvaluationContext } from './evaluation-context.ts';
import type { ArithmeticExpression, BitExpression, BitNotExpression, NegateExpression } from './expression.ts';

type Operation = (a: Integer, b: Integer) => Integer;

const isDouble = (type: SqlType) => type.kind === 'double' || type.kind === 'float';

/** NULL with a warning, or ER_DIVISION_BY_ZERO. */
function divisionByZero(context: EvaluationContext): null {
  if (context.session.failsOnZeroDivisor()) throw zeroDivisor();
  context.session.warn({ level: 'Warning', code: 1365, message: 'Division by 0' });
  return null;
}

function binary(
  expression: ArithmeticExpression,
  operation: (a: Value, b: Value, context: EvaluationContext) => Value,
): Evaluate {
  const left = compile(expression.left);
  const right = compile(expression.right);
  return (batch, row, context) => {
    const a = left(batch, row, context);
    if (a === null) return null;
    const b = right(batch, row, context);
    return b === null ? null : operation(a, b, context);
  };
}

export function compileArithmetic(expression: ArithmeticExpression): Evaluate {
  if (isDouble(expression.left.type)) return compileDouble(expression);
  if (
    expression.type.kind === 'decimal' ||
    expression.left.type.kind === 'decimal' ||
    expression.right.type.kind === 'decimal'
  ) {
    return compileDecimal(expression);
  }
  return compileInteger(expression);
}

function compileDouble(expression: ArithmeticExpression): Evaluate {
  const finite = (value: number): number => {
    if (!Number.isFinite(value)) throw numericOutOfRange('DOUBLE', describe(expression));
    return value + 0;
  };
  switch (expression.operator) {
    case '+':
      return binary(expression, (a, b) => finite((a as number) + (b as number)));
    case '-':
      return binary(expression, (a, b) => finite((a as number) - (b as number)));
    case '*':
      return binary(expression, (a, b) => finite((a as number) * (b as number)));
    case '/':
      return binary(expression, (a, b, context) =>
        b === 0 ? divisionByZero(context) : finite((a as number) / (b as number)),
      );
    case '%':
      return binary(expression, (a, b, context) =>
        b === 0 ? divisionByZero(context) : ((a as number) % (b as number)) + 0,
      );
    case 'div': {
      const check = integerCheck(expression.type, () => describe(expression));
      return binary(expression, (a, b, context) => {
        if (b === 0) return divisionByZero(context);
        const whole = Math.trunc((a as number) / (b as number));
        return check(Number.isSafeInteger(whole) ? whole + 0 : integerOf(BigInt(finite(whole))));
      });
    }
  }
}

/** Throws when an integer is beyond BIGINT or BIGINT UNSIGNED. */
function integerCheck(type: SqlType, text: () => string): (value: Integer) => Integer {
  const unsigned = type.kind === 'integer' && type.unsigned;
  const low = unsigned ? 0n : MIN_BIGINT;
  const high = unsigned ? MAX_UNSIGNED_BIGINT : MAX_BIGINT;
  return (value) => {
    if (value < low || value > high) throw numericOutOfRange(unsigned ? 'BIGINT UNSIGNED' : 'BIGINT', text());
    return value;
  };
}

function compileInteger(expression: ArithmeticExpression): Evaluate {
  const check = integerCheck(expression.type, () => describe(expression));
  const checked = (operation: Operation) => binary(expression, (a, b) => check(operation(a as Integer, b as Integer)));
  const divided = (operation: Operation) =>
    binary(expression, (a, b, context) =>
      b === 0 ? divisionByZero(context) : check(operation(a as Integer, b as Integer)),
    );
  switch (expression.operator) {
    case '+':
      return checked(add);
    case '-':
      return checked(subtract);
    case '*':
      return checked(multiply);
    case 'div':
      return divided(quotient);
    case '%':
      return divided(remainder);
    case '/':
      return compileDecimal(expression);
  }
}

const LIMIT = decimalLimit(MAX_DECIMAL_PRECISION);

const scaleOf = (type: SqlType) => (type.kind === 'decimal' ? type.scale : 0);

function compileDecimal(expression: ArithmeticExpression): Evaluate {
  const leftScale = scaleOf(expression.left.type);
  const rightScale = scaleOf(expression.right.type);
  const scale = scaleOf(expression.type);
  const check = (value: Integer): Integer => {
    // Inner digits beyond 65 are those of a division's tail: they are given up when the result is rounded.
    if (typeof value === 'bigint' && scale <= 30 && (value > LIMIT || -value > LIMIT)) {
      throw numericOutOfRange('DECIMAL', describe(expression));
    }
    return value;
  };
  const common = Math.max(leftScale, rightScale);
  const leftFactor = scaleFactor(common - leftScale);
  const rightFactor = scaleFactor(common - rightScale);
  const aligned = (operation: Operation): Operation =>
    leftFactor === 1 && rightFactor === 1
      ? operation
      : (a, b) => operation(multiply(a, leftFactor), multiply(b, rightFactor));
  const checked = (operation: Operation) => binary(expression, (a, b) => check(operation(a as Integer, b as Integer)));
  const divided = (operation: Operation) =>
    binary(expression, (a, b, context) =>
      b === 0 ? divisionByZero(context) : check(operation(a as Integer, b as Integer)),
    );
  switch (expression.operator) {
    case '+':
      return checked(aligned(add));
    case '-':
      return checked(aligned(subtract));
    case '*': {
      const excess = leftScale + rightScale - scale;
      if (excess <= 0) return checked(multiply);
      const factor = scaleFactor(excess);
      return checked((a, b) => divideRounded(multiply(a, b), factor));
    }
    case '/': {
      const lift = scale + rightScale - leftScale;
      if (lift >= 0) {
        const factor = scaleFactor(lift);
        return divided((a, b) => quotient(multiply(a, factor), b));
      }
      return divided((a, b) => quotient(rescaleTruncated(a, -lift, 0), b));
    }
    case '%':
      return divided(aligned(remainder));
    case 'div': {
      const whole = integerCheck(expression.type, () => describe(expression));
      const operation = aligned(quotient);
      return binary(expression, (a, b, context) =>
        b === 0 ? divisionByZero(context) : whole(operation(a as Integer, b as Integer)),
      );
    }
  }
}

export function compileNegate(expression: NegateExpression): Evaluate {
  const operand = compile(expression.operand);
  if (isDouble(expression.type)) {
    return (batch, row, context) => {
      const value = operand(batch, row, context);
      return value === null ? null : 0 - (value as number);
    };
  }
  const check =
    expression.type.kind === 'integer'
      ? integerCheck(expression.type, () => describe(expression))
      : (value: Integer) => value;
  return (batch, row, context) => {
    const value = operand(batch, row, context);
    return value === null ? null : check(negated(value as Integer));
  };
}

const SMALL = 0x7fff_ffff;

function bitOperation(operator: BitExpression['operator']): Operation {
  const wide =
    (operation: (a: bigint, b: bigint) => bigint): Operation =>
    (a, b) =>
      integerOf(BigInt.asUintN(64, operation(BigInt(a), BigInt(b))));
  const narrow =
    (fast: (a: number, b: number) => number, slow: Operation): Operation =>
    (a, b) =>
      typeof a === 'number' && typeof b === 'number' && a <= SMALL && b <= SMALL ? fast(a, b) : slow(a, b);
  switch (operator) {
    case '&':
      return narrow(
        (a, b) => a & b,
        wide((a, b) => a & b),
      );
    case '|':
      return narrow(
        (a, b) => a | b,
        wide((a, b) => a | b),
      );
    case '^':
      return narrow(
        (a, b) => a ^ b,
        wide((a, b) => a ^ b),
      );
    case '<<': {
      const slow = wide((a, b) => a << b);
      return (a, b) => (b >= 64 ? 0 : slow(a, b));
    }
    case '>>': {
      const slow = wide((a, b) => a >> b);
      return (a, b) => (b >= 64 ? 0 : slow(a, b));
    }
  }
}

export function compileBit(expression: BitExpression): Evaluate {
  const left = compile(expression.left);
  const right = compile(expression.right);
  const operation = bitOperation(expression.operator);
  return (batch, row, context) => {
    const a = left(batch, row, context);
    if (a === null) return null;
    const b = right(batch, row, context);
    return b === null ? null : operation(a as Integer, b as Integer);
  };
}

export function compileBitNot(expression: BitNotExpression): Evaluate {
  const operand = compile(expression.operand);
  return (batch, row, context) => {
    const value = operand(batch, row, context);
    return value === null ? null : integerOf(BigInt.asUintN(64, ~BigInt(value as Integer)));
  };
}
