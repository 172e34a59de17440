/** Comparisons, IN and LIKE as closures. */
import type { Value } from '../../tuple/value.ts';
import { type Comparator, comparatorFor, comparisonClass, keyIsValue, keyOfFor } from '../types/compare.ts';
import { compile, type Evaluate } from './compile.ts';
import type { ComparisonExpression, ComparisonOperator, InListExpression, LikeExpression } from './expression.ts';
import { type LikeMatcher, likeMatcher } from './like-pattern.ts';

/** What the order of two values that are not NULL says about an operator. */
function verdict(operator: ComparisonOperator): (order: number) => 0 | 1 {
  switch (operator) {
    case '=':
    case '<=>':
      return (order) => (order === 0 ? 1 : 0);
    case '<>':
      return (order) => (order === 0 ? 0 : 1);
    case '<':
      return (order) => (order < 0 ? 1 : 0);
    case '<=':
      return (order) => (order <= 0 ? 1 : 0);
    case '>':
      return (order) => (order > 0 ? 1 : 0);
    case '>=':
      return (order) => (order >= 0 ? 1 : 0);
  }
}

type Test = (a: Value, b: Value) => 0 | 1;

/** The test of an operator on two values of a type that are not NULL. */
function comparisonTest(operator: ComparisonOperator, domain: ComparisonExpression['domain']): Test {
  const found = comparisonClass(domain);
  if (
    found === 'natural' ||
    (found === 'binaryText' && (operator === '=' || operator === '<>' || operator === '<=>'))
  ) {
    switch (operator) {
      case '=':
      case '<=>':
        return (a, b) => (a === b ? 1 : 0);
      case '<>':
        return (a, b) => (a === b ? 0 : 1);
      case '<':
        return (a, b) => ((a as number) < (b as number) ? 1 : 0);
      case '<=':
        return (a, b) => ((a as number) <= (b as number) ? 1 : 0);
      case '>':
        return (a, b) => ((a as number) > (b as number) ? 1 : 0);
      case '>=':
        return (a, b) => ((a as number) >= (b as number) ? 1 : 0);
    }
  }
  const compare: Comparator = comparatorFor(domain);
  const decide = verdict(operator);
  return (a, b) => decide(compare(a, b));
}

export function compileComparison(expression: ComparisonExpression): Evaluate {
  const left = compile(expression.left);
  const right = compile(expression.right);
  const test = comparisonTest(expression.operator, expression.domain);
  if (expression.operator === '<=>') {
    return (batch, row, context) => {
      const a = left(batch, row, context);
      const b = right(batch, row, context);
      return a === null || b === null ? (a === b ? 1 : 0) : test(a, b);
    };
  }
  return (batch, row, context) => {
    const a = left(batch, row, context);
    if (a === null) return null;
    const b = right(batch, row, context);
    return b === null ? null : test(a, b);
  };
}

export function compileInList(expression: InListExpression): Evaluate {
  const operand = compile(expression.operand);
  const constants = expression.list.filter((item) => item.kind === 'literal');
  const hasNull = constants.some((item) => item.value === null);
  const keyOf = keyIsValue(expression.domain) ? undefined : keyOfFor(expression.domain);
  const keys = new Set<Value>();
  for (const { value } of constants) {
    if (value !== null) keys.add(keyOf === undefined ? value : keyOf(value));
  }
  const others = expression.list.filter((item) => item.kind !== 'literal').map(compile);
  const test = comparisonTest('=', expression.domain);
  return (batch, row, context) => {
    const value = operand(batch, row, context);
    if (value === null) return null;
    if (keys.has(keyOf === undefined ? value : keyOf(value))) return 1;
    let unknown = hasNull;
    for (const other of others) {
      const item = other(batch, row, context);
      if (item === null) unknown = true;
      else if (test(value, item) === 1) return 1;
    }
    return unknown ? null : 0;
  };
}

export function compileLike(expression: LikeExpression): Evaluate {
  const operand = compile(expression.operand);
  const { escape: escapeCharacter, collation } = expression;
  if (expression.pattern.kind === 'literal') {
    const { value } = expression.pattern;
    if (value === null) return () => null;
    const matches = likeMatcher(value as string, escapeCharacter, collation);
    return (batch, row, context) => {
      const text = operand(batch, row, context);
      return text === null ? null : matches(text as string) ? 1 : 0;
    };
  }
  const pattern = compile(expression.pattern);
  let lastPattern: string | undefined;
  let matches: LikeMatcher = () => false;
  return (batch, row, context) => {
    const text = operand(batch, row, context);
    const wanted = pattern(batch, row, context);
    if (text === null || wanted === null) return null;
    if (wanted !== lastPattern) {
      lastPattern = wanted as string;
      matches = likeMatcher(lastPattern, escapeCharacter, collation);
    }
    return matches(text as string) ? 1 : 0;
  };
}
