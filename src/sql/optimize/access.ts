/**
 * How each scan reads its table: which index, which ranges of it. Trees know the exact number of entries in any range,
 * so candidates are compared by what they would really read, not by statistics; only values that are not known before
 * the plan runs (an outer row's) are estimated, from samples of the tree.
 */
import { FullTextSearch } from '../../table/full-text/full-text-search.ts';
import type { IndexDefinition } from '../../table/schema.ts';
import type { BaseTableSource } from '../catalog/catalog.ts';
import type { Expression } from '../expressions/expression.ts';
import { matchOf } from '../functions/full-text.ts';
import { conjunction, conjuncts } from '../plan/expression-tree.ts';
import { indexShape, keyColumns } from '../plan/index-shape.ts';
import type { Access, KeyRange, Plan, RangeEnd, ScanPlan, VirtualPlan } from '../plan/plan.ts';
import { mapPlan } from '../plan/plan-tree.ts';
import type { Estimator } from './estimate.ts';
import type { PassContext } from './optimize.ts';
import { type Point, type Sarg, sargOf } from './sargs.ts';

/** More ranges than this are not made of IN lists. */
const MAX_RANGES = 4096;
/** Looking up a row by its primary key costs about as much as scanning this many. */
export const LOOKUP_COST = 12;
/** Reading a covering index is cheaper than reading whole rows. */
const COVERING_COST = 0.7;

export function chooseAccess(plan: Plan, { estimator }: PassContext): Plan {
  return mapPlan(plan, (node) => {
    if (node.kind === 'scan') return accessFor(node, conjuncts(node.condition), estimator).plan;
    return node.kind === 'virtual' ? withEqualities(node) : node;
  });
}

/** A way to read a table, with the rows that it would read and their cost. */
export interface Candidate {
  readonly access: Access;
  readonly rows: number;
  readonly cost: number;
  /** Terms that the ranges take care of. */
  readonly served: ReadonlySet<Expression>;
  /** Leading fields of the index that are each equal to one value. */
  readonly equalFields: number;
}

/** The scan with its cheapest access for these terms (its own condition is replaced by what is left of them). */
export function accessFor(
  scan: ScanPlan,
  terms: readonly Expression[],
  estimator: Estimator,
): { readonly plan: ScanPlan; readonly best: Candidate } {
  let best: Candidate | undefined;
  for (const candidate of candidates(scan, terms, estimator)) {
    if (best === undefined || candidate.cost < best.cost) best = candidate;
  }
  const { access, rows, served } = best!;
  const condition = conjunction(terms.filter((term) => !served.has(term)));
  return { plan: { ...scan, access, condition, estimate: rows }, best: best! };
}

/** The indexes that hints allow; undefined is the clustered one. */
export function usableIndexes(scan: ScanPlan): readonly (IndexDefinition | undefined)[] {
  const { only, ignore = [] } = scan.hints ?? {};
  const names = (list: readonly string[], name: string): boolean =>
    list.some((other) => other.toLowerCase() === name.toLowerCase());
  const indexes = scan.source.table.schema.indexes.filter(
    (index) =>
      !index.spatial &&
      index.fullText === undefined &&
      index.vectorDistance === undefined &&
      index.predicate === '' &&
      !names(ignore, index.name) &&
      (only === undefined || names(only, index.name)),
  );
  return [undefined, ...indexes];
}

/** Whether the index's keys hold every column that the scan reads. */
export function covers(scan: ScanPlan, index: IndexDefinition | undefined): boolean {
  if (index === undefined) return true;
  const { schema } = scan.source.table;
  if (schema.isKeyless) return false;
  const fields = schema.indexKeyColumns(index);
  return scan.columns.every(({ ordinal }) => {
    const field = fields.indexOf(ordinal);
    return field >= 0 && (index.prefixLengths[field] ?? 0) === 0 && isWholeInKeys(scan.source, ordinal);
  });
}

function isWholeInKeys(source: BaseTableSource, ordinal: number): boolean {
  const { kind } = source.columns[ordinal]!.type;
  return kind !== 'text' && kind !== 'blob' && kind !== 'json' && kind !== 'geometry';
}

function* candidates(
  scan: ScanPlan,
  terms: readonly Expression[],
  estimator: Estimator,
): Generator<Candidate, void, unknown> {
  yield* matchingCandidates(scan, terms);
  const columns = new Map(scan.columns.map((c) => [c.column.id, c]));
  const sargs = terms.flatMap((term) => sargOf(term, columns, scan.indexed) ?? []);
  const total = scan.source.table.rows.atHand.count;
  for (const index of usableIndexes(scan)) {
    const covering = covers(scan, index);
    const found = rangesOf(scan.source, index, sargs);
    const perRow = index === undefined ? 1 : covering ? COVERING_COST : LOOKUP_COST;
    const forced = index !== undefined && scan.hints?.only !== undefined ? 1e-6 : 1;
    if (found) {
      const rows = estimator.rowsInRanges(indexShape(scan.source, index), found.ranges);
      // A little more for each range and for a deeper look, so that of equal candidates the plainer wins.
      const cost = (rows * perRow + found.ranges.length * 0.5) * forced + (index ? 0.1 : 0);
      const access = { index, ranges: found.ranges, covering };
      yield { access, rows, cost, served: found.served, equalFields: found.equalFields };
    } else if (index === undefined || forced < 1) {
      // All rows come in the order of the primary key, as everybody expects, even where another index is narrower.
      const cost = (total * perRow + 1) * forced + (index ? 0.1 : 0);
      yield { access: { index, ranges: undefined, covering }, rows: total, cost, served: new Set(), equalFields: 0 };
    }
  }
}

/** Rows that a full-text index finds. Its terms stay, as they decide about a row more exactly. */
function* matchingCandidates(scan: ScanPlan, terms: readonly Expression[]): Generator<Candidate, void, unknown> {
  for (const term of terms) {
    const match = term.kind === 'truth' ? matchOf(term.operand) : undefined;
    if (match === undefined || !(match.search instanceof FullTextSearch)) continue;
    const { search, words } = match;
    const { rowIndex } = search;
    if (rowIndex === undefined) continue;
    const { index } = rowIndex;
    const total = scan.source.table.rows.atHand.count;
    const rows = words.kind === 'literal' && typeof words.value === 'string' ? search.count(words.value) : total / 10;
    const access: Access = { index, ranges: undefined, covering: index === undefined, matching: { search, words } };
    yield { access, rows, cost: rows * LOOKUP_COST, served: new Set(), equalFields: 0 };
  }
}

interface FoundRanges {
  readonly ranges: readonly KeyRange[];
  readonly served: ReadonlySet<Expression>;
  readonly equalFields: number;
}

/** The ranges of an index that the terms leave; undefined when they say nothing about its first field. */
function rangesOf(
  source: BaseTableSource,
  index: IndexDefinition | undefined,
  sargs: readonly Sarg[],
): FoundRanges | undefined {
  const fields = keyColumns(source.table, index);
  const served = new Set<Expression>();
  let prefixes: readonly (readonly Point[])[] = [[]];
  let depth = 0;
  let equalFields = 0;
  for (; depth < fields.length; depth++) {
    const ordinal = fields[depth]!;
    if ((index?.prefixLengths[depth] ?? 0) > 0) break;
    const point = fewestPoints(sargs.filter((s) => s.ordinal === ordinal && s.points));
    if (!point || prefixes.length * point.points!.length > MAX_RANGES) break;
    prefixes = prefixes.flatMap((prefix) => point.points!.map((p) => [...prefix, p]));
    if (point.points!.length === 1 && equalFields === depth) equalFields++;
    if (point.exact) served.add(point.term);
  }
  const ordinal = fields[depth];
  const next =
    ordinal === undefined || (index?.prefixLengths[depth] ?? 0) > 0
      ? []
      : sargs.filter((s) => s.ordinal === ordinal && !s.points);
  const from = next.find((s) => s.from);
  const to = next.find((s) => s.to && s === from) ?? next.find((s) => s.to);
  const notNull = next.find((s) => s.notNull);
  if (depth === 0 && !from && !to && !notNull) return undefined;
  for (const sarg of new Set([from, to, notNull])) {
    // A term with two ends is served only if both are its own.
    if (sarg?.exact && (!sarg.from || sarg === from) && (!sarg.to || sarg === to)) served.add(sarg.term);
  }
  const range = (equal: readonly Point[]): KeyRange => ({
    equal,
    from: from?.from as RangeEnd | undefined,
    to: to?.to,
    notNull: from !== undefined || to !== undefined || notNull !== undefined,
  });
  return { ranges: prefixes.map(range), served, equalFields };
}

function fewestPoints(sargs: readonly Sarg[]): Sarg | undefined {
  return sargs.reduce<Sarg | undefined>(
    (best, sarg) => (best === undefined || sarg.points!.length < best.points!.length ? sarg : best),
    undefined,
  );
}

/** Hands equalities to a virtual table; the condition stays, for the source may use them or not. */
function withEqualities(scan: VirtualPlan): VirtualPlan {
  const columns = new Map(scan.columns.map((c) => [c.column.id, c]));
  const equalities = conjuncts(scan.condition).flatMap((term) => {
    const sarg = sargOf(term, columns);
    if (!sarg?.points || sarg.points.some((p) => p.nullSafe)) return [];
    return [{ ordinal: sarg.ordinal, values: sarg.points.map((p) => p.value) }];
  });
  return { ...scan, equalities };
}
