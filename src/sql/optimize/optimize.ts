/**
 * The optimizer: named passes, each of which rewrites a plan into an equivalent one, all through one function. A pass
 * can be switched off by its name, and results stay the same: that is how passes are tested. The order of the passes
 * makes plans better, never right or wrong.
 */
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import type { Plan } from '../plan/plan.ts';
import { chooseAccess } from './access.ts';
import { countFromTrees } from './count-rows.ts';
import { Estimator } from './estimate.ts';
import { inlineShared } from './inline-shared.ts';
import { orderJoins } from './join-order.ts';
import { chooseJoins } from './join-strategy.ts';
import { endsFromIndexes } from './min-max.ts';
import { useOrder } from './ordering.ts';
import { pruneColumns } from './prune-columns.ts';
import { pushFilters } from './push-filters.ts';
import { unnestSubqueries } from './unnest.ts';
import { verifyColumns } from './verify.ts';

export interface OptimizeOptions {
  /** Names of passes to leave out. */
  readonly disabled?: ReadonlySet<string>;
  /** Checks after every pass that each column a node reads is there. */
  readonly verify?: boolean;
  /** Called before every pass; throws when the statement is cancelled. */
  readonly checkCancelled?: () => void;
}

/** What passes may ask. */
export interface PassContext {
  readonly evaluation: EvaluationContext;
  readonly estimator: Estimator;
}

export interface Pass {
  readonly name: string;
  readonly rewrite: (plan: Plan, context: PassContext) => Plan;
}

export const passes: readonly Pass[] = [
  { name: 'inline-common-tables', rewrite: inlineShared },
  { name: 'unnest-subqueries', rewrite: unnestSubqueries },
  { name: 'push-filters', rewrite: pushFilters },
  { name: 'prune-columns', rewrite: pruneColumns },
  { name: 'order-joins', rewrite: orderJoins },
  { name: 'choose-joins', rewrite: chooseJoins },
  { name: 'choose-access', rewrite: chooseAccess },
  { name: 'count-from-trees', rewrite: countFromTrees },
  { name: 'ends-from-indexes', rewrite: endsFromIndexes },
  { name: 'use-order', rewrite: useOrder },
  // Of what ranges and orders of indexes took over, nobody else may read the columns.
  { name: 'prune-taken-columns', rewrite: pruneColumns },
];

/** `evaluation` evaluates constants (literals, parameters) when rows in ranges are counted. */
export function optimize(plan: Plan, evaluation: EvaluationContext, options: OptimizeOptions = {}): Plan {
  const context: PassContext = { evaluation, estimator: new Estimator(evaluation) };
  let current = plan;
  if (options.verify) verifyColumns(current, 'bind');
  for (const pass of passes) {
    options.checkCancelled?.();
    if (options.disabled?.has(pass.name)) continue;
    current = pass.rewrite(current, context);
    if (options.verify) verifyColumns(current, pass.name);
  }
  return current;
}
