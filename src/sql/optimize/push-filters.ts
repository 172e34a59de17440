/**
 * Moves every term of a condition as far down as the columns that it reads allow: through projections, sorts,
 * groupings and unions, to the side of a join that it speaks about, into scans. Outer joins whose missing rows a term
 * would drop anyway become inner ones on the way.
 *
 * Identities used (p over A only, q over B only, r over both):
 *   σp(A ⋈ B) = σp(A) ⋈ B        σp(A ⟕ B) = σp(A) ⟕ B       A ⟕q∧r B = A ⟕r σq(B)
 *   σq(A ⟕ B) = σq(A ⋈ B) when q is never true of NULLs. Not true, and not used: A ⟕p∧r B = σp(A) ⟕r B.
 */
import type { Expression } from '../expressions/expression.ts';
import {
  columnsRead,
  conjunction,
  conjuncts,
  isVolatile,
  mapColumns,
  operandsOf,
  reference,
} from '../plan/expression-tree.ts';
import type { ColumnId, JoinPlan, Plan } from '../plan/plan.ts';
import { columnsOf, idsOf, isOneSided, mapChildren } from '../plan/plan-tree.ts';

export function pushFilters(plan: Plan): Plan {
  return push(plan, []);
}

/** Inputs of shared plans that were rewritten: each is, once, however many read it. */
const shared = new WeakMap<Plan, Plan>();

/** The plan with the terms applied to it, as deep as possible. */
function push(plan: Plan, terms: readonly Expression[]): Plan {
  if (terms.some((term) => term.kind === 'literal' && term.value !== 1)) {
    return { kind: 'empty', columns: columnsOf(plan) };
  }
  const wanted = terms.filter((term) => term.kind !== 'literal');
  switch (plan.kind) {
    case 'filter': {
      const own = conjuncts(plan.condition);
      const [fixed, free] = split(own, (term) => !isVolatile(term));
      return filtered(push(plan.input, [...free, ...wanted]), fixed);
    }
    case 'project': {
      const computed = new Map(plan.computed.map((c) => [c.column.id, c.expression]));
      const [stay, go] = split(wanted, (term) =>
        [...columnsRead(term)].every((id) => {
          const expression = computed.get(id);
          return expression === undefined || !isVolatile(expression);
        }),
      );
      const moved = go.map((term) => mapColumns(term, (c) => fitting(computed.get(c.index), c) ?? c));
      return filtered({ ...plan, input: push(plan.input, moved) }, stay);
    }
    case 'sort':
      if (plan.limit)
        return filtered(
          mapChildren(plan, (child) => push(child, [])),
          wanted,
        );
      return { ...plan, input: push(plan.input, wanted) };
    case 'distinct':
      return { ...plan, input: push(plan.input, wanted) };
    case 'aggregate': {
      const groups = new Map(plan.groups.map((g) => [g.column.id, g.expression]));
      const movable = plan.rollup || plan.groups.length === 0 ? () => false : (t: Expression) => readsOnly(t, groups);
      const [stay, go] = split(wanted, movable);
      const moved = go.map((term) => mapColumns(term, (c) => fitting(groups.get(c.index), c) ?? c));
      return filtered({ ...plan, input: push(plan.input, moved) }, stay);
    }
    case 'window': {
      // A term on the partition decides about whole partitions.
      const keys = new Set(plan.partition.flatMap((e) => (e.kind === 'column' ? [e.index] : [])));
      const made = new Set(plan.calls.map((c) => c.column.id));
      const [stay, go] = split(wanted, (term) => {
        const read = [...columnsRead(term)];
        return read.some((id) => keys.has(id)) && read.every((id) => keys.has(id) && !made.has(id));
      });
      return filtered({ ...plan, input: push(plan.input, go) }, stay);
    }
    case 'apply': {
      const [stay, go] = split(wanted, (term) => !columnsRead(term).has(plan.column.id));
      return filtered({ ...plan, input: push(plan.input, go), subquery: push(plan.subquery, []) }, stay);
    }
    case 'setOperation': {
      if (plan.operation !== 'union')
        return filtered(
          mapChildren(plan, (child) => push(child, [])),
          wanted,
        );
      const inputs = plan.inputs.map((input) => {
        const columns = columnsOf(input);
        const byId = new Map(plan.columns.map((c, i) => [c.id, columns[i]!]));
        const moved = wanted.map((term) =>
          mapColumns(term, (c) => {
            const column = byId.get(c.index);
            return column ? { ...reference(column), type: c.type, nullable: true } : c;
          }),
        );
        return push(input, moved);
      });
      return { ...plan, inputs };
    }
    case 'join':
      return pushJoin(plan, wanted);
    case 'scan':
    case 'virtual': {
      const condition = conjunction([...conjuncts(plan.condition), ...wanted]);
      return condition === plan.condition ? plan : { ...plan, condition };
    }
    case 'empty':
      return plan;
    case 'shared': {
      let input = shared.get(plan.input);
      if (input === undefined) {
        input = push(plan.input, []);
        shared.set(plan.input, input);
      }
      return filtered({ ...plan, input }, wanted);
    }
    default:
      return filtered(
        mapChildren(plan, (child) => push(child, [])),
        wanted,
      );
  }
}

function pushJoin(plan: JoinPlan, terms: readonly Expression[]): Plan {
  const leftIds = idsOf(plan.left);
  const rightIds = idsOf(plan.right);
  const join = plan.join === 'left' && terms.some((t) => rejectsNulls(t, rightIds)) ? 'inner' : plan.join;
  const left: Expression[] = [];
  const right: Expression[] = [];
  const on: Expression[] = [];
  const stay: Expression[] = [];
  // Columns of neither side are the enclosing query's: such a term goes left.
  const overLeft = (t: Expression): boolean => !readsAny(t, rightIds);
  const overRight = (t: Expression): boolean => !readsAny(t, leftIds);
  for (const term of terms) {
    if (overLeft(term)) left.push(term);
    else if (join === 'inner') (overRight(term) ? right : on).push(term);
    else stay.push(term);
  }
  for (const term of conjuncts(plan.condition)) {
    if (isVolatile(term)) on.push(term);
    else if (overRight(term) && (join !== 'inner' || !overLeft(term))) right.push(term);
    else if (overLeft(term) && (join === 'inner' || join === 'semi')) left.push(term);
    else on.push(term);
  }
  const pushed: JoinPlan = {
    ...plan,
    join,
    left: push(plan.left, left),
    right: push(plan.right, right),
    condition: conjunction(on),
  };
  if (pushed.left.kind === 'empty' || (pushed.right.kind === 'empty' && (join === 'inner' || join === 'semi'))) {
    return { kind: 'empty', columns: columnsOf(plan) };
  }
  if (pushed.right.kind === 'empty' && isOneSided(plan)) return filtered(pushed.left, stay);
  return filtered(pushed, stay);
}

function split<T>(items: readonly T[], test: (item: T) => boolean): readonly [readonly T[], readonly T[]] {
  const no: T[] = [];
  const yes: T[] = [];
  for (const item of items) (test(item) ? yes : no).push(item);
  return [no, yes];
}

function filtered(input: Plan, terms: readonly Expression[]): Plan {
  const condition = conjunction(terms);
  return condition ? { kind: 'filter', input, condition } : input;
}

function readsOnly(term: Expression, columns: ReadonlyMap<ColumnId, Expression>): boolean {
  const read = [...columnsRead(term)];
  return read.length > 0 && read.every((id) => columns.has(id) && !isVolatile(columns.get(id)!));
}

function readsAny(term: Expression, ids: ReadonlySet<ColumnId>): boolean {
  for (const id of columnsRead(term)) if (ids.has(id)) return true;
  return false;
}

/** What a column was computed by, in place of the column. */
function fitting(expression: Expression | undefined, column: Expression): Expression | undefined {
  if (expression === undefined) return undefined;
  return expression.kind === 'column' ? { ...expression, type: column.type, nullable: column.nullable } : expression;
}

/** Whether a term is never true where all of these columns are NULL. */
export function rejectsNulls(term: Expression, ids: ReadonlySet<ColumnId>): boolean {
  switch (term.kind) {
    case 'and':
      return term.operands.some((operand) => rejectsNulls(operand, ids));
    case 'or':
      return term.operands.every((operand) => rejectsNulls(operand, ids));
    case 'comparison':
      return term.operator !== '<=>' && (isNullWith(term.left, ids) || isNullWith(term.right, ids));
    case 'inList':
    case 'like':
      return isNullWith(term.operand, ids);
    case 'isNull':
      return term.negated && isNullWith(term.operand, ids);
    case 'not':
      return isNullWith(term.operand, ids);
    default:
      return isNullWith(term, ids);
  }
}

/** Whether an expression is NULL for sure when these columns are. */
function isNullWith(expression: Expression, ids: ReadonlySet<ColumnId>): boolean {
  switch (expression.kind) {
    case 'column':
      return ids.has(expression.index);
    case 'convert':
    case 'collate':
    case 'truth':
    case 'negate':
    case 'not':
    case 'arithmetic':
    case 'xor':
    case 'bit':
    case 'bitNot':
      return operandsOf(expression).some((operand) => isNullWith(operand, ids));
    case 'comparison':
      return expression.operator !== '<=>' && operandsOf(expression).some((operand) => isNullWith(operand, ids));
    case 'inList':
    case 'like':
      return isNullWith(expression.operand, ids);
    case 'call':
      return !expression.call.handlesNull && expression.call.args.some((arg) => isNullWith(arg, ids));
    default:
      return false;
  }
}
