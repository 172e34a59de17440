/** MIN and MAX of what an index orders, a column or an expression: the first row from that end. */
import * as build from '../expressions/build.ts';
import type { Expression } from '../expressions/expression.ts';
import { conjunction, conjuncts, mapColumns } from '../plan/expression-tree.ts';
import type { AggregatePlan, Plan } from '../plan/plan.ts';
import { mapPlan } from '../plan/plan-tree.ts';
import { isText } from '../types/sql-type.ts';
import type { Estimator } from './estimate.ts';
import type { PassContext } from './optimize.ts';
import { inOrder } from './ordering.ts';
import { scanColumnOf } from './sargs.ts';

export function endsFromIndexes(plan: Plan, { estimator }: PassContext): Plan {
  return mapPlan(plan, (node) => (node.kind === 'aggregate' ? fromEnd(node, estimator) : node));
}

function fromEnd(plan: AggregatePlan, estimator: Estimator): Plan {
  const [only] = plan.aggregates;
  if (plan.groups.length > 0 || plan.aggregates.length !== 1) return plan;
  const { name, args } = only!.aggregate;
  const [argument] = args;
  if ((name !== 'min' && name !== 'max') || argument === undefined) return plan;
  // Texts that compare equal may be different: which of them comes out is the aggregate's to say.
  const { type } = argument;
  if (isText(type) || type.kind === 'enum' || type.kind === 'set') return plan;
  const wanted = notNull(plan.input, argument);
  const keys = [{ expression: argument, descending: name === 'max' }];
  const input = wanted && inOrder(wanted, keys, 1, estimator);
  if (!input) return plan;
  const count = build.numberLiteral('1');
  return { ...plan, input: { kind: 'limit', input, count, offset: undefined } };
}

/** A scan, perhaps with projections over it, without the rows where the expression is NULL. */
function notNull(plan: Plan, expression: Expression): Plan | undefined {
  if (plan.kind === 'project') {
    const made = new Map(plan.computed.map((computed) => [computed.column.id, computed.expression]));
    const inner = mapColumns(expression, (column) => made.get(column.index) ?? column);
    const input = notNull(plan.input, inner);
    return input && { ...plan, input };
  }
  if (plan.kind !== 'scan' || scanColumnOf(expression, plan.columns, plan.indexed) === undefined) return undefined;
  if (!expression.nullable) return plan;
  const term = build.isNull(expression, true);
  return { ...plan, condition: conjunction([...conjuncts(plan.condition), term]) };
}
