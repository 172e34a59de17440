/**
 * Whole batches: columns of values, and filters that narrow a selection of rows. The shapes that scans meet most — a
 * number column against a constant, arithmetic on two number columns — run in loops of their own; everything else row
 * by row through `compile`, with the same results.
 */
import type { Value } from '../../tuple/value.ts';
import { comparisonClass } from '../types/compare.ts';
import { isBoolean } from '../types/sql-type.ts';
import type { Batch } from './batch.ts';
import { mirrored } from './comparison.ts';
import { compile, type EvaluateColumn, truthOf } from './compile.ts';
import type { EvaluationContext } from './evaluation-context.ts';
import type { ArithmeticExpression, ComparisonExpression, ComparisonOperator, Expression } from './expression.ts';

/**
 * The rows of `selection` (rows 0 … count−1 of the batch when undefined) on which a condition is true, ascending;
 * written into `into`, whose count is returned. `into` may be `selection` itself.
 */
export type EvaluateFilter = (
  batch: Batch,
  context: EvaluationContext,
  selection: Uint16Array | undefined,
  count: number,
  into: Uint16Array,
) => number;

export function compileColumn(expression: Expression): EvaluateColumn {
  if (expression.kind === 'column') {
    const { index } = expression;
    return (batch) => batch.columns[index]!;
  }
  if (expression.kind === 'literal') {
    const { value } = expression;
    return (batch) => new Array<Value>(batch.length).fill(value);
  }
  if (expression.kind === 'arithmetic') {
    const vector = arithmeticVector(expression);
    if (vector !== undefined) return vector;
  }
  const evaluate = compile(expression);
  return (batch, context) => {
    const { length } = batch;
    const values = new Array<Value>(length);
    for (let row = 0; row < length; row++) values[row] = evaluate(batch, row, context);
    return values;
  };
}

/**
 * Sums, differences, products and remainders where both sides are safe numbers; a row that is not (and a remainder by
 * zero, which is NaN here) goes through the closure.
 */
function arithmeticVector(expression: ArithmeticExpression): EvaluateColumn | undefined {
  const { operator, left, right, type } = expression;
  const simple = (side: Expression) =>
    side.kind === 'column' || (side.kind === 'literal' && typeof side.value === 'number');
  if (!simple(left) || !simple(right)) return undefined;
  if (operator === '/' || operator === 'div') return undefined;
  // A decimal sum needs equal scales; unsigned results need a check.
  const scale = (side: Expression) => (side.type.kind === 'decimal' ? side.type.scale : 0);
  if (
    type.kind === 'integer'
      ? type.unsigned
      : type.kind === 'decimal' && operator !== '*' && scale(left) !== scale(right)
  )
    return undefined;
  if (type.kind === 'decimal' && operator === '*' && scale(left) + scale(right) !== type.scale) return undefined;
  const isFloat = type.kind === 'double';
  const evaluate = compile(expression);
  const leftColumn = compileColumn(left);
  const rightColumn = compileColumn(right);
  const limit = isFloat ? Number.MAX_VALUE : Number.MAX_SAFE_INTEGER;
  return (batch, context) => {
    const a = leftColumn(batch, context);
    const b = rightColumn(batch, context);
    const { length } = batch;
    const values = new Array<Value>(length);
    for (let row = 0; row < length; row++) {
      const x = a[row]!;
      const y = b[row]!;
      if (typeof x === 'number' && typeof y === 'number') {
        const result = operator === '+' ? x + y : operator === '-' ? x - y : operator === '*' ? x * y : x % y;
        if (result <= limit && result >= -limit) {
          values[row] = result + 0;
          continue;
        }
      }
      values[row] = x === null || y === null ? null : evaluate(batch, row, context);
    }
    return values;
  };
}

export function compileFilter(condition: Expression): EvaluateFilter {
  if (condition.kind === 'and') {
    const filters = condition.operands.map(compileFilter);
    return (batch, context, selection, count, into) => {
      let current = selection;
      let left = count;
      for (const filter of filters) {
        left = filter(batch, context, current, left, into);
        if (left === 0) return 0;
        current = into;
      }
      return left;
    };
  }
  if (condition.kind === 'literal') {
    const passes = condition.value !== null && condition.value !== 0;
    return (_batch, _context, selection, count, into) => (passes ? copySelection(selection, count, into) : 0);
  }
  if (condition.kind === 'comparison') {
    const fast = columnAgainstNumber(condition) ?? arithmeticAgainstNumber(condition);
    if (fast !== undefined) return fast;
  }
  const evaluate = compile(condition);
  const isTrue = isBoolean(condition.type) ? undefined : truthOf(condition.type);
  return (batch, context, selection, count, into) => {
    let kept = 0;
    for (let at = 0; at < count; at++) {
      const row = selection === undefined ? at : selection[at]!;
      const value = evaluate(batch, row, context);
      if (value !== null && (isTrue === undefined ? value !== 0 : isTrue(value, context) === 1)) into[kept++] = row;
    }
    return kept;
  };
}

function copySelection(selection: Uint16Array | undefined, count: number, into: Uint16Array): number {
  if (selection !== into) {
    for (let at = 0; at < count; at++) into[at] = selection === undefined ? at : selection[at]!;
  }
  return count;
}

/** `column op number` in a domain whose values are ordered as they are. */
function columnAgainstNumber(condition: ComparisonExpression): EvaluateFilter | undefined {
  const { left, right, domain } = condition;
  const found = comparisonClass(domain);
  const equality = condition.operator === '=' || condition.operator === '<>';
  if (found !== 'natural' && !(found === 'binaryText' && equality)) return undefined;
  if (left.kind === 'column' && right.kind === 'literal') return against(left.index, condition.operator, right.value);
  if (right.kind === 'column' && left.kind === 'literal')
    return against(right.index, mirrored(condition.operator), left.value);
  return undefined;
}

/** `arithmetic op constant`, as `id % 10 = 5`: the whole column first. A narrowed selection goes row by row. */
function arithmeticAgainstNumber(condition: ComparisonExpression): EvaluateFilter | undefined {
  const { left, right, domain, operator } = condition;
  if (left.kind !== 'arithmetic' || right.kind !== 'literal' || comparisonClass(domain) !== 'natural') return undefined;
  const vector = arithmeticVector(left);
  const filter = against(0, operator, right.value);
  if (vector === undefined || filter === undefined) return undefined;
  const evaluate = compile(condition);
  return (batch, context, selection, count, into) => {
    if (selection === undefined) {
      return filter({ length: batch.length, columns: [vector(batch, context)] }, context, selection, count, into);
    }
    let kept = 0;
    for (let at = 0; at < count; at++) {
      const row = selection[at]!;
      if (evaluate(batch, row, context) === 1) into[kept++] = row;
    }
    return kept;
  };
}

function against(index: number, operator: ComparisonOperator, constant: Value): EvaluateFilter | undefined {
  if (constant === null) return operator === '<=>' ? undefined : () => 0;
  const filter =
    (test: (value: number, constant: number) => boolean): EvaluateFilter =>
    (batch, _context, selection, count, into) => {
      const column = batch.columns[index]!;
      let kept = 0;
      if (selection === undefined) {
        for (let row = 0; row < count; row++) {
          const value = column[row]!;
          if (value !== null && test(value as number, constant as number)) into[kept++] = row;
        }
      } else {
        for (let at = 0; at < count; at++) {
          const row = selection[at]!;
          const value = column[row]!;
          if (value !== null && test(value as number, constant as number)) into[kept++] = row;
        }
      }
      return kept;
    };
  switch (operator) {
    case '=':
    case '<=>':
      return filter((value, wanted) => value === wanted);
    case '<>':
      return filter((value, wanted) => value !== wanted);
    case '<':
      return filter((value, wanted) => value < wanted);
    case '<=':
      return filter((value, wanted) => value <= wanted);
    case '>':
      return filter((value, wanted) => value > wanted);
    case '>=':
      return filter((value, wanted) => value >= wanted);
  }
}
