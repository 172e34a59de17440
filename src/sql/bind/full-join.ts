/**
 * FULL OUTER JOIN, which MySQL lacks and Dolt has: a LEFT JOIN, and after it the rows of the right side that meet none of the
 * left, with NULLs in the left side's columns. Both sides are bound twice, since a plan's columns have one place each.
 */
import { assert } from '../../base/errors.ts';
import * as build from '../expressions/build.ts';
import type { Expression } from '../expressions/expression.ts';
import { reference } from '../plan/expression-tree.ts';
import type { Plan, PlanColumn } from '../plan/plan.ts';
import { idsOf } from '../plan/plan-tree.ts';
import type { Binder } from './binder.ts';
import { type ScopeColumn, sameName } from './scope.ts';

interface Bound {
  readonly plan: Plan;
  readonly columns: readonly ScopeColumn[];
}

/** `left` and `right` are the same tables, bound as LEFT and as RIGHT JOIN; the first `shared` columns of both stand for two. */
export function fullJoin(left: Bound, right: Bound, shared: number, binder: Binder): Bound {
  const only = withoutPartner(right.plan);
  const there = idsOf(only);
  const valueIn = (column: PlanColumn | undefined, type: PlanColumn['type']): Expression =>
    column !== undefined && there.has(column.id) ? build.coerce(reference(column), type) : build.nullLiteral(type);
  const partner = (column: ScopeColumn): ScopeColumn | undefined =>
    right.columns.find((c) => c.table === column.table && c.database === column.database && c.name === column.name);

  const merged = left.columns.slice(0, shared);
  const named = [...left.columns.slice(shared), ...merged.map((column) => ({ ...column, qualifiedOnly: true }))];
  const seen = [
    ...merged.map(({ name, column }) => ({ table: undefined, database: undefined, name, column })),
    ...named,
  ];
  const rights = right.columns.slice(0, shared);
  const found = [...merged.map(({ name }) => rights.find((c) => sameName(c.name, name))), ...named.map(partner)];
  const columns = seen.map(({ name, column }) => binder.column(name, column.type, true));
  const input = (plan: Plan, value: (i: number) => Expression): Plan => ({
    kind: 'project',
    input: plan,
    computed: columns.map(({ name, type }, i) => ({ column: binder.column(name, type, true), expression: value(i) })),
  });
  const inputs = [
    input(left.plan, (i) => reference(seen[i]!.column)),
    input(only, (i) => valueIn(found[i]?.column, columns[i]!.type)),
  ];
  return {
    plan: { kind: 'setOperation', operation: 'union', all: true, inputs, columns },
    columns: seen.map((column, i) => ({ ...column, column: columns[i]! })),
  };
}

/** The outer side's rows of an outer join that no row of the other side meets. */
function withoutPartner(plan: Plan): Plan {
  assert(plan.kind === 'join' && plan.join === 'left', 'an outer join is a join');
  return { ...plan, join: 'anti' };
}
