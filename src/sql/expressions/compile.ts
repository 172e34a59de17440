/**
 * Expressions become closures once a plan. A closure reads one row of a batch and the context, and is pure but for
 * warnings and for the functions that the session answers.
 */
import { AssertionError } from '../../base/errors.ts';
import type { Value } from '../../tuple/value.ts';
import type { Batch, Column } from './batch.ts';
import type { EvaluationContext } from './evaluation-context.ts';
import type { Expression } from './expression.ts';

export type Evaluate = (batch: Batch, row: number, context: EvaluationContext) => Value;
/** Computes a whole column. */
export type EvaluateColumn = (batch: Batch, context: EvaluationContext) => Column;
/**
 * The rows of `selection` (all rows of the batch when undefined) on which a condition is true, ascending; written into
 * `into`, whose count is returned.
 */
export type EvaluateFilter = (
  batch: Batch,
  context: EvaluationContext,
  selection: Uint16Array | undefined,
  count: number,
  into: Uint16Array,
) => number;

export function compile(expression: Expression): Evaluate {
  throw new AssertionError(`not built: ${expression.kind}`);
}
export function compileColumn(expression: Expression): EvaluateColumn {
  throw new AssertionError(`not built: ${expression.kind}`);
}
export function compileFilter(condition: Expression): EvaluateFilter {
  throw new AssertionError(`not built: ${condition.kind}`);
}
