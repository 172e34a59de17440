/**
 * Finding keys that are one number. Ids lie close together, so where one stands in a node follows from how far it is between
 * the bounds of the node, which the parent has shown: one look, mostly, where halving takes seven, each at another line of
 * memory that no cache has. Many keys are looked for together, a step at a time for all: then the processor fetches the memory
 * of several at once.
 */
import type { Node } from './node.ts';
import type { NodeStore } from './node-store.ts';

/** The number that a key is; of one beyond 2^53 either way, a number beyond, too, that never decreases in key order. */
export type KeyNumber = (bytes: Uint8Array, start: number) => number;

/** Numbers are compared, so they have to be exact. */
export const isSearched = (wanted: number): boolean => Number.isSafeInteger(wanted);

/** Where in a node a number is likely to stand whose keys lie in (`below`, `last`]. */
function guess(count: number, wanted: number, below: number, last: number): number {
  // What is no number (0 / 0) is as good as any.
  const place = Math.ceil(((wanted - below) / (last - below)) * count) - 1 || 0;
  return Math.min(Math.max(place, 0), count - 1);
}

/**
 * The first index of a node whose key is at least `wanted`. All keys lie in (`below`, `last`]; where they are far from evenly
 * spread it takes twice the looks of halving.
 */
export function firstNear(node: Node, number: KeyNumber, wanted: number, below: number, last: number): number {
  const { bytes, count } = node;
  let low = 0;
  let high = count;
  let look = guess(count, wanted, below, last);
  if (number(bytes, node.evenKeyStart(look)) < wanted) {
    low = look + 1;
    for (let step = 1; low < high; step *= 2) {
      look = Math.min(low + step - 1, high - 1);
      if (number(bytes, node.evenKeyStart(look)) >= wanted) {
        high = look;
        break;
      }
      low = look + 1;
    }
  } else {
    high = look;
    for (let step = 1; low < high; step *= 2) {
      look = Math.max(high - step, low);
      if (number(bytes, node.evenKeyStart(look)) < wanted) {
        low = look + 1;
        break;
      }
      high = look;
    }
  }
  while (low < high) {
    look = (low + high) >> 1;
    if (number(bytes, node.evenKeyStart(look)) < wanted) low = look + 1;
    else high = look;
  }
  return low;
}

const NOTHING = new Uint8Array(0);

/** Looks for many numbers in one tree. */
export class NumberSearch {
  /** By the places of the numbers: the leaf of each, and its index there; undefined for one that is not in the tree. */
  readonly nodes: (Node | undefined)[];
  readonly indexes: Int32Array;
  readonly #below: Float64Array;
  readonly #last: Float64Array;
  readonly #bytes: Uint8Array[];
  /** Of no meaning; what is read for nothing might not be read. */
  #touched = 0;

  /** For up to `most` at a time. */
  constructor(most: number) {
    this.nodes = new Array<Node | undefined>(most);
    this.indexes = new Int32Array(most);
    this.#below = new Float64Array(most);
    this.#last = new Float64Array(most);
    this.#bytes = new Array<Uint8Array>(most);
  }

  find(store: NodeStore, root: Node, number: KeyNumber, wanted: Float64Array, count: number): void {
    const nodes = this.nodes;
    if (root.count === 0) {
      nodes.fill(undefined, 0, count);
      return;
    }
    const below = this.#below.fill(number(root.bytes, root.evenKeyStart(0)) - 1, 0, count);
    const last = this.#last.fill(number(root.bytes, root.evenKeyStart(root.count - 1)), 0, count);
    nodes.fill(root, 0, count);
    for (let level = root.level; level > 0; level--) {
      this.#search(number, wanted, count);
      for (let i = 0; i < count; i++) {
        const node = nodes[i];
        if (node === undefined) continue;
        const index = this.indexes[i]!;
        if (index > 0) below[i] = number(node.bytes, node.evenKeyStart(index - 1));
        last[i] = number(node.bytes, node.evenKeyStart(index));
      }
      for (let i = 0; i < count; i++) {
        const node = nodes[i];
        if (node !== undefined) nodes[i] = store.readChild(node, this.indexes[i]!);
      }
    }
    // Each of these loops waits for memory that the one before has named.
    const bytes = this.#bytes;
    for (let i = 0; i < count; i++) bytes[i] = (nodes[i] ?? root).bytes;
    for (let i = 0; i < count; i++) {
      const node = nodes[i] ?? root;
      this.#touched ^= bytes[i]![node.evenKeyStart(guess(node.count, wanted[i]!, below[i]!, last[i]!))]!;
    }
    this.#search(number, wanted, count);
    for (let i = 0; i < count; i++) {
      const node = nodes[i];
      const index = this.indexes[i]!;
      if (node === undefined) continue;
      if (number(bytes[i]!, node.evenKeyStart(index)) !== wanted[i]) nodes[i] = undefined;
      // Whoever asks for many keys wants their values next.
      else this.#touched ^= bytes[i]![node.valueStart(index)]! ^ bytes[i]![node.valueEnd(index) - 1]!;
    }
  }

  /** Lets go of the nodes that were found last. */
  forget(count: number): void {
    this.nodes.fill(undefined, 0, count);
    this.#bytes.fill(NOTHING, 0, count);
  }

  #search(number: KeyNumber, wanted: Float64Array, count: number): void {
    const { nodes, indexes } = this;
    const below = this.#below;
    const last = this.#last;
    for (let i = 0; i < count; i++) {
      const node = nodes[i];
      if (node === undefined) continue;
      const index = firstNear(node, number, wanted[i]!, below[i]!, last[i]!);
      indexes[i] = index;
      if (index === node.count) nodes[i] = undefined;
    }
  }
}
