/**
 * A few edits of a map, in key order, as one leaf: an entry without a value is a removal. Immutable; more edits make
 * another.
 */
import { writeTreeNode } from '../serial/tree-node.ts';
import type { EditStream } from './apply-edits.ts';
import { firstAtLeast } from './cursor.ts';
import { Node } from './node.ts';
import type { TreeFormat } from './tree-format.ts';

/** What a leaf can hold of keys, and of values; more than whoever makes one puts there. */
const MOST_BYTES = 0xffff;
const MOST_EDITS = 8192;

export class WaitingEdits {
  readonly leaf: Node;

  private constructor(leaf: Node) {
    this.leaf = leaf;
  }

  /** `edits` after `earlier`; of the edits of one key the later counts. They have to fit into a leaf. */
  static of(format: TreeFormat, earlier: WaitingEdits | undefined, edits: EditStream): WaitingEdits {
    const leaf = new LeafBuilder();
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

  /** Of `leaf.bytes`, as they were kept. */
  static read(bytes: Uint8Array): WaitingEdits {
    return new WaitingEdits(Node.read(bytes));
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

/** Used by one builder at a time: the leaf is a copy. */
const keys = new Uint8Array(MOST_BYTES);
const values = new Uint8Array(MOST_BYTES);
const keyOffsets = new Uint16Array(MOST_EDITS + 1);
const valueOffsets = new Uint16Array(MOST_EDITS + 1);
const NONE: readonly number[] = [];

/** Entries in key order; those of another leaf are copied in runs. */
class LeafBuilder {
  #count = 0;
  #keysLength = 0;
  #valuesLength = 0;

  put(edit: EditStream): void {
    const { key, keyStart, keyEnd, value, valueStart, valueEnd } = edit;
    keys.set(key.subarray(keyStart, keyEnd), this.#keysLength);
    this.#keysLength += keyEnd - keyStart;
    if (!edit.remove) {
      values.set(value.subarray(valueStart, valueEnd), this.#valuesLength);
      this.#valuesLength += valueEnd - valueStart;
    }
    this.#count++;
    keyOffsets[this.#count] = this.#keysLength;
    valueOffsets[this.#count] = this.#valuesLength;
  }

  /** The entries `[from, to)` of a leaf. */
  copy(leaf: Node, from: number, to: number): void {
    if (from === to) return;
    const { bytes } = leaf;
    const keysStart = leaf.keyStart(from);
    const valuesStart = leaf.valueStart(from);
    keys.set(bytes.subarray(keysStart, leaf.keyStart(to)), this.#keysLength);
    values.set(bytes.subarray(valuesStart, leaf.valueStart(to)), this.#valuesLength);
    const keyShift = this.#keysLength - keysStart;
    const valueShift = this.#valuesLength - valuesStart;
    let count = this.#count;
    for (let at = from + 1; at <= to; at++) {
      count++;
      keyOffsets[count] = leaf.keyStart(at) + keyShift;
      valueOffsets[count] = leaf.valueStart(at) + valueShift;
    }
    this.#count = count;
    this.#keysLength = keyOffsets[count]!;
    this.#valuesLength = valueOffsets[count]!;
  }

  build(): Node {
    const count = this.#count;
    const message = writeTreeNode({
      level: 0,
      count,
      keys: keys.subarray(0, this.#keysLength),
      keyOffsets: keyOffsets.subarray(0, count + 1),
      values: values.subarray(0, this.#valuesLength),
      valueOffsets: valueOffsets.subarray(0, count + 1),
      // The leaf is never stored.
      addressOffsets: NONE,
      subtreeCounts: NONE,
    });
    return Node.read(message);
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
