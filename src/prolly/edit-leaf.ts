/**
 * Entries in key order, laid out to be made quickly: the leaf of edits that wait (waiting-edits.ts), in memory and in the
 * redo log. It reads as a node of a tree does, but is none: a tree's nodes are messages, which take four times as long to
 * make.
 *
 *     leaf := count | count + 1 offsets of keys | count + 1 offsets of values | keys | values      u16, little-endian
 */
import { copyBytes } from '../base/copy-bytes.ts';
import { assert, DoltError } from '../base/errors.ts';
import type { EditStream } from './apply-edits.ts';
import { Node } from './node.ts';

/** What a leaf can hold of keys, and of values; more than whoever makes one puts there. */
const MOST_BYTES = 0xffff;
const MOST_EDITS = 8192;
const COUNT_BYTES = 2;

/** Throws `corrupt` where an entry lies outside. */
export function readEditLeaf(bytes: Uint8Array): Node {
  const count = bytes.length < COUNT_BYTES ? 0 : u16At(bytes, 0);
  if (bytes.length < COUNT_BYTES + 4 * (count + 1)) throw damaged();
  const leaf = leafOf(bytes, count);
  for (let i = 0; i < count; i++) {
    if (leaf.keyStart(i) > leaf.keyEnd(i) || leaf.valueStart(i) > leaf.valueEnd(i)) throw damaged();
  }
  // The offset behind the last is where the entry would begin that is not there.
  if (leaf.keyStart(count) !== leaf.valueStart(0) || leaf.valueStart(count) > bytes.length) throw damaged();
  return leaf;
}

const damaged = (): DoltError => new DoltError('corrupt', 'edits of the redo log lie outside of their leaf');

function u16At(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8);
}

function leafOf(bytes: Uint8Array, count: number): Node {
  const offsetBytes = 2 * (count + 1);
  const keysAt = COUNT_BYTES + 2 * offsetBytes;
  const valueOffsetsAt = COUNT_BYTES + offsetBytes;
  return Node.leaf(bytes, {
    level: 0,
    count,
    treeCount: count,
    keysAt,
    keyOffsetsAt: COUNT_BYTES,
    keyWidth: 0,
    valuesAt: keysAt + u16At(bytes, valueOffsetsAt - 2),
    valueOffsetsAt,
    valueWidth: 0,
    subtreeCountsAt: 0,
    subtreeCountsLength: 0,
    addressOffsetsAt: 0,
    addressOffsetsCount: 0,
  });
}

/** Used by one builder at a time: the leaf is a copy. Offsets are bytes already. */
const keys = new Uint8Array(MOST_BYTES);
const values = new Uint8Array(MOST_BYTES);
const keyOffsets = new Uint8Array(2 * (MOST_EDITS + 1));
const valueOffsets = new Uint8Array(2 * (MOST_EDITS + 1));

function putOffset(offsets: Uint8Array, index: number, offset: number): void {
  offsets[2 * index] = offset;
  offsets[2 * index + 1] = offset >>> 8;
}

/** Takes entries in key order; those of another leaf in runs. One without a value is a removal. */
export class EditLeafBuilder {
  #count = 0;
  #keysLength = 0;
  #valuesLength = 0;

  put({ key, keyStart, keyEnd, value, valueStart, valueEnd, remove }: EditStream): void {
    this.#keysLength = append(keys, this.#keysLength, key, keyStart, keyEnd);
    if (!remove) this.#valuesLength = append(values, this.#valuesLength, value, valueStart, valueEnd);
    this.#count++;
    putOffset(keyOffsets, this.#count, this.#keysLength);
    putOffset(valueOffsets, this.#count, this.#valuesLength);
  }

  /** The entries `[from, to)` of a leaf. */
  copy(leaf: Node, from: number, to: number): void {
    if (from === to) return;
    const { bytes } = leaf;
    const keysStart = leaf.keyStart(from);
    const valuesStart = leaf.valueStart(from);
    const keyShift = this.#keysLength - keysStart;
    const valueShift = this.#valuesLength - valuesStart;
    this.#keysLength = append(keys, this.#keysLength, bytes, keysStart, leaf.keyStart(to));
    this.#valuesLength = append(values, this.#valuesLength, bytes, valuesStart, leaf.valueStart(to));
    let count = this.#count;
    for (let at = from + 1; at <= to; at++) {
      count++;
      putOffset(keyOffsets, count, leaf.keyStart(at) + keyShift);
      putOffset(valueOffsets, count, leaf.valueStart(at) + valueShift);
    }
    this.#count = count;
  }

  build(): Node {
    const count = this.#count;
    const fits = count <= MOST_EDITS && this.#keysLength <= MOST_BYTES && this.#valuesLength <= MOST_BYTES;
    assert(fits, 'more edits wait than a leaf holds');
    const offsetBytes = 2 * (count + 1);
    const keysAt = COUNT_BYTES + 2 * offsetBytes;
    const bytes = allocate(keysAt + this.#keysLength + this.#valuesLength);
    putOffset(bytes, 0, count);
    bytes.set(keyOffsets.subarray(0, offsetBytes), COUNT_BYTES);
    bytes.set(valueOffsets.subarray(0, offsetBytes), COUNT_BYTES + offsetBytes);
    bytes.set(keys.subarray(0, this.#keysLength), keysAt);
    bytes.set(values.subarray(0, this.#valuesLength), keysAt + this.#keysLength);
    return leafOf(bytes, count);
  }
}

/** Most leaves are small and do not last: they share buffers, which Node is slow to make. */
const SLAB_BYTES = 64 << 10;
let slab = new ArrayBuffer(SLAB_BYTES);
let slabUsed = 0;

function allocate(length: number): Uint8Array {
  if (length > SLAB_BYTES / 8) return new Uint8Array(length);
  if (slabUsed + length > SLAB_BYTES) {
    slab = new ArrayBuffer(SLAB_BYTES);
    slabUsed = 0;
  }
  slabUsed += length;
  return new Uint8Array(slab, slabUsed - length, length);
}

/** Appends `source[from, to)` at `at`; where it ends. */
function append(target: Uint8Array, at: number, source: Uint8Array, from: number, to: number): number {
  copyBytes(source, from, to, target, at);
  return at + to - from;
}
