/**
 * Sorts that an index makes unnecessary, and sorts under a LIMIT that need not keep all rows. Rows keep the order of
 * the scan through filters, projections, subqueries and the left sides of joins, and groups come in the order of their
 * first rows, so a sort is dropped when the scan at the bottom of that path gives the wanted order, forwards or
 * backwards: of its columns, or of expressions over them that an index has.
 */
import type { Expression } from '../expressions/expression.ts';
import { columnsRead, mapColumns } from '../plan/expression-tree.ts';
import { keyColumns } from '../plan/index-shape.ts';
import type { Access, Computed, LimitPlan, Plan, ScanPlan, SortKey, SortPlan } from '../plan/plan.ts';
import { mapPlan } from '../plan/plan-tree.ts';
import { covers, LOOKUP_COST, usableIndexes } from './access.ts';
import type { Estimator } from './estimate.ts';
import type { PassContext } from './optimize.ts';
import { scanColumnOf } from './sargs.ts';

export function useOrder(plan: Plan, { estimator }: PassContext): Plan {
  // Limits first: they stand above their sorts.
  const limited = mapPlan(plan, (node) => (node.kind === 'limit' ? intoSort(node) : node));
  return mapPlan(limited, (node) => (node.kind === 'sort' ? withoutSort(node, estimator) : node));
}

/** LIMIT over a sort, perhaps with projections in between, becomes the sort's own. */
function intoSort(limit: LimitPlan): Plan {
  if (!limit.count) return limit;
  const descend = (plan: Plan): Plan | undefined => {
    if (plan.kind === 'sort' && !plan.limit) return { ...plan, limit: { count: limit.count!, offset: limit.offset } };
    if (plan.kind !== 'project') return undefined;
    const input = descend(plan.input);
    return input && { ...plan, input };
  };
  return descend(limit.input) ?? limit;
}

function withoutSort(sort: SortPlan, estimator: Estimator): Plan {
  const ordered = inOrder(sort.input, sort.keys, wantedRows(sort), estimator);
  if (!ordered) return sort;
  if (!sort.limit) return ordered;
  return { kind: 'limit', input: ordered, count: sort.limit.count, offset: sort.limit.offset };
}

/** Rows that will be read from a sort; infinite without a known limit. */
function wantedRows(sort: SortPlan): number {
  const number = (e: Expression | undefined): number =>
    e === undefined ? 0 : e.kind === 'literal' && e.value !== null ? Number(e.value) : Number.POSITIVE_INFINITY;
  return sort.limit ? number(sort.limit.count) + number(sort.limit.offset) : Number.POSITIVE_INFINITY;
}

/** The plan with its rows in this order, without a sort; undefined when no index gives it at a good price. */
export function inOrder(plan: Plan, keys: readonly SortKey[], wanted: number, estimator: Estimator): Plan | undefined {
  switch (plan.kind) {
    case 'filter':
    case 'apply': {
      const input = inOrder(plan.input, keys, plan.kind === 'apply' ? wanted : wanted * 4, estimator);
      return input && { ...plan, input };
    }
    case 'distinct': {
      const input = inOrder(plan.input, keys, Number.POSITIVE_INFINITY, estimator);
      return input && { ...plan, input };
    }
    case 'project': {
      const input = inOrder(plan.input, through(keys, plan.computed), wanted, estimator);
      return input && { ...plan, input };
    }
    case 'aggregate': {
      if (plan.rollup || plan.groups.length === 0) return undefined;
      const groups = new Set(plan.groups.map(({ column }) => column.id));
      const isOfGroups = [...columnsRead(...keys.map(({ expression }) => expression))].every((id) => groups.has(id));
      if (!isOfGroups) return undefined;
      const input = inOrder(plan.input, through(keys, plan.groups), Number.POSITIVE_INFINITY, estimator);
      return input && { ...plan, input };
    }
    case 'join': {
      const left = inOrder(plan.left, keys, Number.POSITIVE_INFINITY, estimator);
      return left && { ...plan, left };
    }
    case 'scan':
      return orderedScan(plan, keys, wanted, estimator);
    case 'count':
    case 'oneRow':
    case 'empty':
      return plan;
    default:
      return undefined;
  }
}

/** The keys in terms of what computed columns are made of. */
function through(keys: readonly SortKey[], computed: readonly Computed[]): readonly SortKey[] {
  const made = new Map(computed.map(({ column, expression }) => [column.id, expression]));
  return keys.map(({ expression, descending }) => ({
    expression: mapColumns(expression, (column) => made.get(column.index) ?? column),
    descending,
  }));
}

function orderedScan(
  scan: ScanPlan,
  keys: readonly SortKey[],
  wanted: number,
  estimator: Estimator,
): ScanPlan | undefined {
  const ordinals: { ordinal: number; descending: boolean }[] = [];
  for (const { expression, descending } of keys) {
    const found = scanColumnOf(expression, scan.columns, scan.indexed);
    if (!found) return undefined;
    ordinals.push({ ordinal: found.ordinal, descending });
  }
  const current = direction(scan, scan.access, ordinals);
  if (current) return { ...scan, reverse: current === 'backwards' };
  if (scan.access.ranges || scan.access.matching) return undefined;
  // Another index is worth it when few of its rows are read, or when it holds all that is read.
  const total = scan.source.table.rows.atHand.count;
  const passing = Math.max(estimator.rows(scan), 1) / Math.max(total, 1);
  const read = Math.min(total, wanted / passing);
  let best: { readonly plan: ScanPlan; readonly cost: number } | undefined;
  for (const index of usableIndexes(scan)) {
    if (index === undefined || (index.prefixLengths[0] ?? 0) > 0) continue;
    const access: Access = { index, ranges: undefined, covering: covers(scan, index) };
    const found = direction(scan, access, ordinals);
    const cost = read * (access.covering ? 1 : LOOKUP_COST);
    if (!found || (best && best.cost <= cost)) continue;
    best = { plan: { ...scan, access, reverse: found === 'backwards' }, cost };
  }
  return best && best.cost < total * 1.2 + 50 ? best.plan : undefined;
}

/** In which direction an index gives the order, if it does. */
function direction(
  scan: ScanPlan,
  { index, ranges }: Access,
  keys: readonly { ordinal: number; descending: boolean }[],
): 'forwards' | 'backwards' | undefined {
  const fields = keyColumns(scan.source.table, index);
  // Fields that are the same in all entries of the only range do not count.
  const only = ranges?.length === 1 ? ranges[0] : undefined;
  const fixed = new Set(fields.slice(0, only?.equal.length ?? 0));
  let at = fixed.size;
  let descending: boolean | undefined;
  for (const key of keys) {
    if (fixed.has(key.ordinal)) continue;
    // All fields together are a key: nothing is left to order.
    if (at >= fields.length) break;
    if (fields[at] !== key.ordinal || (index?.prefixLengths[at] ?? 0) > 0) return undefined;
    const { kind } = scan.source.columns[key.ordinal]!.type;
    if (kind === 'json' || kind === 'geometry') return undefined;
    descending ??= key.descending;
    if (descending !== key.descending) return undefined;
    fixed.add(key.ordinal);
    at++;
  }
  return descending ? 'backwards' : 'forwards';
}
