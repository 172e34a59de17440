/**
 * Drops columns that nobody reads: scans decode only what is used, projections compute it, and subqueries whose value
 * is not used are not run.
 */
import { collectColumns } from '../plan/expression-tree.ts';
import type { ColumnId, Plan } from '../plan/plan.ts';
import { columnsOf, expressionsOf, idsOf, isOneSided, outerColumns } from '../plan/plan-tree.ts';

export function pruneColumns(plan: Plan): Plan {
  return prune(plan, idsOf(plan));
}

const pruned = new WeakMap<Plan, Plan>();

function prune(plan: Plan, used: ReadonlySet<ColumnId>): Plan {
  /** What inputs must give: what the node reads, and what it passes on. */
  const needed = (): Set<ColumnId> => {
    const ids = new Set(used);
    for (const expression of expressionsOf(plan)) collectColumns(expression, ids);
    return ids;
  };
  switch (plan.kind) {
    case 'oneRow':
    case 'count':
    case 'workTable':
    case 'values':
    case 'computedRows':
      return plan;
    case 'empty':
      return { ...plan, columns: plan.columns.filter((c) => used.has(c.id)) };
    case 'scan':
    case 'virtual': {
      const read = needed();
      return { ...plan, columns: plan.columns.filter((c) => read.has(c.column.id)) };
    }
    case 'filter':
    case 'sort':
    case 'limit':
      return { ...plan, input: prune(plan.input, needed()) };
    case 'distinct':
      return { ...plan, input: prune(plan.input, idsOf(plan)) };
    case 'project': {
      const computed = plan.computed.filter((c) => used.has(c.column.id));
      return { ...plan, computed, input: prune(plan.input, readBy({ ...plan, computed })) };
    }
    case 'aggregate': {
      const aggregates = plan.aggregates.filter((a) => used.has(a.column.id));
      return { ...plan, aggregates, input: prune(plan.input, readBy({ ...plan, aggregates })) };
    }
    case 'window': {
      const calls = plan.calls.filter((c) => used.has(c.column.id));
      if (calls.length === 0) return prune(plan.input, used);
      const read = readBy({ ...plan, calls });
      return { ...plan, calls, input: prune(plan.input, new Set([...used, ...read])) };
    }
    case 'join': {
      const read = needed();
      if (plan.strategy.kind === 'dependent') for (const id of outerColumns(plan.right)) read.add(id);
      const own = isOneSided(plan) ? readBy(plan) : read;
      return { ...plan, left: prune(plan.left, read), right: prune(plan.right, own) };
    }
    case 'apply': {
      if (!used.has(plan.column.id)) return prune(plan.input, used);
      const read = needed();
      for (const id of outerColumns(plan.subquery)) read.add(id);
      const inner = plan.mode.kind === 'exists' ? new Set<ColumnId>() : idsOf(plan.subquery);
      return { ...plan, input: prune(plan.input, read), subquery: prune(plan.subquery, inner) };
    }
    case 'setOperation': {
      // Columns count by position, so all inputs keep the same.
      const keep = plan.columns.map((c) => plan.operation !== 'union' || !plan.all || used.has(c.id));
      const inputs = plan.inputs.map((input): Plan => {
        const columns = columnsOf(input).filter((_, i) => keep[i]);
        const inner = prune(input, new Set(columns.map((c) => c.id)));
        if (columnsOf(inner).length === columns.length) return inner;
        const computed = columns.map((column) => ({
          column,
          expression: { ...column, kind: 'column', index: column.id } as const,
        }));
        return { kind: 'project', input: inner, computed };
      });
      return { ...plan, inputs, columns: plan.columns.filter((_, i) => keep[i]) };
    }
    case 'recursive':
      return { ...plan, anchor: prune(plan.anchor, idsOf(plan.anchor)), step: prune(plan.step, idsOf(plan.step)) };
    case 'shared': {
      let input = pruned.get(plan.input);
      if (input === undefined) {
        input = prune(plan.input, idsOf(plan.input));
        pruned.set(plan.input, input);
      }
      return { ...plan, input };
    }
  }
}

function readBy(plan: Plan): Set<ColumnId> {
  const ids = new Set<ColumnId>();
  for (const expression of expressionsOf(plan)) collectColumns(expression, ids);
  return ids;
}
