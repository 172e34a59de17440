/**
 * Ranges of keys. A bound may bring its own comparator that looks at fewer fields than the tree's order (a prefix of
 * the key): it must agree with that order, that is, never call a key that comes later smaller.
 */
import type { RangeComparator } from '../tuple/range.ts';

export interface Bound {
  readonly key: Uint8Array;
  /** Whether keys that compare equal to `key` are in the range. */
  readonly inclusive: boolean;
  /** Order of an entry's key (first) to `key`; the tree's own order when undefined. */
  readonly compare?: RangeComparator | undefined;
}

/** Keys from `low` to `high`; open at a side that is undefined. */
export interface KeyRange {
  readonly low?: Bound | undefined;
  readonly high?: Bound | undefined;
}

/** Every key. */
export const ALL_KEYS: KeyRange = {};

/** The low bound of what comes after a range that ends at `high`. */
export function afterBound(high: Bound): Bound {
  return { key: high.key, inclusive: !high.inclusive, compare: high.compare };
}

/** The keys that compare equal to `key` by `compare`, such as those with a common prefix of fields. */
export function equalRange(key: Uint8Array, compare?: RangeComparator): KeyRange {
  const bound: Bound = { key, inclusive: true, compare };
  return { low: bound, high: bound };
}
