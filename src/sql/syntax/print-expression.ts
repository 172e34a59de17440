/**
 * Expressions as Dolt stores them (FORMAT §3.10): the normalised text of defaults, generated columns and checks. Equal
 * addresses hang on it, so every space is the original's.
 */
import { AssertionError } from '../../base/errors.ts';
import type { Expression } from './ast.ts';

/** The text of a check, a generated column or an expression default, in its own parentheses where the original has them. */
export function printExpression(_expression: Expression): string {
  throw new AssertionError('not built');
}
