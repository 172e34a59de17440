/** What GROUP BY decides besides its own columns (MySQL manual, "Detection of Functional Dependence"). */
import type { Expression } from '../expressions/expression.ts';
import { conjuncts, isConstant } from '../plan/expression-tree.ts';
import type { Computed, Plan } from '../plan/plan.ts';
import type { ScopeColumn } from './scope.ts';

/** Columns whose value the groups decide: by constants and equalities of WHERE and inner joins, and by primary keys. */
export function dependentColumns(
  groups: readonly Computed[],
  input: Plan,
  columns: readonly ScopeColumn[],
): ReadonlySet<number> {
  const decided = new Set<number>();
  for (const { expression } of groups) if (expression.kind === 'column') decided.add(expression.index);
  const equal: (readonly [number, number])[] = [];
  for (const term of certainTerms(input)) {
    if (term.kind !== 'comparison' || (term.operator !== '=' && term.operator !== '<=>')) continue;
    const { left, right } = term;
    if (left.kind === 'column' && right.kind === 'column') equal.push([left.index, right.index]);
    else if (left.kind === 'column' && isConstant(right)) decided.add(left.index);
    else if (right.kind === 'column' && isConstant(left)) decided.add(right.index);
  }
  for (let size = -1; size !== decided.size; ) {
    size = decided.size;
    for (const [a, b] of equal) {
      if (decided.has(a)) decided.add(b);
      if (decided.has(b)) decided.add(a);
    }
    for (const { key, column } of columns) {
      if (key?.keyIds.every((id) => decided.has(id))) decided.add(column.id);
    }
  }
  return decided;
}

/** Terms that hold for every row that a plan gives: of filters and inner joins. */
function* certainTerms(plan: Plan): Generator<Expression, void, unknown> {
  if (plan.kind === 'filter') {
    yield* conjuncts(plan.condition);
    yield* certainTerms(plan.input);
  } else if (plan.kind === 'join') {
    if (plan.join === 'inner') {
      yield* conjuncts(plan.condition);
      yield* certainTerms(plan.right);
    }
    yield* certainTerms(plan.left);
  } else if (plan.kind === 'apply') yield* certainTerms(plan.input);
}
