/** Walking and rewriting plans. Parts that do not change are shared with the original. */
import { unreachable } from '../../base/errors.ts';
import type { Expression } from '../expressions/expression.ts';
import { collectColumns, mapColumns } from './expression-tree.ts';
import type {
  ColumnId,
  Computed,
  EqualityKey,
  FrameEnd,
  JoinPlan,
  KeyRange,
  Plan,
  PlanColumn,
  SortKey,
} from './plan.ts';

const columns = new WeakMap<Plan, readonly PlanColumn[]>();
const ids = new WeakMap<Plan, ReadonlySet<ColumnId>>();

/** The columns that a plan makes, in the order of its batches. */
export function columnsOf(plan: Plan): readonly PlanColumn[] {
  let found = columns.get(plan);
  if (found === undefined) {
    found = listColumns(plan);
    columns.set(plan, found);
  }
  return found;
}

function listColumns(plan: Plan): readonly PlanColumn[] {
  switch (plan.kind) {
    case 'oneRow':
      return [];
    case 'empty':
    case 'values':
    case 'computedRows':
    case 'setOperation':
    case 'recursive':
    case 'workTable':
    case 'shared':
      return plan.columns;
    case 'scan':
    case 'virtual':
      return plan.columns.map((c) => c.column);
    case 'count':
      return [plan.column];
    case 'filter':
    case 'sort':
    case 'limit':
    case 'distinct':
      return columnsOf(plan.input);
    case 'project':
      return plan.computed.map((c) => c.column);
    case 'aggregate': {
      const made = [...plan.groups.map((g) => g.column), ...plan.aggregates.map((a) => a.column)];
      return plan.grouping ? [...made, plan.grouping] : made;
    }
    case 'window':
      return [...columnsOf(plan.input), ...plan.calls.map((c) => c.column)];
    case 'join':
      return isOneSided(plan) ? columnsOf(plan.left) : [...columnsOf(plan.left), ...columnsOf(plan.right)];
    case 'apply':
      return [...columnsOf(plan.input), plan.column];
    default:
      return unreachable(plan);
  }
}

/** Semi and anti joins give left rows only. */
export function isOneSided(join: JoinPlan): boolean {
  return join.join === 'semi' || join.join === 'anti';
}

export function idsOf(plan: Plan): ReadonlySet<ColumnId> {
  let found = ids.get(plan);
  if (found === undefined) {
    found = new Set(columnsOf(plan).map((c) => c.id));
    ids.set(plan, found);
  }
  return found;
}

export function childrenOf(plan: Plan): readonly Plan[] {
  switch (plan.kind) {
    case 'oneRow':
    case 'empty':
    case 'values':
    case 'scan':
    case 'virtual':
    case 'computedRows':
    case 'count':
    case 'workTable':
      return [];
    case 'filter':
    case 'project':
    case 'aggregate':
    case 'window':
    case 'sort':
    case 'limit':
    case 'distinct':
    case 'shared':
      return [plan.input];
    case 'join':
      return [plan.left, plan.right];
    case 'apply':
      return [plan.input, plan.subquery];
    case 'setOperation':
      return plan.inputs;
    case 'recursive':
      return [plan.anchor, plan.step];
    default:
      return unreachable(plan);
  }
}

/** The same node over other children. */
export function mapChildren(plan: Plan, map: (child: Plan) => Plan): Plan {
  switch (plan.kind) {
    case 'oneRow':
    case 'empty':
    case 'values':
    case 'scan':
    case 'virtual':
    case 'computedRows':
    case 'count':
    case 'workTable':
      return plan;
    case 'filter':
    case 'project':
    case 'aggregate':
    case 'window':
    case 'sort':
    case 'limit':
    case 'distinct':
    case 'shared': {
      const input = map(plan.input);
      return input === plan.input ? plan : { ...plan, input };
    }
    case 'join': {
      const left = map(plan.left);
      const right = map(plan.right);
      return left === plan.left && right === plan.right ? plan : { ...plan, left, right };
    }
    case 'apply': {
      const input = map(plan.input);
      const subquery = map(plan.subquery);
      return input === plan.input && subquery === plan.subquery ? plan : { ...plan, input, subquery };
    }
    case 'setOperation': {
      const inputs = plan.inputs.map(map);
      return inputs.every((input, i) => input === plan.inputs[i]) ? plan : { ...plan, inputs };
    }
    case 'recursive': {
      const anchor = map(plan.anchor);
      const step = map(plan.step);
      return anchor === plan.anchor && step === plan.step ? plan : { ...plan, anchor, step };
    }
    default:
      return unreachable(plan);
  }
}

/** Rewrites from the leaves up. A shared plan stays shared: each `share` is rewritten once. */
export function mapPlan(plan: Plan, rewrite: (node: Plan) => Plan): Plan {
  const shared = new Map<number, Plan>();
  const walk = (node: Plan): Plan => {
    if (node.kind !== 'shared') return rewrite(mapChildren(node, walk));
    const input = shared.get(node.share) ?? walk(node.input);
    shared.set(node.share, input);
    return rewrite(input === node.input ? node : { ...node, input });
  };
  return walk(plan);
}

export function visitPlan(plan: Plan, visit: (node: Plan) => void): void {
  visit(plan);
  for (const child of childrenOf(plan)) visitPlan(child, visit);
}

/** The expressions that a node evaluates itself, its children's left out. */
export function expressionsOf(plan: Plan): readonly Expression[] {
  switch (plan.kind) {
    case 'oneRow':
    case 'empty':
    case 'distinct':
    case 'setOperation':
    case 'recursive':
    case 'workTable':
    case 'shared':
      return [];
    case 'values':
      return plan.rows.flat();
    case 'computedRows':
      return plan.args;
    case 'scan':
      return [...(plan.condition ? [plan.condition] : []), ...(plan.access.ranges ?? []).flatMap(expressionsOfRange)];
    case 'count':
      return (plan.access.ranges ?? []).flatMap(expressionsOfRange);
    case 'virtual':
      return [...(plan.condition ? [plan.condition] : []), ...plan.equalities.flatMap((e) => e.values)];
    case 'filter':
      return [plan.condition];
    case 'project':
      return plan.computed.map((c) => c.expression);
    case 'aggregate':
      return [...plan.groups.map((g) => g.expression), ...plan.aggregates.flatMap((a) => a.aggregate.args)];
    case 'window':
      return [
        ...plan.partition,
        ...plan.order.map((k) => k.expression),
        ...plan.calls.flatMap((c) => [
          ...(c.function.kind === 'ranking' ? c.function.args : c.function.aggregate.args),
          ...[c.frame?.from, c.frame?.to].flatMap((end) => (end ? expressionsOfEnd(end) : [])),
        ]),
      ];
    case 'sort':
      return [
        ...plan.keys.map((k) => k.expression),
        ...(plan.limit ? [plan.limit.count, ...(plan.limit.offset ? [plan.limit.offset] : [])] : []),
      ];
    case 'limit':
      return [...(plan.count ? [plan.count] : []), ...(plan.offset ? [plan.offset] : [])];
    case 'join': {
      const { strategy } = plan;
      const own = plan.condition ? [plan.condition] : [];
      if (strategy.kind !== 'hash') return own;
      const residual = strategy.residual ? [strategy.residual] : [];
      return [...own, ...strategy.keys.flatMap((k) => [k.left, k.right]), ...residual];
    }
    case 'apply': {
      if (plan.mode.kind !== 'quantified') return [];
      const { condition, keys } = plan.mode;
      return [condition, ...(keys ?? []).flatMap((k) => [k.left, k.right])];
    }
    default:
      return unreachable(plan);
  }
}

function expressionsOfEnd(end: FrameEnd): readonly Expression[] {
  if ('offset' in end) return [end.offset];
  return 'limit' in end ? [end.limit] : [];
}

function expressionsOfRange(range: KeyRange): readonly Expression[] {
  const ends = [range.from, range.to].flatMap((end) => (end ? [end.value] : []));
  return [...range.equal.map((e) => e.value), ...ends];
}

/** The same node with each of its own expressions rewritten; children stay. */
export function mapOwnExpressions(plan: Plan, map: (expression: Expression) => Expression): Plan {
  const optional = (expression: Expression | undefined): Expression | undefined => expression && map(expression);
  const key = (k: SortKey): SortKey => ({ ...k, expression: map(k.expression) });
  const computed = (c: Computed): Computed => ({ ...c, expression: map(c.expression) });
  const equality = (k: EqualityKey): EqualityKey => ({ ...k, left: map(k.left), right: map(k.right) });
  const range = (r: KeyRange): KeyRange => ({
    ...r,
    equal: r.equal.map((e) => ({ ...e, value: map(e.value) })),
    from: r.from && { ...r.from, value: map(r.from.value) },
    to: r.to && { ...r.to, value: map(r.to.value) },
  });
  switch (plan.kind) {
    case 'oneRow':
    case 'empty':
    case 'distinct':
    case 'setOperation':
    case 'recursive':
    case 'workTable':
    case 'shared':
      return plan;
    case 'computedRows':
      return { ...plan, args: plan.args.map(map) };
    case 'values':
      return { ...plan, rows: plan.rows.map((row) => row.map(map)) };
    case 'scan':
      return {
        ...plan,
        condition: optional(plan.condition),
        access: { ...plan.access, ranges: plan.access.ranges?.map(range) },
      };
    case 'count':
      return { ...plan, access: { ...plan.access, ranges: plan.access.ranges?.map(range) } };
    case 'virtual':
      return {
        ...plan,
        condition: optional(plan.condition),
        equalities: plan.equalities.map((e) => ({ ...e, values: e.values.map(map) })),
      };
    case 'filter':
      return { ...plan, condition: map(plan.condition) };
    case 'project':
      return { ...plan, computed: plan.computed.map(computed) };
    case 'aggregate':
      return {
        ...plan,
        groups: plan.groups.map(computed),
        aggregates: plan.aggregates.map((a) => ({
          ...a,
          aggregate: { ...a.aggregate, args: a.aggregate.args.map(map) },
        })),
      };
    case 'window':
      return {
        ...plan,
        partition: plan.partition.map(map),
        order: plan.order.map(key),
        calls: plan.calls.map((c) => ({
          ...c,
          frame: c.frame && { ...c.frame, from: mapEnd(c.frame.from, map), to: mapEnd(c.frame.to, map) },
          function:
            c.function.kind === 'ranking'
              ? { ...c.function, args: c.function.args.map(map) }
              : { ...c.function, aggregate: { ...c.function.aggregate, args: c.function.aggregate.args.map(map) } },
        })),
      };
    case 'sort':
      return { ...plan, keys: plan.keys.map(key) };
    case 'limit':
      return plan;
    case 'join': {
      const { strategy } = plan;
      return {
        ...plan,
        condition: optional(plan.condition),
        strategy:
          strategy.kind === 'hash'
            ? { ...strategy, keys: strategy.keys.map(equality), residual: optional(strategy.residual) }
            : strategy,
      };
    }
    case 'apply': {
      if (plan.mode.kind !== 'quantified') return plan;
      const { keys } = plan.mode;
      return {
        ...plan,
        mode: {
          ...plan.mode,
          condition: map(plan.mode.condition),
          keys: keys?.map(equality),
        },
      };
    }
    default:
      return unreachable(plan);
  }
}

/** An offset is a constant of the execution, a limit an expression of the row. */
function mapEnd(end: FrameEnd, map: (expression: Expression) => Expression): FrameEnd {
  return 'limit' in end ? { ...end, limit: map(end.limit) } : end;
}

/** The ids that a plan reads and does not make itself: columns of enclosing queries. */
export function outerColumns(plan: Plan): Set<ColumnId> {
  const read = new Set<ColumnId>();
  const made = new Set<ColumnId>();
  visitPlan(plan, (node) => {
    for (const expression of expressionsOf(node)) collectColumns(expression, read);
    for (const column of madeBy(node)) made.add(column.id);
  });
  for (const id of made) read.delete(id);
  return read;
}

/** The columns that a node adds to those of its inputs. */
function madeBy(plan: Plan): readonly PlanColumn[] {
  switch (plan.kind) {
    case 'filter':
    case 'sort':
    case 'limit':
    case 'distinct':
    case 'join':
      return [];
    case 'apply':
      return [plan.column];
    case 'window':
      return plan.calls.map((c) => c.column);
    default:
      return columnsOf(plan);
  }
}

/** Replaces columns by expressions everywhere in a plan, in what nodes read (what they make stays). */
export function substitute(plan: Plan, replacements: ReadonlyMap<ColumnId, Expression>): Plan {
  if (replacements.size === 0) return plan;
  return mapPlan(plan, (node) =>
    mapOwnExpressions(node, (e) => mapColumns(e, (column) => replacements.get(column.index) ?? column)),
  );
}
