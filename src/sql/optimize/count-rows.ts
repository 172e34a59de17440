/** COUNT(*) over a table, or over ranges of an index that are all of the condition, from the counts in the tree. */
import { reference } from '../plan/expression-tree.ts';
import type { AggregatePlan, Plan, ScanPlan } from '../plan/plan.ts';
import { mapPlan } from '../plan/plan-tree.ts';
import { BIGINT } from '../types/sql-type.ts';

export function countFromTrees(plan: Plan): Plan {
  return mapPlan(plan, (node) => (node.kind === 'aggregate' ? counted(node) : node));
}

function counted(plan: AggregatePlan): Plan {
  const countsRows = plan.aggregates.every((a) => a.aggregate.name === 'count' && a.aggregate.args.length === 0);
  if (plan.groups.length > 0 || plan.aggregates.length === 0 || !countsRows) return plan;
  const scan = scanBelow(plan.input);
  // Entries of a table without a primary key stand for several rows.
  if (!scan || scan.condition || scan.source.table.schema.isKeyless) return plan;
  const [first] = plan.aggregates;
  const { id, name } = first!.column;
  const column = { id, name, type: BIGINT, nullable: false };
  const count: Plan = { kind: 'count', source: scan.source, access: scan.access, column };
  if (plan.aggregates.length === 1) return count;
  return {
    kind: 'project',
    input: count,
    computed: plan.aggregates.map((a) => ({ column: a.column, expression: reference(column) })),
  };
}

function scanBelow(plan: Plan): ScanPlan | undefined {
  if (plan.kind === 'scan') return plan;
  return plan.kind === 'project' || (plan.kind === 'sort' && !plan.limit) ? scanBelow(plan.input) : undefined;
}
