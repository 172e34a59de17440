/**
 * The closure of a commit: all its ancestors but itself, by height, then address (FORMAT.md §3.4). It makes "is this an
 * ancestor?" one lookup and the merge base a walk of two cursors.
 */
import type { Address } from '../base/address.ts';
import { AssertionError } from '../base/errors.ts';
import type { NodeStore } from './node-store.ts';
import type { TreeMap } from './tree-map.ts';

/** A commit as closures know it. */
export interface CommitPoint {
  readonly height: number;
  readonly address: Address;
}

/** A commit with its closure. */
export interface ClosedCommit extends CommitPoint {
  readonly closure: CommitClosure;
}

export class CommitClosure {
  readonly tree: TreeMap;

  constructor(tree: TreeMap) {
    this.tree = tree;
  }

  /** Of a commit without parents. */
  static empty(_store: NodeStore): CommitClosure {
    throw new AssertionError('not built');
  }

  /** The closure at `address`; of the empty address, an empty one. */
  static open(_store: NodeStore, _address: Address): CommitClosure {
    throw new AssertionError('not built');
  }

  /** The closure of a new commit with these parents, the first first. */
  static ofParents(_store: NodeStore, _parents: readonly ClosedCommit[]): CommitClosure {
    throw new AssertionError('not built');
  }

  /** The root's address, written; the empty address of an empty closure. */
  get address(): Address {
    throw new AssertionError('not built');
  }

  get count(): number {
    return this.tree.count;
  }

  has(_commit: CommitPoint): boolean {
    throw new AssertionError('not built');
  }

  /** The ancestors, highest first; at equal height the greater address first. */
  descending(): Generator<CommitPoint, void, void> {
    throw new AssertionError('not built');
  }
}

/** The merge base of two commits: the highest common one, each counting as its own ancestor (FORMAT.md §11.9). */
export function mergeBase(_a: ClosedCommit, _b: ClosedCommit): CommitPoint | undefined {
  throw new AssertionError('not built');
}
