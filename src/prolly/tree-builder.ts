/**
 * Builds a tree from entries in ascending key order: bytes go straight into node buffers that are used again and again,
 * and a node is written as soon as its boundary is known, so memory does not grow with the tree. The caller warrants
 * the order.
 */
import type { Address } from '../base/address.ts';
import { LevelChunker } from './level-chunker.ts';
import { Node } from './node.ts';
import { emptyNode } from './node-message.ts';
import type { NodeStore } from './node-store.ts';
import type { TreeFormat } from './tree-format.ts';
import { TreeMap } from './tree-map.ts';

export class TreeBuilder {
  readonly #levels: Levels;
  readonly #leaves: LevelChunker;
  readonly #store: NodeStore;
  readonly #format: TreeFormat;

  constructor(store: NodeStore, format: TreeFormat) {
    this.#store = store;
    this.#format = format;
    this.#levels = new Levels(store, format, 0);
    this.#leaves = this.#levels.bottom;
  }

  append(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void {
    this.#leaves.append(key, keyStart, keyEnd, value, valueStart, valueEnd, 1);
  }

  /** The tree; the builder is spent. */
  finish(): TreeMap {
    return new TreeMap(this.#store, this.#format, this.#levels.finish());
  }
}

/** The chunkers of a tree from one level up: each level's nodes are the pairs of the next. */
export class Levels {
  readonly #store: NodeStore;
  readonly #format: TreeFormat;
  readonly #chunkers: LevelChunker[] = [];

  constructor(store: NodeStore, format: TreeFormat, level: number) {
    this.#store = store;
    this.#format = format;
    this.#push(level);
  }

  get bottom(): LevelChunker {
    return this.#chunkers[0]!;
  }

  #push(level: number): void {
    const above = this.#chunkers.length + 1;
    const sink = (key: Uint8Array, keyStart: number, keyEnd: number, address: Address, count: number) => {
      if (above === this.#chunkers.length) this.#push(level + 1);
      this.#chunkers[above]!.appendChild(key, keyStart, keyEnd, address, count);
    };
    this.#chunkers.push(new LevelChunker(this.#store, this.#format, level, sink));
  }

  /** Ends every level's last node; the root. */
  finish(): Node {
    for (let i = 0; ; i++) {
      const chunker = this.#chunkers[i]!;
      if (i + 1 < this.#chunkers.length) {
        if (!chunker.isEmpty) chunker.close();
      } else {
        const message = chunker.isEmpty ? emptyNode(this.#format.kind) : chunker.closeAsRoot();
        return canonicalRoot(this.#store, Node.read(message));
      }
    }
  }
}

/** An internal node with one child is no root: the child is. */
export function canonicalRoot(store: NodeStore, root: Node): Node {
  let node = root;
  while (node.level > 0 && node.count === 1) node = store.read(node.childAddress(0));
  return node;
}
