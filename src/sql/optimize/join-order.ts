/**
 * The order of inner joins. A chain of them is a set of relations and a set of terms; relations are joined one after the
 * other, each time one that an equality connects to those before, the one that keeps the result smallest. Written order
 * decides where sizes do not. Outer, semi and straight joins stay as they are and count as relations.
 */
import type { Expression } from '../expressions/expression.ts';
import { columnsRead, conjunction, conjuncts, isVolatile } from '../plan/expression-tree.ts';
import type { ColumnId, Plan } from '../plan/plan.ts';
import { idsOf, mapChildren } from '../plan/plan-tree.ts';
import { type Estimator, joinedRows } from './estimate.ts';
import type { PassContext } from './optimize.ts';

export function orderJoins(plan: Plan, context: PassContext): Plan {
  return reorder(plan, context.estimator);
}

interface Relation {
  readonly plan: Plan;
  readonly ids: ReadonlySet<ColumnId>;
  readonly rows: number;
}

const reordered = new WeakMap<Plan, Plan>();

function reorder(plan: Plan, estimator: Estimator): Plan {
  if (plan.kind === 'shared') {
    const input = reordered.get(plan.input) ?? reorder(plan.input, estimator);
    reordered.set(plan.input, input);
    return { ...plan, input };
  }
  if (!isFree(plan)) return mapChildren(plan, (child) => reorder(child, estimator));
  const relations: Plan[] = [];
  const terms: Expression[] = [];
  flatten(plan, relations, terms);
  return arrange(
    relations.map((relation): Relation => {
      const inner = reorder(relation, estimator);
      return { plan: inner, ids: idsOf(inner), rows: Math.max(0.01, estimator.rows(inner)) };
    }),
    terms,
  );
}

function isFree(plan: Plan): plan is Plan & { kind: 'join' } {
  return plan.kind === 'join' && plan.join === 'inner' && plan.strategy.kind !== 'dependent' && !plan.straight;
}

function flatten(plan: Plan, relations: Plan[], terms: Expression[]): void {
  if (!isFree(plan)) {
    relations.push(plan);
    return;
  }
  flatten(plan.left, relations, terms);
  flatten(plan.right, relations, terms);
  terms.push(...conjuncts(plan.condition));
}

/** A relation must be this many times smaller than the first written one to come before it. */
const CLEARLY = 8;

function arrange(relations: readonly Relation[], terms: readonly Expression[]): Plan {
  const all = new Set(relations.flatMap((r) => [...r.ids]));
  const open = new Set(terms);
  const left = new Set(relations);
  const smallest = [...relations].reduce((best, r) => (r.rows < best.rows ? r : best));
  const first = smallest.rows * CLEARLY < relations[0]!.rows ? smallest : relations[0]!;
  left.delete(first);
  let plan = first.plan;
  let rows = first.rows;
  const ids = new Set(first.ids);
  const inside = (term: Expression, extra: ReadonlySet<ColumnId>): boolean =>
    [...columnsRead(term)].every((id) => ids.has(id) || extra.has(id) || !all.has(id));
  while (left.size > 0) {
    let best: { relation: Relation; rows: number; connected: boolean } | undefined;
    for (const relation of left) {
      const usable = [...open].filter((term) => !isVolatile(term) && inside(term, relation.ids));
      const connected = usable.some((term) => term.kind === 'comparison' && term.operator === '=');
      const joined = joinedRows(rows, relation.rows, conjunction(usable));
      if (
        best === undefined ||
        (connected && !best.connected) ||
        (connected === best.connected && joined * 2 < best.rows)
      ) {
        best = { relation, rows: joined, connected };
      }
    }
    const { relation } = best!;
    left.delete(relation);
    const now = [...open].filter((term) => inside(term, relation.ids) && (!isVolatile(term) || left.size === 0));
    for (const term of now) open.delete(term);
    for (const id of relation.ids) ids.add(id);
    rows = Math.max(0.01, best!.rows);
    plan = {
      kind: 'join',
      join: 'inner',
      left: plan,
      right: relation.plan,
      condition: conjunction(now),
      strategy: { kind: 'nestedLoop' },
    };
  }
  const rest = conjunction([...open]);
  return rest ? { kind: 'filter', input: plan, condition: rest } : plan;
}
