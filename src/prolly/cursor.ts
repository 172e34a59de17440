/**
 * A position in a tree: at an entry, before the first or after the last. Moving inside a leaf costs an addition; the
 * entry's ranges are read from `node` at `index`.
 *
 * A cursor may also walk an inner level, as if the nodes there were the leaves: `node` is then an internal node.
 */
import type { Address } from '../base/address.ts';
import type { ScanMemory } from '../chunks/scan-memory.ts';
import type { Bound } from './key-range.ts';
import type { Node } from './node.ts';
import type { NodeStore } from './node-store.ts';
import type { TreeFormat } from './tree-format.ts';

/** How many of a node's keys come before the entries of a range that starts at `low`. */
export function keysBefore(node: Node, low: Bound, format: TreeFormat): number {
  return firstAtLeast(node, low.key, 0, low.key.length, low.compare ?? format.compare, low.inclusive ? 0 : 1);
}

/** The first index from `from` on whose key is not smaller than `key` (`threshold` 0) or is greater (1). */
export function firstAtLeast(
  node: Node,
  key: Uint8Array,
  keyStart: number,
  keyEnd: number,
  compare: TreeFormat['compare'],
  threshold: number,
  from = 0,
): number {
  let low = from;
  let high = node.count;
  const bytes = node.bytes;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (compare(bytes, node.keyStart(middle), node.keyEnd(middle), key, keyStart, keyEnd) < threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

const first = () => 0;
const last = (node: Node) => node.count - 1;

export class Cursor {
  /** The leaf under the cursor. */
  node: Node;
  /** The entry in it; only meaningful while `valid`. */
  index = 0;
  /** Whether leaves that it comes to are kept in the cache. */
  keepsLeaves = true;
  /** For leaves that are not. */
  memory: ScanMemory | undefined;
  readonly #store: NodeStore;
  readonly #format: TreeFormat;
  /** The way down: internal nodes from the root and the child taken in each. */
  readonly #path: Node[] = [];
  readonly #taken: number[] = [];

  /** Stands at the first entry, or at the first inside a range whose low bound is `low`. */
  constructor(store: NodeStore, format: TreeFormat, root: Node, level = 0, low?: Bound) {
    this.#store = store;
    this.#format = format;
    let node = root;
    while (node.level > level) {
      const child = low ? Math.min(keysBefore(node, low, format), node.count - 1) : 0;
      this.#path.push(node);
      this.#taken.push(child);
      node = store.readChild(node, child);
    }
    this.node = node;
    if (low) this.index = keysBefore(node, low, format);
  }

  /** Whether the cursor is at an entry. */
  get valid(): boolean {
    return this.index >= 0 && this.index < this.node.count;
  }

  /** The address of `node`; undefined when it is the root. */
  get nodeAddress(): Address | undefined {
    const depth = this.#path.length - 1;
    return depth < 0 ? undefined : this.#path[depth]!.childAddress(this.#taken[depth]!);
  }

  /** Whether no node comes after this one on its level. */
  get atLastNode(): boolean {
    return this.#path.every((node, depth) => this.#taken[depth] === node.count - 1);
  }

  toFirst(): void {
    this.#descend(first);
    this.index = 0;
  }

  toLast(): void {
    this.#descend(last);
    this.index = this.node.count - 1;
  }

  /** To the first entry inside a range whose low bound is `low`; after the last entry when there is none. */
  toLow(low: Bound): void {
    this.#descend((node) => Math.min(keysBefore(node, low, this.#format), node.count - 1));
    this.index = keysBefore(this.node, low, this.#format);
  }

  /** To the last entry inside a range whose high bound is `high`; before the first entry when there is none. */
  toHigh(high: Bound): void {
    this.toLow({ key: high.key, inclusive: !high.inclusive, compare: high.compare });
    this.previous();
  }

  /** To the entry with `ordinal` entries before it; after the last when there are not as many. */
  toOrdinal(ordinal: number): void {
    let left = ordinal;
    this.#descend((node) => {
      let low = 0;
      let high = node.count - 1;
      while (low < high) {
        const middle = (low + high + 1) >> 1;
        if (node.countBefore(middle) <= left) low = middle;
        else high = middle - 1;
      }
      left -= node.countBefore(low);
      return low;
    });
    this.index = Math.min(left, this.node.count);
  }

  /** The number of entries before this one. */
  get ordinal(): number {
    let before = this.node.countBefore(Math.max(0, Math.min(this.index, this.node.count)));
    for (let depth = 0; depth < this.#path.length; depth++) {
      before += this.#path[depth]!.countBefore(this.#taken[depth]!);
    }
    return before;
  }

  next(): void {
    this.index++;
    if (this.index >= this.node.count) this.nextLeaf();
  }

  previous(): void {
    this.index--;
    if (this.index < 0) this.previousLeaf();
  }

  /** To the first entry of the next leaf; after the last entry when there is none. */
  nextLeaf(): void {
    let depth = this.#path.length - 1;
    while (depth >= 0 && this.#taken[depth]! === this.#path[depth]!.count - 1) depth--;
    if (depth < 0) {
      this.index = this.node.count;
      return;
    }
    this.#taken[depth] = this.#taken[depth]! + 1;
    this.#descend(first, depth);
    this.index = 0;
  }

  /** To the last entry of the leaf before; before the first entry when there is none. */
  previousLeaf(): void {
    let depth = this.#path.length - 1;
    while (depth >= 0 && this.#taken[depth]! === 0) depth--;
    if (depth < 0) {
      this.index = -1;
      return;
    }
    this.#taken[depth] = this.#taken[depth]! - 1;
    this.#descend(last, depth);
    this.index = this.node.count - 1;
  }

  /** Goes down anew: below `depth` (whose child is already chosen), or from the root. */
  #descend(choose: (node: Node) => number, depth = -1): void {
    for (let d = Math.max(depth, 0); d < this.#path.length; d++) {
      if (d !== depth) this.#taken[d] = choose(this.#path[d]!);
      const parent = this.#path[d]!;
      const keep = this.keepsLeaves || parent.level > 1;
      const child = this.#store.readChild(parent, this.#taken[d]!, keep, keep ? undefined : this.memory);
      if (d + 1 < this.#path.length) this.#path[d + 1] = child;
      else this.node = child;
    }
  }

  /** The key, copied. */
  key(): Uint8Array {
    return this.node.key(this.index);
  }

  /** The value, copied. */
  value(): Uint8Array {
    return this.node.value(this.index);
  }
}
