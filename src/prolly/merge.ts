/**
 * Three-way merge of maps, driven by the two differences from the base: what only one side changed is taken, what both
 * changed alike is kept, and only for the rest is the resolver asked. The cost follows the changes.
 */
import { AssertionError } from '../base/errors.ts';
import type { Entry, TreeMap } from './tree-map.ts';

/** A key that both sides changed differently. At most one of `left` and `right` is undefined (removed there). */
export interface Clash {
  readonly base: Entry | undefined;
  readonly left: Entry | undefined;
  readonly right: Entry | undefined;
}

/** `left` keeps the left side, `right` takes the right side's entry, `remove` drops the key, bytes are the merged value. */
export type Resolution = 'left' | 'right' | 'remove' | Uint8Array;

/** The two differences side by side, in key order: what `right` changed, with what `left` did to the same key. */
export interface SideBySide {
  readonly base: Entry | undefined;
  readonly left: Entry | undefined;
  readonly right: Entry | undefined;
  readonly leftChanged: boolean;
  readonly rightChanged: boolean;
}

/** Every key that either side changed. */
export function threeWayDiff(_base: TreeMap, _left: TreeMap, _right: TreeMap): Generator<SideBySide, void, void> {
  throw new AssertionError('not built');
}

/** The merged map. */
export function mergeMaps(
  _base: TreeMap,
  _left: TreeMap,
  _right: TreeMap,
  _resolve: (clash: Clash) => Resolution,
): TreeMap {
  throw new AssertionError('not built');
}
