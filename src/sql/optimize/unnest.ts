/**
 * EXISTS, IN and their negations in WHERE become semi and anti joins, and terms of the subquery that read the outer row
 * become the join's condition. What stays an Apply: a subquery whose value is used otherwise (in an OR, in a list), NOT IN
 * where NULLs could tell unknown from false, and a subquery that needs the outer row for more than its condition.
 */
import type { Expression } from '../expressions/expression.ts';
import { collectColumns, columnsRead, conjunction, conjuncts, isVolatile } from '../plan/expression-tree.ts';
import type { ApplyPlan, ColumnId, JoinKind, Plan } from '../plan/plan.ts';
import { columnsOf, expressionsOf, idsOf, mapPlan, outerColumns, visitPlan } from '../plan/plan-tree.ts';

export function unnestSubqueries(plan: Plan): Plan {
  return mapPlan(plan, (node) => (node.kind === 'filter' ? unnest(node.input, conjuncts(node.condition)) : node));
}

/** Rewrites the Apply nodes right beneath a filter. */
function unnest(input: Plan, terms: readonly Expression[]): Plan {
  const applies: ApplyPlan[] = [];
  let base: Plan = input;
  for (; base.kind === 'apply'; base = base.input) applies.unshift(base);
  let plan: Plan = base;
  let rest = terms;
  for (const apply of applies) {
    const joined = asJoin(apply, plan, rest, applies);
    if (joined) {
      plan = joined.plan;
      rest = joined.rest;
    } else plan = { ...apply, input: plan };
  }
  const condition = conjunction(rest);
  return condition ? { kind: 'filter', input: plan, condition } : plan;
}

function asJoin(
  apply: ApplyPlan,
  left: Plan,
  terms: readonly Expression[],
  applies: readonly ApplyPlan[],
): { readonly plan: Plan; readonly rest: readonly Expression[] } | undefined {
  const { id } = apply.column;
  const term = terms.find((t) => isColumn(t, id) || (t.kind === 'not' && isColumn(t.operand, id)));
  if (!term || apply.mode.kind === 'scalar') return undefined;
  const rest = terms.filter((t) => t !== term);
  if (columnsRead(...rest).has(id) || applies.some((other) => other !== apply && reads(other, id))) return undefined;
  const negated = term.kind === 'not';
  const join: JoinKind = negated ? 'anti' : 'semi';
  if (apply.mode.kind === 'exists') {
    const found = decorrelated(stripped(apply.subquery), idsOf(left));
    if (!found) return undefined;
    const condition = conjunction(found.terms);
    return { plan: { kind: 'join', join, left, right: found.plan, condition, strategy: { kind: 'nestedLoop' } }, rest };
  }
  const { quantifier, condition } = apply.mode;
  if (quantifier !== 'any' || isVolatile(condition)) return undefined;
  // With NOT, unknown must not become true: only where the comparison is never NULL.
  if (negated && condition.nullable) return undefined;
  const found = decorrelated(apply.subquery, idsOf(left));
  if (!found) return undefined;
  const on = conjunction([...conjuncts(condition), ...found.terms]);
  return {
    plan: { kind: 'join', join, left, right: found.plan, condition: on, strategy: { kind: 'nestedLoop' } },
    rest,
  };
}

function isColumn(expression: Expression, id: ColumnId): boolean {
  return expression.kind === 'column' && expression.index === id;
}

function reads(apply: ApplyPlan, id: ColumnId): boolean {
  return outerColumns(apply.subquery).has(id) || columnsRead(...expressionsOf(apply)).has(id);
}

/** What EXISTS does not look at: order, the list, duplicates. */
function stripped(plan: Plan): Plan {
  switch (plan.kind) {
    case 'project':
    case 'distinct':
      return stripped(plan.input);
    case 'sort':
      return plan.limit ? plan : stripped(plan.input);
    default:
      return plan;
  }
}

/**
 * The plan without its terms that read outer columns, and these terms; undefined when it reads outer columns elsewhere.
 * Columns that the terms read are passed on through projections.
 */
function decorrelated(
  plan: Plan,
  outer: ReadonlySet<ColumnId>,
): { readonly plan: Plan; readonly terms: readonly Expression[] } | undefined {
  const terms: Expression[] = [];
  const lifted = lift(plan, outer, terms);
  if (lifted === undefined) return undefined;
  const made = idsOf(lifted);
  const readable = collectAll(terms);
  for (const id of readable) if (!outer.has(id) && !made.has(id) && madeInside(plan, id)) return undefined;
  for (const id of outerColumns(lifted)) if (outer.has(id)) return undefined;
  return { plan: lifted, terms };
}

function lift(plan: Plan, outer: ReadonlySet<ColumnId>, into: Expression[]): Plan | undefined {
  switch (plan.kind) {
    case 'filter': {
      const input = lift(plan.input, outer, into);
      if (!input) return undefined;
      const own = conjuncts(plan.condition);
      const correlated = own.filter((term) => [...columnsRead(term)].some((id) => outer.has(id)));
      if (correlated.some(isVolatile)) return undefined;
      into.push(...correlated);
      const condition = conjunction(own.filter((term) => !correlated.includes(term)));
      return condition ? { ...plan, input, condition } : input;
    }
    case 'join': {
      if (plan.join !== 'inner' || plan.strategy.kind === 'dependent') return plan;
      const left = lift(plan.left, outer, into);
      const right = lift(plan.right, outer, into);
      return left && right ? { ...plan, left, right } : undefined;
    }
    case 'project': {
      const terms: Expression[] = [];
      const input = lift(plan.input, outer, terms);
      if (!input) return undefined;
      into.push(...terms);
      const passed = new Set(plan.computed.map((c) => c.column.id));
      const inner = [...idsOf(input)];
      const needed = collectAll(terms);
      const missing = inner.filter((id) => needed.has(id) && !passed.has(id));
      if (missing.length === 0) return { ...plan, input };
      const byId = new Map(columnsOf(input).map((c) => [c.id, c] as const));
      const extra = missing.map((id) => {
        const column = byId.get(id)!;
        const expression: Expression = {
          kind: 'column',
          index: id,
          name: column.name,
          type: column.type,
          nullable: column.nullable,
        };
        return { column, expression };
      });
      return { ...plan, input, computed: [...plan.computed, ...extra] };
    }
    case 'sort': {
      if (plan.limit) return plan;
      return lift(plan.input, outer, into);
    }
    default:
      return plan;
  }
}

function collectAll(terms: readonly Expression[]): Set<ColumnId> {
  const ids = new Set<ColumnId>();
  for (const term of terms) collectColumns(term, ids);
  return ids;
}

function madeInside(plan: Plan, id: ColumnId): boolean {
  let found = false;
  visitPlan(plan, (node) => {
    found ||= idsOf(node).has(id);
  });
  return found;
}
