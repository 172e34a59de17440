/**
 * What a tree needs to know of its entries: the message its nodes are, the order of its keys, and where leaves hold
 * addresses. Tables make one for each index; the other formats are below.
 */

import { compareRanges, type RangeComparator } from '../tuple/range.ts';
import type { KeyNumber } from './number-search.ts';

/** Which message the nodes of a tree are: TUPM, ADRM, CMCL, ARTM. */
export type TreeKind = 'rows' | 'addresses' | 'closure' | 'artifacts';

/**
 * Appends to `into` the positions, relative to `start`, of the addresses within one tuple, in the order in which nodes
 * list them. `TupleDescriptor.addressOffsets` is one.
 */
export type AddressOffsets = (bytes: Uint8Array, start: number, end: number, into: number[]) => void;

export interface TreeFormat {
  readonly kind: TreeKind;
  /** Order of keys. */
  readonly compare: RangeComparator;
  /** Of `rows` the addresses in values, of `artifacts` those in keys; undefined where there cannot be any. */
  readonly addressOffsets?: AddressOffsets | undefined;
  /**
   * A number that never decreases in key order, so that most keys are ordered without comparing them: edits in random
   * order are sorted by it first. May be left out.
   */
  readonly rank?: ((bytes: Uint8Array, start: number, end: number) => number) | undefined;
  /** Of keys that are one number, for a search that guesses where they stand. */
  readonly number?: KeyNumber | undefined;
}

/** Names to addresses, in byte order. */
export const ADDRESS_MAP_FORMAT: TreeFormat = { kind: 'addresses', compare: compareRanges };

/** Commits by height, then address (FORMAT.md §3.4). */
export const COMMIT_CLOSURE_FORMAT: TreeFormat = {
  kind: 'closure',
  compare: (a, aStart, aEnd, b, bStart, bEnd) => {
    for (let i = 7; i >= 0; i--) {
      const difference = a[aStart + i]! - b[bStart + i]!;
      if (difference !== 0) return difference;
    }
    return compareRanges(a, aStart + 8, aEnd, b, bStart + 8, bEnd);
  },
};
