/**
 * Key ranges of a plan, whose ends are expressions, as ranges of a tree's keys. Values are encoded as the index's key
 * fields; a value outside of what the field can hold closes or opens the range, as its order demands.
 */
import type { Bound, KeyRange as TreeRange } from '../../prolly/key-range.ts';
import type { TreeMap } from '../../prolly/tree-map.ts';
import { TupleBuilder } from '../../tuple/tuple-builder.ts';
import type { TupleDescriptor } from '../../tuple/tuple-descriptor.ts';
import type { Integer, Value } from '../../tuple/value.ts';
import { ONE_ROW } from '../expressions/batch.ts';
import { compile, type Evaluate } from '../expressions/compile.ts';
import type { EvaluationContext } from '../expressions/evaluation-context.ts';
import type { Expression } from '../expressions/expression.ts';
import type { IntegerType, SqlType } from '../types/sql-type.ts';
import type { IndexShape } from './index-shape.ts';
import type { KeyRange } from './plan.ts';

interface CompiledEnd {
  readonly value: Evaluate;
  readonly inclusive: boolean;
}

interface CompiledRange {
  readonly equal: readonly { readonly value: Evaluate; readonly nullSafe: boolean }[];
  readonly from: CompiledEnd | undefined;
  readonly to: CompiledEnd | undefined;
  readonly notNull: boolean;
}

/** Where a value lies among those that a field can hold. */
type Fit = 'below' | 'inside' | 'above';

function fitOf(value: Value, type: SqlType): Fit {
  if (typeof value !== 'number' && typeof value !== 'bigint') return 'inside';
  switch (type.kind) {
    case 'integer': {
      const [low, high] = (type.unsigned ? UNSIGNED : SIGNED)[type.bits];
      return value < low ? 'below' : value > high ? 'above' : 'inside';
    }
    case 'bit':
      return value < 0 ? 'below' : value >= 2n ** 64n ? 'above' : 'inside';
    case 'year':
      // Ranges are not made over years, whose zero stands apart.
      return value === 0 || (value >= 1901 && value <= 2155) ? 'inside' : 'above';
    default:
      return 'inside';
  }
}

type Limits = Readonly<Record<IntegerType['bits'], readonly [least: Integer, most: Integer]>>;

const SIGNED: Limits = {
  8: [-0x80, 0x7f],
  16: [-0x8000, 0x7fff],
  24: [-0x80_0000, 0x7f_ffff],
  32: [-0x8000_0000, 0x7fff_ffff],
  64: [-(2n ** 63n), 2n ** 63n - 1n],
};
const UNSIGNED: Limits = {
  8: [0, 0xff],
  16: [0, 0xffff],
  24: [0, 0xff_ffff],
  32: [0, 0xffff_ffff],
  64: [0, 2n ** 64n - 1n],
};

export class IndexRanges {
  readonly #shape: IndexShape;
  readonly #ranges: readonly CompiledRange[];
  readonly #builder: TupleBuilder;

  constructor(shape: IndexShape, ranges: readonly KeyRange[], resolve: (e: Expression) => Expression) {
    this.#shape = shape;
    const value = (e: Expression): Evaluate => compile(resolve(e));
    this.#ranges = ranges.map((range) => ({
      equal: range.equal.map((e) => ({ value: value(e.value), nullSafe: e.nullSafe })),
      from: range.from && { value: value(range.from.value), inclusive: range.from.inclusive },
      to: range.to && { value: value(range.to.value), inclusive: range.to.inclusive },
      notNull: range.notNull,
    }));
    this.#builder = new TupleBuilder(shape.descriptor, shape.tree.store);
  }

  /** Disjoint ranges in the order of `tree`, the index of the shape as it is now. */
  evaluate(context: EvaluationContext, tree: TreeMap): readonly TreeRange[] {
    const found: TreeRange[] = [];
    for (const range of this.#ranges) {
      const evaluated = this.#evaluate(range, context);
      if (evaluated !== undefined) found.push(evaluated);
    }
    return found.length < 2 ? found : merged(found, tree);
  }

  /** Undefined for an empty range. */
  #evaluate(range: CompiledRange, context: EvaluationContext): TreeRange | undefined {
    const values: Value[] = [];
    for (const { value, nullSafe } of range.equal) {
      const evaluated = value(ONE_ROW, 0, context);
      // A field that holds no NULL cannot be compared with one: its place in the key is fixed.
      if (evaluated === null && !(nullSafe && this.#shape.descriptor.fields[values.length]!.nullable)) return undefined;
      if (fitOf(evaluated, this.#shape.types[values.length]!) !== 'inside') return undefined;
      values.push(evaluated);
    }
    const { descriptor } = this.#shape;
    const prefix = values.length;
    const equal =
      prefix === 0
        ? undefined
        : { key: this.#encode(values), inclusive: true, compare: comparisonOf(descriptor, prefix) };
    if (range.from === undefined && range.to === undefined && !range.notNull) return { low: equal, high: equal };

    const compare = comparisonOf(descriptor, prefix + 1);
    let low: TreeRange['low'] = equal;
    let high: TreeRange['high'] = equal;
    // NULLs come first: whoever wants none starts after the last of them.
    if (range.notNull && descriptor.fields[prefix]!.nullable)
      low = { key: this.#encode([...values, null]), inclusive: false, compare };
    const type = this.#shape.types[prefix]!;
    if (range.from) {
      const value = range.from.value(ONE_ROW, 0, context);
      if (value === null) return undefined;
      const fit = fitOf(value, type);
      if (fit === 'above') return undefined;
      if (fit === 'inside') low = { key: this.#encode([...values, value]), inclusive: range.from.inclusive, compare };
    }
    if (range.to) {
      const value = range.to.value(ONE_ROW, 0, context);
      if (value === null) return undefined;
      const fit = fitOf(value, type);
      if (fit === 'below') return undefined;
      if (fit === 'inside') high = { key: this.#encode([...values, value]), inclusive: range.to.inclusive, compare };
    }
    return { low, high };
  }

  #encode(values: readonly Value[]): Uint8Array {
    const builder = this.#builder;
    for (let field = 0; field < values.length; field++) {
      const value = values[field]!;
      if (value !== null) builder.put(field, value);
    }
    return builder.build();
  }

  /** The number of entries in the ranges. */
  count(context: EvaluationContext, tree: TreeMap): number {
    let count = 0;
    for (const range of this.evaluate(context, tree)) count += tree.countRange(range);
    return count;
  }
}

/** Compares the first `fields` of a key: as the tree does where these are all. */
function comparisonOf(descriptor: TupleDescriptor, fields: number): Bound['compare'] {
  return fields === descriptor.fields.length ? undefined : descriptor.comparePrefix(fields);
}

/** Sorts and joins by the ordinals of the ranges' ends, which the tree knows exactly. */
function merged(ranges: readonly TreeRange[], tree: TreeMap): readonly TreeRange[] {
  const placed = ranges
    .map((range) => {
      const start = range.low ? tree.ordinalOf(range.low) : 0;
      return { range, start, end: start + tree.countRange(range) };
    })
    .filter((r) => r.end > r.start)
    .sort((a, b) => a.start - b.start || a.end - b.end);
  const joined: typeof placed = [];
  for (const next of placed) {
    const last = joined.at(-1);
    if (last === undefined || next.start >= last.end) joined.push(next);
    else if (next.end > last.end) {
      joined[joined.length - 1] = { ...last, range: { low: last.range.low, high: next.range.high }, end: next.end };
    }
  }
  return joined.map((r) => r.range);
}
