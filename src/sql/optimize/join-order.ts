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

interface Term {
  readonly expression: Expression;
  /** The relations' columns that it reads. */
  readonly ids: readonly ColumnId[];
  readonly isVolatile: boolean;
  readonly isEquality: boolean;
}

function arrange(relations: readonly Relation[], terms: readonly Expression[]): Plan {
  const all = new Set(relations.flatMap((r) => [...r.ids]));
  const open = new Set(
    terms.map(
      (expression): Term => ({
        expression,
        ids: [...columnsRead(expression)].filter((id) => all.has(id)),
        isVolatile: isVolatile(expression),
        isEquality: expression.kind === 'comparison' && expression.operator === '=',
      }),
    ),
  );
  const left = new Set(relations);
  const smallest = [...relations].reduce((best, r) => (r.rows < best.rows ? r : best));
  const first = smallest.rows * CLEARLY < relations[0]!.rows ? smallest : relations[0]!;
  left.delete(first);
  let plan = first.plan;
  let rows = first.rows;
  const ids = new Set(first.ids);
  /** The open terms that can be tested once a relation is joined. */
  const testable = (relation: Relation, last: boolean): readonly Term[] => {
    const found: Term[] = [];
    for (const term of open) {
      if (term.isVolatile && !last) continue;
      if (term.ids.every((id) => ids.has(id) || relation.ids.has(id))) found.push(term);
    }
    return found;
  };
  while (left.size > 0) {
    let best: { relation: Relation; rows: number; connected: boolean; terms: readonly Term[] } | undefined;
    for (const relation of left) {
      const usable = testable(relation, left.size === 1);
      const connected = usable.some((term) => term.isEquality);
      const joined = joinedRows(
        rows,
        relation.rows,
        usable.map((t) => t.expression),
      );
      if (
        best === undefined ||
        (connected && !best.connected) ||
        (connected === best.connected && joined * 2 < best.rows)
      ) {
        best = { relation, rows: joined, connected, terms: usable };
      }
    }
    const { relation, terms: now } = best!;
    left.delete(relation);
    for (const term of now) open.delete(term);
    for (const id of relation.ids) ids.add(id);
    rows = Math.max(0.01, best!.rows);
    plan = {
      kind: 'join',
      join: 'inner',
      left: plan,
      right: relation.plan,
      condition: conjunction(now.map((t) => t.expression)),
      strategy: { kind: 'nestedLoop' },
    };
  }
  const rest = conjunction([...open].map((t) => t.expression));
  return rest ? { kind: 'filter', input: plan, condition: rest } : plan;
}
