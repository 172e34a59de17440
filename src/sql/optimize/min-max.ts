/** MIN and MAX of a column that an index orders: the first row from that end. */
import * as build from '../expressions/build.ts';
import { conjunction, conjuncts, reference } from '../plan/expression-tree.ts';
import type { AggregatePlan, Plan, PlanColumn, ScanPlan } from '../plan/plan.ts';
import { mapPlan } from '../plan/plan-tree.ts';
import { isText } from '../types/sql-type.ts';
import type { Estimator } from './estimate.ts';
import type { PassContext } from './optimize.ts';
import { inOrder } from './ordering.ts';

export function endsFromIndexes(plan: Plan, { estimator }: PassContext): Plan {
  return mapPlan(plan, (node) => (node.kind === 'aggregate' ? fromEnd(node, estimator) : node));
}

function fromEnd(plan: AggregatePlan, estimator: Estimator): Plan {
  const [only] = plan.aggregates;
  if (plan.groups.length > 0 || plan.aggregates.length !== 1 || plan.input.kind !== 'scan') return plan;
  const { name, args } = only!.aggregate;
  const [argument] = args;
  if ((name !== 'min' && name !== 'max') || argument?.kind !== 'column') return plan;
  const scan = plan.input;
  const column = scan.columns.find((c) => c.column.id === argument.index)?.column;
  // Texts that compare equal may be different: which of them comes out is the aggregate's to say.
  if (!column || isText(column.type) || column.type.kind === 'enum' || column.type.kind === 'set') return plan;
  const wanted = notNull(scan, column);
  const keys = [{ expression: reference(column), descending: name === 'max' }];
  const input = inOrder(wanted, keys, 1, estimator);
  if (!input) return plan;
  const count = build.numberLiteral('1');
  return { ...plan, input: { kind: 'limit', input, count, offset: undefined } };
}

function notNull(scan: ScanPlan, column: PlanColumn): ScanPlan {
  if (!column.nullable) return scan;
  const term = build.isNull(reference(column), true);
  return { ...scan, condition: conjunction([...conjuncts(scan.condition), term]) };
}
