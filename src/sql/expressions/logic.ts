/** Three-valued logic: AND, OR, XOR, NOT, IS NULL, IS TRUE, CASE. Operands become truth values (1, 0, NULL). */
import { BOOLEAN, isBoolean, type SqlType } from '../types/sql-type.ts';
import { coerce, commonType, literal, nullLiteral } from './coerce.ts';
import { compare } from './comparison.ts';
import type { ComparisonOperator, Expression } from './expression.ts';
import { fold } from './fold.ts';

const TRUE = literal(1, BOOLEAN);
const FALSE = literal(0, BOOLEAN);

export function booleanLiteral(value: boolean): Expression {
  return value ? TRUE : FALSE;
}

/** The operand as a condition: WHERE, ON, HAVING, AND, CASE WHEN. */
export function truth(operand: Expression): Expression {
  if (isBoolean(operand.type)) return operand;
  if (operand.kind === 'literal' && operand.value === null) return nullLiteral(BOOLEAN);
  return fold({ kind: 'truth', operand, type: BOOLEAN, nullable: operand.nullable });
}

function junction(kind: 'and' | 'or', operands: readonly Expression[]): Expression {
  const absorbing = kind === 'and' ? 0 : 1;
  const kept: Expression[] = [];
  for (const given of operands) {
    const operand = truth(given);
    if (operand.kind === kind) kept.push(...operand.operands);
    else if (operand.kind !== 'literal' || operand.value === null) kept.push(operand);
    else if (operand.value === absorbing) return operand;
  }
  if (kept.length === 0) return booleanLiteral(kind === 'and');
  if (kept.length === 1) return kept[0]!;
  return fold({ kind, operands: kept, type: BOOLEAN, nullable: kept.some((operand) => operand.nullable) });
}

/** All true; no operands are true. */
export function and(operands: readonly Expression[]): Expression {
  return junction('and', operands);
}
/** Any true; no operands are false. */
export function or(operands: readonly Expression[]): Expression {
  return junction('or', operands);
}
export function xor(left: Expression, right: Expression): Expression {
  const nullable = left.nullable || right.nullable;
  return fold({ kind: 'xor', left: truth(left), right: truth(right), type: BOOLEAN, nullable });
}

const OPPOSITE: Readonly<Partial<Record<ComparisonOperator, ComparisonOperator>>> = {
  '=': '<>',
  '<>': '=',
  '<': '>=',
  '>=': '<',
  '>': '<=',
  '<=': '>',
};

export function not(operand: Expression): Expression {
  const condition = truth(operand);
  if (condition.kind === 'comparison') {
    const operator = OPPOSITE[condition.operator];
    if (operator !== undefined) return { ...condition, operator };
  }
  if (condition.kind === 'isNull' || condition.kind === 'isTruth') return { ...condition, negated: !condition.negated };
  if (condition.kind === 'not') return condition.operand;
  return fold({ kind: 'not', operand: condition, type: BOOLEAN, nullable: condition.nullable });
}

export function isNull(operand: Expression, negated = false): Expression {
  if (!operand.nullable) return booleanLiteral(negated);
  return fold({ kind: 'isNull', operand, negated, type: BOOLEAN, nullable: false });
}

/** IS [NOT] TRUE, FALSE or (null) UNKNOWN. */
export function isTruth(operand: Expression, wanted: boolean | null, negated = false): Expression {
  return fold({ kind: 'isTruth', operand: truth(operand), truth: wanted, negated, type: BOOLEAN, nullable: false });
}

/** Searched CASE; with an operand the simple form. */
export function caseWhen(
  operand: Expression | undefined,
  branches: readonly { readonly when: Expression; readonly result: Expression }[],
  otherwise: Expression | undefined,
): Expression {
  const results = [...branches.map(({ result }) => result), ...(otherwise === undefined ? [] : [otherwise])];
  return choose(
    branches.map(({ when, result }) => ({
      when: operand === undefined ? truth(when) : compare('=', operand, when),
      result,
    })),
    otherwise,
    commonType(results, 'case'),
  );
}

/** A CASE of a given result type over conditions. */
export function choose(
  branches: readonly { readonly when: Expression; readonly result: Expression }[],
  otherwise: Expression | undefined,
  type: SqlType,
): Expression {
  const last = otherwise === undefined ? undefined : coerce(otherwise, type);
  const converted = branches.map(({ when, result }) => ({ when, result: coerce(result, type) }));
  const nullable = last === undefined || last.nullable || converted.some(({ result }) => result.nullable);
  return fold({ kind: 'case', branches: converted, otherwise: last, type, nullable });
}
