/** Checks a plan: what a node reads, its inputs make, or an enclosing node has set. Bugs of passes end here, by name. */
import { assert } from '../../base/errors.ts';
import { columnsRead } from '../plan/expression-tree.ts';
import type { ColumnId, Plan } from '../plan/plan.ts';
import { childrenOf, columnsOf, expressionsOf, idsOf } from '../plan/plan-tree.ts';

export function verifyColumns(plan: Plan, pass: string): void {
  verify(plan, new Set(), pass);
}

function verify(plan: Plan, outer: ReadonlySet<ColumnId>, pass: string): void {
  const inputs = childrenOf(plan);
  const visible = new Set(outer);
  for (const input of inputs) for (const id of idsOf(input)) visible.add(id);
  if (inputs.length === 0) for (const id of idsOf(plan)) visible.add(id);
  for (const expression of expressionsOf(plan)) {
    for (const id of columnsRead(expression)) {
      assert(visible.has(id), `after ${pass}: ${plan.kind} reads column ${id}, which nothing makes`);
    }
  }
  if (plan.kind === 'setOperation') {
    for (const input of plan.inputs) {
      assert(columnsOf(input).length === plan.columns.length, `after ${pass}: widths of a set operation differ`);
    }
  }
  if (plan.kind === 'shared') {
    assert(columnsOf(plan.input).length === plan.columns.length, `after ${pass}: width of a shared plan differs`);
  }
  // What a node of this plan reads from its left side, its right side may read as slots.
  const [first, second] = inputs;
  const inside =
    plan.kind === 'apply' || (plan.kind === 'join' && plan.strategy.kind === 'dependent')
      ? new Set([...outer, ...idsOf(first!)])
      : outer;
  if (first) verify(first, outer, pass);
  if (second) verify(second, inside, pass);
  for (const rest of inputs.slice(2)) verify(rest, outer, pass);
}
