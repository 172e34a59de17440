/** Subqueries that were taken out of expressions over groups, to be run above the aggregation: as parts of the plan. */
import type { Expression } from '../expressions/expression.ts';
import type { ApplyPlan, Plan, WindowPlan } from '../plan/plan.ts';
import { mapOwnExpressions, outerColumns } from '../plan/plan-tree.ts';

/** What a query of one row computes that a call was given for itself; undefined for other subqueries. */
export function rowOfCall(subquery: Plan): Expression | undefined {
  if (subquery.kind !== 'values' || subquery.rows.length !== 1) return undefined;
  return subquery.rows[0]!.length === 1 ? subquery.rows[0]![0] : undefined;
}

/** A subquery's own expressions over groups, and those of a call; queries in it find grouped columns by their ids. */
export function applyOver(node: ApplyPlan, over: (expression: Expression) => Expression): ApplyPlan {
  const mapped = mapOwnExpressions(node, over) as ApplyPlan;
  if (rowOfCall(mapped.subquery) === undefined) return mapped;
  return { ...mapped, subquery: mapOwnExpressions(mapped.subquery, over) };
}

/** The subqueries whose value is still read, by the `used` columns or by a later one of them. */
export function stillRead(lifted: readonly ApplyPlan[], used: ReadonlySet<number>): ApplyPlan[] {
  const read = new Set(used);
  const kept: ApplyPlan[] = [];
  for (const node of lifted.toReversed()) {
    if (!read.has(node.column.id)) continue;
    for (const id of outerColumns(node)) read.add(id);
    kept.unshift(node);
  }
  return kept;
}

/** The subqueries that are run before the windows, and those after, as they read what a window gives. */
export function byWindows(
  lifted: readonly ApplyPlan[],
  windows: readonly WindowPlan[],
): { readonly before: readonly ApplyPlan[]; readonly after: readonly ApplyPlan[] } {
  const late = new Set(windows.flatMap(({ calls }) => calls.map(({ column }) => column.id)));
  const after = lifted.filter((node) => {
    const isLate = [...outerColumns(node)].some((id) => late.has(id));
    if (isLate) late.add(node.column.id);
    return isLate;
  });
  return { before: lifted.filter((node) => !after.includes(node)), after };
}
