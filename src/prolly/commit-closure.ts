/**
 * The closure of a commit: all its ancestors but itself, by height, then address (FORMAT.md §3.4). It makes "is this an
 * ancestor?" one lookup and the merge base a walk of two cursors.
 */
import { type Address, addressAt, EMPTY_ADDRESS, writeAddress } from '../base/address.ts';
import { CLOSURE_KEY_BYTES } from '../serial/commit-closure-node.ts';
import { diff } from './diff.ts';
import { putEntry } from './merge.ts';
import { MutableMap } from './mutable-map.ts';
import type { NodeStore } from './node-store.ts';
import { COMMIT_CLOSURE_FORMAT } from './tree-format.ts';
import { TreeMap } from './tree-map.ts';

/** A commit as closures know it. */
export interface CommitPoint {
  readonly height: number;
  readonly address: Address;
}

/** A commit with its closure. */
export interface ClosedCommit extends CommitPoint {
  readonly closure: CommitClosure;
}

const HEIGHT_BYTES = 8;

export class CommitClosure {
  readonly tree: TreeMap;

  constructor(tree: TreeMap) {
    this.tree = tree;
  }

  /** Of a commit without parents. */
  static empty(store: NodeStore): CommitClosure {
    return new CommitClosure(TreeMap.empty(store, COMMIT_CLOSURE_FORMAT));
  }

  /** The closure at `address`; of the empty address, an empty one. */
  static open(store: NodeStore, address: Address): CommitClosure {
    if (address === EMPTY_ADDRESS) return CommitClosure.empty(store);
    return new CommitClosure(TreeMap.open(store, COMMIT_CLOSURE_FORMAT, address));
  }

  /** The closure of a new commit with these parents, the first first. */
  static ofParents(store: NodeStore, parents: readonly ClosedCommit[]): CommitClosure {
    const [first, ...others] = parents;
    if (first === undefined) return CommitClosure.empty(store);
    const map = new MutableMap(first.closure.tree);
    for (const { closure } of others) {
      for (const { from, to } of diff(first.closure.tree, closure.tree)) if (from === undefined) putEntry(map, to);
    }
    for (const parent of parents) {
      const key = keyOf(parent);
      map.put(key, 0, key.length, key, 0, 0);
    }
    return new CommitClosure(map.flush());
  }

  /** The root's address, written; the empty address of an empty closure. */
  get address(): Address {
    return this.count === 0 ? EMPTY_ADDRESS : this.tree.address;
  }

  get count(): number {
    return this.tree.count;
  }

  has(commit: CommitPoint): boolean {
    return this.tree.has(keyOf(commit));
  }

  /** `has` of a commit whose height is not known: looks at all of them. */
  hasAddress(address: Address): boolean {
    for (const ancestor of this.descending()) if (ancestor.address === address) return true;
    return false;
  }

  /** The ancestors, highest first; at equal height the greater address first. */
  *descending(): Generator<CommitPoint, void, void> {
    for (const { node, from, to } of this.tree.scanBackwards()) {
      for (let i = to - 1; i >= from; i--) yield pointAt(node.bytes, node.keyStart(i));
    }
  }
}

function keyOf({ height, address }: CommitPoint): Uint8Array {
  const key = new Uint8Array(CLOSURE_KEY_BYTES);
  for (let i = 0, left = height; i < HEIGHT_BYTES; i++, left = Math.floor(left / 256)) key[i] = left % 256;
  writeAddress(address, key, HEIGHT_BYTES);
  return key;
}

function pointAt(bytes: Uint8Array, at: number): CommitPoint {
  let height = 0;
  for (let i = HEIGHT_BYTES - 1; i >= 0; i--) height = height * 256 + bytes[at + i]!;
  return { height, address: addressAt(bytes, at + HEIGHT_BYTES) };
}

/** The merge base of two commits: the highest common one, each counting as its own ancestor (FORMAT.md §11.9). */
export function mergeBase(a: ClosedCommit, b: ClosedCommit): CommitPoint | undefined {
  const left = descendingFrom(a);
  const right = descendingFrom(b);
  let l = left.next();
  let r = right.next();
  while (l.done !== true && r.done !== true) {
    const order = comparePoints(l.value, r.value);
    if (order === 0) return l.value;
    if (order > 0) l = left.next();
    else r = right.next();
  }
  return undefined;
}

function* descendingFrom(commit: ClosedCommit): Generator<CommitPoint, void, void> {
  yield { height: commit.height, address: commit.address };
  yield* commit.closure.descending();
}

function comparePoints(a: CommitPoint, b: CommitPoint): number {
  if (a.height !== b.height) return a.height - b.height;
  return a.address < b.address ? -1 : a.address > b.address ? 1 : 0;
}
