/** From an optimized plan to rows. */
import { AssertionError } from '../../base/errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { ExecutionContext, Rows } from './operator.ts';

/** Runs a plan. The batches' columns are the plan's, in order. */
export function execute(_plan: Plan, _context: ExecutionContext): Rows {
  throw new AssertionError('not built');
}
