/**
 * Differences between two trees of one format, in key order. Subtrees with equal addresses are skipped unread, so the
 * cost follows the change and not the trees.
 */
import { AssertionError } from '../base/errors.ts';
import { ALL_KEYS, type KeyRange } from './key-range.ts';
import type { Entry, TreeMap } from './tree-map.ts';

/** An entry that was added (`from` undefined), removed (`to` undefined) or has another value, or another spelling of its key. */
export type Change =
  | { readonly from: Entry; readonly to: Entry }
  | { readonly from: undefined; readonly to: Entry }
  | { readonly from: Entry; readonly to: undefined };

export interface DiffCounts {
  readonly added: number;
  readonly removed: number;
  readonly modified: number;
}

export function diff(_from: TreeMap, _to: TreeMap, _range: KeyRange = ALL_KEYS): Generator<Change, void, void> {
  throw new AssertionError('not built');
}

/** How many entries differ. */
export function countChanges(_from: TreeMap, _to: TreeMap): DiffCounts {
  throw new AssertionError('not built');
}
