/**
 * How each join runs: looking rows of the right side up in an index for each left row, or keeping the right side in a
 * hash table, or, without an equality, comparing all with all.
 */
import type { TreeMap } from '../../prolly/tree-map.ts';
import type { Expression } from '../expressions/expression.ts';
import { columnsRead, conjunction, conjuncts } from '../plan/expression-tree.ts';
import type { ColumnId, EqualityKey, JoinPlan, Plan } from '../plan/plan.ts';
import { idsOf, mapPlan } from '../plan/plan-tree.ts';
import { accessFor, LOOKUP_COST } from './access.ts';
import type { Estimator } from './estimate.ts';
import type { PassContext } from './optimize.ts';

export function chooseJoins(plan: Plan, { estimator }: PassContext): Plan {
  return mapPlan(plan, (node) =>
    node.kind === 'join' && node.strategy.kind === 'nestedLoop' ? choose(node, estimator) : node,
  );
}

/**
 * In units of a scanned row: a lookup, as running the right side anew has its price; what it costs more where its leaf is not
 * in the cache, and has to be read and decoded; a row of a hash table, and a row that is looked for there.
 */
const START_COST = 15;
const COLD_COST = 60;
const BUILD_COST = 1.5;
const PROBE_COST = 0.3;

function choose(join: JoinPlan, estimator: Estimator): Plan {
  const split = equalities(join);
  const hash = split.keys.length > 0 ? hashed(join, split, estimator) : undefined;
  const right = lookup(join, estimator);
  const left = join.join === 'inner' && !join.straight ? lookup(mirror(join), estimator) : undefined;
  const lookups = [right, left].filter((l) => l !== undefined);
  const [best] = lookups.sort((a, b) => a.cost - b.cost);
  if (best && (hash === undefined || best.cost < hash.cost)) return best.plan;
  return hash?.plan ?? join;
}

const mirror = (join: JoinPlan): JoinPlan => ({ ...join, left: join.right, right: join.left });

interface Choice {
  readonly plan: Plan;
  readonly cost: number;
}

interface Split {
  readonly keys: readonly EqualityKey[];
  readonly residual: readonly Expression[];
}

/** The terms that equate an expression of the left with one of the right, and the others. */
function equalities(join: JoinPlan): Split {
  const left = idsOf(join.left);
  const right = idsOf(join.right);
  const keys: EqualityKey[] = [];
  const residual: Expression[] = [];
  for (const term of conjuncts(join.condition)) {
    const key = term.kind === 'comparison' && term.operator === '=' ? term : undefined;
    if (key && reads(key.left, left, right) && reads(key.right, right, left)) keys.push(key);
    else if (key && reads(key.left, right, left) && reads(key.right, left, right)) {
      keys.push({ left: key.right, right: key.left, domain: key.domain });
    } else residual.push(term);
  }
  return { keys: keys.map(({ left: l, right: r, domain }) => ({ left: l, right: r, domain })), residual };
}

function reads(expression: Expression, some: ReadonlySet<ColumnId>, none: ReadonlySet<ColumnId>): boolean {
  const ids = [...columnsRead(expression)];
  return ids.some((id) => some.has(id)) && !ids.some((id) => none.has(id));
}

function hashed(join: JoinPlan, split: Split, estimator: Estimator): Choice {
  const left = estimator.rows(join.left);
  const right = estimator.rows(join.right);
  // The smaller side is kept; the written order stays where it hardly matters.
  const swap = join.join === 'inner' && !join.straight && right > 1000 && left * 2 < right;
  const keys = swap ? split.keys.map((k) => ({ ...k, left: k.right, right: k.left })) : split.keys;
  const plan: JoinPlan = {
    ...(swap ? mirror(join) : join),
    strategy: { kind: 'hash', keys, residual: conjunction(split.residual) },
  };
  const [probe, build] = swap ? [right, left] : [left, right];
  return { plan, cost: readCost(join.right, estimator) + (swap ? probe * PROBE_COST : 0) + build * BUILD_COST };
}

/** What reading a side costs: of a scan with a condition, more than the rows that pass. */
function readCost(plan: Plan, estimator: Estimator): number {
  if (plan.kind === 'scan') return accessFor(plan, conjuncts(plan.condition), estimator).best.cost;
  return estimator.rows(plan);
}

/** The right side as a scan that is run for each left row, with the join's terms among its own. */
function lookup(join: JoinPlan, estimator: Estimator): Choice | undefined {
  const scan = join.right;
  if (scan.kind !== 'scan') return undefined;
  const terms = conjuncts(join.condition);
  if (terms.length === 0) return undefined;
  const { best } = accessFor(scan, [...conjuncts(scan.condition), ...terms], estimator);
  // An index is of use only through values of the left row.
  const left = idsOf(join.left);
  if (![...best.served].some((term) => [...columnsRead(term)].some((id) => left.has(id)))) return undefined;
  const perRow = best.access.index === undefined || best.access.covering ? 1 : LOOKUP_COST;
  const cold = COLD_COST * coldPart(scan.source.table.rows.atHand);
  const cost = estimator.rows(join.left) * (START_COST + cold + best.rows * perRow);
  const right: Plan = { ...scan, condition: conjunction([...conjuncts(scan.condition), ...terms]) };
  return { plan: { ...join, right, condition: undefined, strategy: { kind: 'dependent' } }, cost };
}

/** The part of a tree's leaves that the cache has no room for; entries are taken to be as long as those of its first leaf. */
function coldPart(tree: TreeMap): number {
  const first = tree.at(0);
  if (first === undefined) return 0;
  const bytes = (first.node.bytes.length / first.node.count) * tree.count;
  return Math.max(0, 1 - tree.store.cacheBytes / bytes);
}
