/**
 * The datasets of a store: one immutable map from full ref names (`refs/heads/main`, `workingSets/heads/main`) to the
 * address of their value (FORMAT.md §3.2), the whole of it named by the store's root. A `Refs` is a snapshot; changing
 * refs means writing another map and swapping the root, so all refs of one update move together or not at all.
 */
import type { Address } from '../base/address.ts';
import { AssertionError } from '../base/errors.ts';
import type { ChunkStore } from '../chunks/chunk-store.ts';
import type { NodeStore } from '../prolly/node-store.ts';

/** A full dataset name, such as `refs/heads/main`. */
export type RefName = string;

/** What to change: an address to set, undefined to delete. */
export type RefEdits = ReadonlyMap<RefName, Address | undefined>;

export const HEADS = 'refs/heads/';
export const TAGS = 'refs/tags/';
export const REMOTES = 'refs/remotes/';
export const INTERNAL = 'refs/internal/';
export const WORKING_SETS = 'workingSets/';

export const branchRef = (branch: string): RefName => HEADS + branch;
export const tagRef = (tag: string): RefName => TAGS + tag;
export const trackingRef = (remote: string, branch: string): RefName => `${REMOTES}${remote}/${branch}`;
/** The dataset that holds the working set of `branch`. */
export const workingSetRef = (branch: string): RefName => `${WORKING_SETS}heads/${branch}`;

export class Refs {
  /** The refs that the store root `storeRoot` names; none when it is EMPTY_ADDRESS. */
  static read(_nodes: NodeStore, _storeRoot: Address): Refs {
    throw new AssertionError('not built');
  }

  /** The address of the StoreRoot message this snapshot was read from or written as. */
  get storeRoot(): Address {
    throw new AssertionError('not built');
  }

  get(_name: RefName): Address | undefined {
    throw new AssertionError('not built');
  }

  /** Names and addresses below `prefix`, in byte order of the names; names are full. */
  entries(_prefix?: string): Iterable<readonly [RefName, Address]> {
    throw new AssertionError('not built');
  }

  /** Another snapshot with `edits` made and its StoreRoot put (not committed) into the store. */
  edit(_edits: RefEdits): Refs {
    throw new AssertionError('not built');
  }
}

/**
 * Moves refs in one durable store commit. `transform` sees the latest snapshot and says what to change (undefined or an
 * empty map: nothing); it runs again whenever somebody else moved the root meanwhile, and may throw to give up.
 */
export function updateRefs(
  _chunks: ChunkStore,
  _nodes: NodeStore,
  _transform: (refs: Refs) => RefEdits | undefined,
): Refs {
  throw new AssertionError('not built');
}
