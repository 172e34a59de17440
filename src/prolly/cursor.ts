/**
 * A position in a tree: at an entry, before the first or after the last. Moving inside a leaf costs an addition; the
 * entry's ranges are read from `node` at `index`.
 */
import { AssertionError } from '../base/errors.ts';
import type { Bound } from './key-range.ts';
import type { Node } from './node.ts';
import type { NodeStore } from './node-store.ts';
import type { TreeFormat } from './tree-format.ts';

export class Cursor {
  /** The leaf under the cursor. */
  node: Node;
  /** The entry in it; only meaningful while `valid`. */
  index = 0;

  constructor(_store: NodeStore, _format: TreeFormat, root: Node) {
    this.node = root;
  }

  /** Whether the cursor is at an entry. */
  get valid(): boolean {
    throw new AssertionError('not built');
  }

  toFirst(): void {
    throw new AssertionError('not built');
  }

  toLast(): void {
    throw new AssertionError('not built');
  }

  /** To the first entry inside a range whose low bound is `bound`; after the last entry when there is none. */
  toLow(_bound: Bound): void {
    throw new AssertionError('not built');
  }

  /** To the last entry inside a range whose high bound is `bound`; before the first entry when there is none. */
  toHigh(_bound: Bound): void {
    throw new AssertionError('not built');
  }

  /** To the entry with `ordinal` entries before it; after the last when there are not as many. */
  toOrdinal(_ordinal: number): void {
    throw new AssertionError('not built');
  }

  /** The number of entries before this one. */
  get ordinal(): number {
    throw new AssertionError('not built');
  }

  next(): void {
    throw new AssertionError('not built');
  }

  previous(): void {
    throw new AssertionError('not built');
  }

  /** To the first entry of the next leaf. */
  nextLeaf(): void {
    throw new AssertionError('not built');
  }

  /** To the last entry of the leaf before. */
  previousLeaf(): void {
    throw new AssertionError('not built');
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
