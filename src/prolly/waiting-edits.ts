/**
 * A few edits of a map, in key order, as one leaf: an entry without a value is a removal. Immutable; more edits make
 * another.
 */
import type { EditStream } from './apply-edits.ts';
import { firstAtLeast } from './cursor.ts';
import { EditLeafBuilder, readEditLeaf } from './edit-leaf.ts';
import type { Node } from './node.ts';
import type { TreeFormat } from './tree-format.ts';

export class WaitingEdits {
  readonly leaf: Node;

  private constructor(leaf: Node) {
    this.leaf = leaf;
  }

  /** `edits` after `earlier`; of the edits of one key the later counts. They have to fit into a leaf. */
  static of(format: TreeFormat, earlier: WaitingEdits | undefined, edits: EditStream): WaitingEdits {
    const leaf = new EditLeafBuilder();
    const before = earlier?.leaf;
    let next = 0;
    for (; edits.valid; edits.next()) {
      if (before !== undefined) {
        const { key, keyStart, keyEnd } = edits;
        const at = firstAtLeast(before, key, keyStart, keyEnd, format.compare, 0, next);
        leaf.copy(before, next, at);
        next = at;
        if (earlier!.isAt(at, key, keyStart, keyEnd, format)) next++;
      }
      leaf.put(edits);
    }
    if (before !== undefined) leaf.copy(before, next, before.count);
    return new WaitingEdits(leaf.build());
  }

  /** Of `leaf.bytes`, as they were kept. Throws `corrupt`. */
  static read(bytes: Uint8Array): WaitingEdits {
    return new WaitingEdits(readEditLeaf(bytes));
  }

  get count(): number {
    return this.leaf.count;
  }

  /** Memory in use. */
  get byteSize(): number {
    return this.leaf.bytes.length;
  }

  isRemoval(index: number): boolean {
    return this.leaf.valueStart(index) === this.leaf.valueEnd(index);
  }

  /** Whether some value refers to a chunk. */
  hasAddresses({ addressOffsets }: TreeFormat): boolean {
    if (addressOffsets === undefined) return false;
    const { leaf } = this;
    const found: number[] = [];
    for (let i = 0; i < leaf.count && found.length === 0; i++) {
      if (!this.isRemoval(i)) addressOffsets(leaf.bytes, leaf.valueStart(i), leaf.valueEnd(i), found);
    }
    return found.length > 0;
  }

  /** The edit of a key, or -1. */
  find(key: Uint8Array, start: number, end: number, format: TreeFormat): number {
    const index = firstAtLeast(this.leaf, key, start, end, format.compare, 0);
    return this.isAt(index, key, start, end, format) ? index : -1;
  }

  /** Whether the edit at `index`, if there is one, is of this key. */
  isAt(index: number, key: Uint8Array, start: number, end: number, { compare }: TreeFormat): boolean {
    const { leaf } = this;
    if (index === leaf.count) return false;
    return compare(leaf.bytes, leaf.keyStart(index), leaf.keyEnd(index), key, start, end) === 0;
  }

  stream(): EditStream {
    return new LeafEdits(this.leaf);
  }
}

class LeafEdits implements EditStream {
  readonly #leaf: Node;
  readonly key: Uint8Array;
  readonly value: Uint8Array;
  readonly subtreeCount = 1;
  #at = -1;
  valid = true;
  remove = false;
  keyStart = 0;
  keyEnd = 0;
  valueStart = 0;
  valueEnd = 0;

  constructor(leaf: Node) {
    this.#leaf = leaf;
    this.key = leaf.bytes;
    this.value = leaf.bytes;
    this.next();
  }

  next(): void {
    const leaf = this.#leaf;
    const at = ++this.#at;
    this.valid = at < leaf.count;
    if (!this.valid) return;
    this.keyStart = leaf.keyStart(at);
    this.keyEnd = leaf.keyEnd(at);
    this.valueStart = leaf.valueStart(at);
    this.valueEnd = leaf.valueEnd(at);
    this.remove = this.valueStart === this.valueEnd;
  }
}
