/**
 * A common table that is read once is put where it is read, so that filters reach into it. One that nobody reads is
 * gone already.
 */
import { reference } from '../plan/expression-tree.ts';
import type { Plan } from '../plan/plan.ts';
import { childrenOf, columnsOf, mapPlan } from '../plan/plan-tree.ts';

export function inlineShared(plan: Plan): Plan {
  const uses = new Map<number, number>();
  const counted = new Set<number>();
  const count = (node: Plan): void => {
    visitOwn(node, (inner) => {
      if (inner.kind !== 'shared') return;
      uses.set(inner.share, (uses.get(inner.share) ?? 0) + 1);
      if (counted.has(inner.share)) return;
      counted.add(inner.share);
      count(inner.input);
    });
  };
  count(plan);
  return mapPlan(plan, (node) => {
    if (node.kind !== 'shared' || uses.get(node.share) !== 1) return node;
    const inner = columnsOf(node.input);
    const computed = node.columns.map((column, i) => ({ column, expression: reference(inner[i]!) }));
    return { kind: 'project', input: node.input, computed };
  });
}

/** Visits without going into the inputs of shared plans. */
function visitOwn(plan: Plan, visit: (node: Plan) => void): void {
  visit(plan);
  if (plan.kind === 'shared') return;
  for (const child of childrenOf(plan)) visitOwn(child, visit);
}
