/**
 * An immutable sorted map from key tuples to value tuples: a prolly tree (FORMAT.md §4). Two maps with equal entries are
 * equal trees with equal addresses, whatever their history.
 *
 * The root node may live inside another message, so it is held as a node and becomes a chunk only when `address` is
 * asked for. All nodes below it are in the store. An `EditedMap` has no tree before it is asked for it.
 */
import type { Address } from '../base/address.ts';
import { AssertionError } from '../base/errors.ts';
import type { ScanMemory } from '../chunks/scan-memory.ts';
import { Cursor, firstAtLeast, keysBefore } from './cursor.ts';
import { ALL_KEYS, afterBound, type Bound, type KeyRange } from './key-range.ts';
import { Node } from './node.ts';
import { emptyNode } from './node-message.ts';
import type { NodeStore } from './node-store.ts';
import { firstNear, isSearched, type KeyNumber } from './number-search.ts';
import type { TreeFormat, TreeKind } from './tree-format.ts';
import type { WaitingEdits } from './waiting-edits.ts';

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

const emptyRoots = new Map<TreeKind, Node>();

function emptyRoot(kind: TreeKind): Node {
  let root = emptyRoots.get(kind);
  if (root === undefined) {
    root = Node.read(emptyNode(kind));
    emptyRoots.set(kind, root);
  }
  return root;
}

export class TreeMap {
  readonly store: NodeStore;
  readonly format: TreeFormat;
  #root: Node | undefined;
  #address: Address | undefined;

  /** Without a root, a subclass makes it when it is first asked for. */
  constructor(store: NodeStore, format: TreeFormat, root: Node | undefined) {
    this.store = store;
    this.format = format;
    this.#root = root;
  }

  get root(): Node {
    this.#root ??= this.makeRoot();
    return this.#root;
  }

  protected makeRoot(): Node {
    throw new AssertionError('a map without a root');
  }

  static empty(store: NodeStore, format: TreeFormat): TreeMap {
    return new TreeMap(store, format, emptyRoot(format.kind));
  }

  /** The map whose root chunk is at `address`. */
  static open(store: NodeStore, format: TreeFormat, address: Address): TreeMap {
    const map = new TreeMap(store, format, store.read(address));
    map.#address = address;
    return map;
  }

  /** The map whose root node is `bytes`, embedded in another message. */
  static fromBytes(store: NodeStore, format: TreeFormat, bytes: Uint8Array): TreeMap {
    return new TreeMap(store, format, Node.read(bytes));
  }

  /** The address of the root; puts the root's chunk into the store the first time. */
  get address(): Address {
    this.#address ??= this.store.writeNode(this.root);
    return this.#address;
  }

  /** Whether both hold the same entries: compares roots, not entries. */
  equals(other: TreeMap): boolean {
    return this.root === other.root || Buffer.compare(this.root.bytes, other.root.bytes) === 0;
  }

  /** Entries in the map. */
  get count(): number {
    return this.root.treeCount;
  }

  /** For sure: a map whose tree is still to be made is not looked into. */
  get isEmpty(): boolean {
    return this.root.count === 0;
  }

  /** A map whose tree is made, for estimates: this one, or what it was before a few edits. */
  get atHand(): TreeMap {
    return this;
  }

  /** The edits that made this map of `origin`, in order; undefined where that is not known. */
  editsSince(origin: TreeMap): readonly WaitingEdits[] | undefined {
    return this === origin ? [] : undefined;
  }

  /** The same map, in which edits that wait in many layers wait in one. */
  collapsed(): TreeMap {
    return this;
  }

  /** Edits that come later are kept apart from those that wait, for `editsSince`. */
  seal(): void {}

  /** Makes the tree, and forgets what it was made of. */
  settle(): void {}

  get(key: Uint8Array, start = 0, end = key.length): Entry | undefined {
    const { compare, number } = this.format;
    const wanted = number === undefined ? Number.NaN : number(key, start);
    if (isSearched(wanted)) return this.#getNumber(wanted, number!);
    let node = this.root;
    for (;;) {
      const index = firstAtLeast(node, key, start, end, compare, 0);
      if (index === node.count) return undefined;
      if (node.level === 0) {
        const found = compare(node.bytes, node.keyStart(index), node.keyEnd(index), key, start, end) === 0;
        return found ? { node, index } : undefined;
      }
      node = this.store.readChild(node, index);
    }
  }

  #getNumber(wanted: number, number: KeyNumber): Entry | undefined {
    let node = this.root;
    if (node.count === 0) return undefined;
    let below = number(node.bytes, node.evenKeyStart(0)) - 1;
    let last = number(node.bytes, node.evenKeyStart(node.count - 1));
    for (;;) {
      const index = firstNear(node, number, wanted, below, last);
      if (index === node.count) return undefined;
      const found = number(node.bytes, node.evenKeyStart(index));
      if (node.level === 0) return found === wanted ? { node, index } : undefined;
      if (index > 0) below = number(node.bytes, node.evenKeyStart(index - 1));
      last = found;
      node = this.store.readChild(node, index);
    }
  }

  has(key: Uint8Array, start = 0, end = key.length): boolean {
    return this.get(key, start, end) !== undefined;
  }

  /** A cursor at the first entry. */
  cursor(): Cursor {
    return new Cursor(this.store, this.format, this.root);
  }

  /**
   * The entries of a range, a leaf at a time, in key order. With `memory`, which the caller lets forget, a leaf is valid
   * until then.
   */
  *scan(range: KeyRange = ALL_KEYS, memory?: ScanMemory): Generator<LeafRun, void, void> {
    const cursor = new Cursor(this.store, this.format, this.root, 0, range.low);
    cursor.memory = memory;
    let keptBytes = 0;
    while (cursor.valid) {
      const node = cursor.node;
      keptBytes += node.bytes.length;
      if (keptBytes > this.store.scanBytes) cursor.keepsLeaves = false;
      const to = endIn(node, range.high, this.format);
      if (to > cursor.index) yield { node, from: cursor.index, to };
      if (to < node.count) return;
      cursor.nextLeaf();
    }
  }

  /** The same runs, last first; read each from its end. */
  *scanBackwards(range: KeyRange = ALL_KEYS, memory?: ScanMemory): Generator<LeafRun, void, void> {
    const cursor = this.cursor();
    cursor.memory = memory;
    if (range.high === undefined) cursor.toLast();
    else cursor.toHigh(range.high);
    let keptBytes = 0;
    while (cursor.valid) {
      const node = cursor.node;
      keptBytes += node.bytes.length;
      if (keptBytes > this.store.scanBytes) cursor.keepsLeaves = false;
      const from = range.low === undefined ? 0 : keysBefore(node, range.low, this.format);
      if (from <= cursor.index) yield { node, from, to: cursor.index + 1 };
      if (from > 0) return;
      cursor.previousLeaf();
    }
  }

  /** The number of entries in a range, in O(height). */
  countRange(range: KeyRange): number {
    const from = range.low === undefined ? 0 : this.ordinalOf(range.low);
    const to = range.high === undefined ? this.count : this.ordinalOf(afterBound(range.high));
    return Math.max(0, to - from);
  }

  /** The number of entries before the range that starts at `low`, in O(height). */
  ordinalOf(low: Bound): number {
    let before = 0;
    let node = this.root;
    for (;;) {
      const index = keysBefore(node, low, this.format);
      before += node.countBefore(index);
      if (node.level === 0 || index === node.count) return before;
      node = this.store.readChild(node, index);
    }
  }

  /** The entry with `ordinal` entries before it. */
  at(ordinal: number): Entry | undefined {
    if (ordinal < 0 || ordinal >= this.count) return undefined;
    const cursor = this.cursor();
    cursor.toOrdinal(ordinal);
    return { node: cursor.node, index: cursor.index };
  }
}

/** How many of a leaf's entries are not beyond `high`: all but in the last leaf of a range, which is found out first. */
function endIn(node: Node, high: Bound | undefined, format: TreeFormat): number {
  if (high === undefined) return node.count;
  const { key, inclusive, compare = format.compare } = high;
  const last = node.count - 1;
  const order = last < 0 ? 0 : compare(node.bytes, node.keyStart(last), node.keyEnd(last), key, 0, key.length);
  return order < (inclusive ? 1 : 0) ? node.count : keysBefore(node, afterBound(high), format);
}
