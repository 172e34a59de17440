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
    if (earlier === undefined) return new WaitingEdits(leafOf(edits));
    return new WaitingEdits(leafOf(new Merged(format, new LeafEdits(earlier.leaf), edits)));
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

  /** The edit of a key, or -1. */
  find(key: Uint8Array, start: number, end: number, { compare }: TreeFormat): number {
    const { leaf } = this;
    const index = firstAtLeast(leaf, key, start, end, compare, 0);
    if (index === leaf.count) return -1;
    return compare(leaf.bytes, leaf.keyStart(index), leaf.keyEnd(index), key, start, end) === 0 ? index : -1;
  }

  stream(): EditStream {
    return new LeafEdits(this.leaf);
  }
}

/** Used by one call at a time: the leaf is a copy. */
const keys = new Uint8Array(MOST_BYTES);
const values = new Uint8Array(MOST_BYTES);
const keyOffsets = new Uint16Array(MOST_EDITS + 1);
const valueOffsets = new Uint16Array(MOST_EDITS + 1);
const NONE: readonly number[] = [];

function leafOf(edits: EditStream): Node {
  let count = 0;
  let keysLength = 0;
  let valuesLength = 0;
  for (; edits.valid; edits.next()) {
    const { key, keyStart, keyEnd, value, valueStart, valueEnd } = edits;
    keys.set(key.subarray(keyStart, keyEnd), keysLength);
    keysLength += keyEnd - keyStart;
    if (!edits.remove) {
      values.set(value.subarray(valueStart, valueEnd), valuesLength);
      valuesLength += valueEnd - valueStart;
    }
    count++;
    keyOffsets[count] = keysLength;
    valueOffsets[count] = valuesLength;
  }
  const message = writeTreeNode({
    level: 0,
    count,
    keys: keys.subarray(0, keysLength),
    keyOffsets: keyOffsets.subarray(0, count + 1),
    values: values.subarray(0, valuesLength),
    valueOffsets: valueOffsets.subarray(0, count + 1),
    // The leaf is never stored.
    addressOffsets: NONE,
    subtreeCounts: NONE,
  });
  return Node.read(message);
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

/** Two streams as one. */
class Merged implements EditStream {
  readonly #compare: TreeFormat['compare'];
  readonly #earlier: EditStream;
  readonly #later: EditStream;
  #isEarlier = false;
  readonly subtreeCount = 1;

  constructor({ compare }: TreeFormat, earlier: EditStream, later: EditStream) {
    this.#compare = compare;
    this.#earlier = earlier;
    this.#later = later;
    this.#choose();
  }

  #choose(): void {
    const a = this.#earlier;
    const b = this.#later;
    if (!a.valid || !b.valid) {
      this.#isEarlier = a.valid;
      return;
    }
    const order = this.#compare(a.key, a.keyStart, a.keyEnd, b.key, b.keyStart, b.keyEnd);
    if (order === 0) a.next();
    this.#isEarlier = order < 0;
  }

  get #now(): EditStream {
    return this.#isEarlier ? this.#earlier : this.#later;
  }

  get valid(): boolean {
    return this.#now.valid;
  }
  get key(): Uint8Array {
    return this.#now.key;
  }
  get keyStart(): number {
    return this.#now.keyStart;
  }
  get keyEnd(): number {
    return this.#now.keyEnd;
  }
  get remove(): boolean {
    return this.#now.remove;
  }
  get value(): Uint8Array {
    return this.#now.value;
  }
  get valueStart(): number {
    return this.#now.valueStart;
  }
  get valueEnd(): number {
    return this.#now.valueEnd;
  }

  next(): void {
    this.#now.next();
    this.#choose();
  }
}
