/**
 * An immutable sorted map from key tuples to value tuples: a prolly tree (FORMAT.md §4). Two maps with equal entries are
 * equal trees with equal addresses, whatever their history.
 *
 * The root node may live inside another message, so it is held as a node and becomes a chunk only when `address` is
 * asked for. All nodes below it are in the store.
 */
import type { Address } from '../base/address.ts';
import { AssertionError } from '../base/errors.ts';
import type { Cursor } from './cursor.ts';
import { ALL_KEYS, type Bound, type KeyRange } from './key-range.ts';
import type { Node } from './node.ts';
import type { NodeStore } from './node-store.ts';
import type { TreeFormat } from './tree-format.ts';

/** An entry of a leaf. */
export interface Entry {
  readonly node: Node;
  readonly index: number;
}

/** The entries `[from, to)` of a leaf. */
export interface LeafRun {
  readonly node: Node;
  readonly from: number;
  readonly to: number;
}

export class TreeMap {
  readonly store: NodeStore;
  readonly format: TreeFormat;
  readonly root: Node;

  constructor(store: NodeStore, format: TreeFormat, root: Node) {
    this.store = store;
    this.format = format;
    this.root = root;
  }

  static empty(_store: NodeStore, _format: TreeFormat): TreeMap {
    throw new AssertionError('not built');
  }

  /** The map whose root chunk is at `address`. */
  static open(_store: NodeStore, _format: TreeFormat, _address: Address): TreeMap {
    throw new AssertionError('not built');
  }

  /** The map whose root node is `bytes`, embedded in another message. */
  static fromBytes(_store: NodeStore, _format: TreeFormat, _bytes: Uint8Array): TreeMap {
    throw new AssertionError('not built');
  }

  /** The address of the root; puts the root's chunk into the store the first time. */
  get address(): Address {
    throw new AssertionError('not built');
  }

  /** Whether both hold the same entries: compares roots, not entries. */
  equals(_other: TreeMap): boolean {
    throw new AssertionError('not built');
  }

  /** Entries in the map. */
  get count(): number {
    return this.root.treeCount;
  }

  get(_key: Uint8Array, _start = 0, _end = _key.length): Entry | undefined {
    throw new AssertionError('not built');
  }

  has(_key: Uint8Array, _start = 0, _end = _key.length): boolean {
    throw new AssertionError('not built');
  }

  /** A cursor at the first entry. */
  cursor(): Cursor {
    throw new AssertionError('not built');
  }

  /** The entries of a range, a leaf at a time, in key order. */
  scan(_range: KeyRange = ALL_KEYS): Generator<LeafRun, void, void> {
    throw new AssertionError('not built');
  }

  /** The same runs, last first; read each from its end. */
  scanBackwards(_range: KeyRange = ALL_KEYS): Generator<LeafRun, void, void> {
    throw new AssertionError('not built');
  }

  /** The number of entries in a range, in O(height). */
  countRange(_range: KeyRange): number {
    throw new AssertionError('not built');
  }

  /** The number of entries before the range that starts at `low`, in O(height). */
  ordinalOf(_low: Bound): number {
    throw new AssertionError('not built');
  }

  /** The entry with `ordinal` entries before it. */
  at(_ordinal: number): Entry | undefined {
    throw new AssertionError('not built');
  }
}
