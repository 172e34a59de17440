/**
 * How many rows plans give. Counts of tables and ranges are exact where their values are known; conditions and joins
 * are guessed.
 */

import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import type { Expression } from '../expressions/expression.ts';
import { conjuncts, isVolatile, someExpression } from '../plan/expression-tree.ts';
import { IndexRanges } from '../plan/index-ranges.ts';
import type { IndexShape } from '../plan/index-shape.ts';
import type { JoinPlan, KeyRange, Plan, ScanPlan } from '../plan/plan.ts';
import { accessFor } from './access.ts';

/** The part of rows that a term lets pass, where nothing better is known. */
function selectivity(term: Expression): number {
  switch (term.kind) {
    case 'comparison':
      return term.operator === '=' || term.operator === '<=>' ? 0.1 : term.operator === '<>' ? 0.9 : 0.35;
    case 'inList':
      return Math.min(0.5, 0.1 * term.list.length);
    case 'isNull':
      return term.negated ? 0.9 : 0.1;
    case 'like':
      return 0.2;
    case 'or':
      return Math.min(
        1,
        term.operands.reduce((sum, operand) => sum + selectivity(operand), 0),
      );
    case 'and':
      return term.operands.reduce((product, operand) => product * selectivity(operand), 1);
    case 'not':
      return 1 - selectivity(term.operand);
    default:
      return 0.5;
  }
}

const passing = (rows: number, condition: Expression | undefined): number =>
  conjuncts(condition).reduce((left, term) => left * selectivity(term), rows);

/** Values that are known before the plan runs. */
function isKnown(expression: Expression): boolean {
  return !someExpression(expression, (e) => e.kind === 'column' || e.kind === 'slot') && !isVolatile(expression);
}

const SAMPLES = 5;

export class Estimator {
  readonly #context: EvaluationContext;
  readonly #rows = new WeakMap<Plan, number>();

  constructor(context: EvaluationContext) {
    this.#context = context;
  }

  rowsInRanges(given: IndexShape, ranges: readonly KeyRange[]): number {
    const shape = { ...given, tree: given.tree.atHand };
    const known = ranges.every((r) => [...r.equal, r.from, r.to].every((p) => p === undefined || isKnown(p.value)));
    if (known) {
      try {
        return new IndexRanges(shape, ranges, (e) => e).count(this.#context, shape.tree);
      } catch {
        // The value's error belongs to the run.
        return shape.tree.count;
      }
    }
    return ranges.reduce((sum, range) => sum + this.#guess(shape, range), 0);
  }

  #guess(shape: IndexShape, range: KeyRange): number {
    const prefix = range.equal.length;
    let rows = prefix === 0 ? shape.tree.count : rowsWithPrefix(shape, prefix);
    if (range.from) rows *= 0.4;
    if (range.to) rows *= 0.4;
    return Math.min(shape.tree.count, Math.max(rows, 0.1));
  }

  rows(plan: Plan): number {
    const known = this.#rows.get(plan);
    if (known !== undefined) return known;
    const rows = this.#estimate(plan);
    this.#rows.set(plan, rows);
    return rows;
  }

  #estimate(plan: Plan): number {
    switch (plan.kind) {
      case 'oneRow':
      case 'count':
        return 1;
      case 'empty':
        return 0;
      case 'values':
        return plan.rows.length;
      case 'scan':
        return this.#scanned(plan);
      case 'virtual':
        return passing(plan.source.estimatedRows ?? 100, plan.condition);
      case 'filter':
        return passing(this.rows(plan.input), plan.condition);
      case 'aggregate': {
        if (plan.groups.length === 0) return 1;
        const rows = this.rows(plan.input);
        return Math.max(1, rows ** 0.75);
      }
      case 'distinct':
        return Math.max(1, this.rows(plan.input) ** 0.9);
      case 'sort':
        return Math.min(this.rows(plan.input), plan.limit ? literalNumber(plan.limit.count) : Number.POSITIVE_INFINITY);
      case 'limit':
        return Math.min(this.rows(plan.input), plan.count ? literalNumber(plan.count) : Number.POSITIVE_INFINITY);
      case 'project':
      case 'window':
      case 'apply':
      case 'shared':
        return this.rows(plan.input);
      case 'setOperation':
        return plan.operation === 'union'
          ? plan.inputs.reduce((sum, input) => sum + this.rows(input), 0)
          : this.rows(plan.inputs[0]!);
      case 'recursive':
        return 10 * this.rows(plan.anchor);
      case 'workTable':
      case 'computedRows':
        return 10;
      case 'join':
        return this.#joined(plan);
    }
  }

  /** Terms that an index can serve are counted in it. */
  #scanned(scan: ScanPlan): number {
    if (scan.estimate !== undefined) return passing(scan.estimate, scan.condition);
    const { plan, best } = accessFor(scan, conjuncts(scan.condition), this);
    return passing(best.rows, plan.condition);
  }

  #joined(plan: JoinPlan): number {
    const left = this.rows(plan.left);
    const right = this.rows(plan.right);
    if (plan.join === 'semi' || plan.join === 'anti') return left * 0.5;
    const rows = plan.strategy.kind === 'dependent' ? left * right : joinedRows(left, right, conjuncts(plan.condition));
    return plan.join === 'left' ? Math.max(left, rows) : rows;
  }
}

/** Rows of two sides that meet on a condition: an equality is taken for one of a key with what refers to it. */
export function joinedRows(left: number, right: number, terms: readonly Expression[]): number {
  const equalities = terms.filter((t) => t.kind === 'comparison' && t.operator === '=');
  const rest = terms.filter((t) => !equalities.includes(t));
  const rows = equalities.length > 0 ? Math.max(left, right) * 0.5 ** (equalities.length - 1) : left * right;
  return Math.min(
    left * right,
    rest.reduce((product, term) => product * selectivity(term), rows),
  );
}

function literalNumber(expression: Expression): number {
  return expression.kind === 'literal' && expression.value !== null ? Number(expression.value) : 1000;
}

/** The mean number of entries that share their first fields with an entry, from samples. */
function rowsWithPrefix({ tree, descriptor }: IndexShape, prefix: number): number {
  const { count } = tree;
  if (count === 0) return 0;
  if (prefix >= descriptor.fields.length) return 1;
  const compare = descriptor.comparePrefix(prefix);
  let sum = 0;
  for (let s = 0; s < SAMPLES; s++) {
    const entry = tree.at(Math.floor(((s + 0.5) * count) / SAMPLES));
    if (!entry) return 1;
    const bound = { key: entry.node.key(entry.index), inclusive: true, compare };
    sum += tree.countRange({ low: bound, high: bound });
  }
  return sum / SAMPLES;
}
