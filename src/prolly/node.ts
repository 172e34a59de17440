/**
 * A node of a prolly tree, read in place (FORMAT.md §4.1). One class over the four messages that hold trees of entries:
 * entry `i` has its key at `bytes[keyStart(i), keyEnd(i))` and its value at `bytes[valueStart(i), valueEnd(i))`; in an
 * internal node (`level > 0`) the value is the address of a child and the key the last key below it.
 *
 * Opening checks that every range lies inside the node, so that reading entries checks nothing.
 */
import { ADDRESS_BYTES, type Address, addressAt } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { ADDRESS_MAP_NODE, readAddressMapNode } from '../serial/address-map-node.ts';
import { COMMIT_CLOSURE_NODE, readCommitClosureNode } from '../serial/commit-closure-node.ts';
import { fileIdOf } from '../serial/flatbuffer-table.ts';
import { MERGE_ARTIFACTS_NODE, readMergeArtifactsNode } from '../serial/merge-artifacts-node.ts';
import { type NodeLayout, readSubtreeCounts } from '../serial/node-layout.ts';
import { readTreeNode, TREE_NODE } from '../serial/tree-node.ts';
import type { TreeKind } from './tree-format.ts';

/** A node as a cache has it; without it once it was dropped. */
export interface KeptNode {
  node: Node | undefined;
  readonly generation: number;
}

export class Node {
  readonly bytes: Uint8Array;
  readonly kind: TreeKind;
  /** 0 is a leaf. */
  readonly level: number;
  /** Entries in this node. */
  readonly count: number;
  /** Entries in the leaves below (of a leaf: `count`). */
  readonly treeCount: number;
  readonly #keysAt: number;
  readonly #keyOffsetsAt: number;
  readonly #keyWidth: number;
  /** Of each key where all are of one length; less than 0 before anybody asked. */
  #evenWidth = -1;
  readonly #valuesAt: number;
  readonly #valueOffsetsAt: number;
  readonly #valueWidth: number;
  readonly #layout: NodeLayout;
  #children: (Address | undefined)[] | undefined;
  #kept: (KeptNode | undefined)[] | undefined;
  /** Made when first asked for, and so is `#before`. */
  #counts: Float64Array | undefined;
  /** `#before[i]`: entries below the children before `i`. */
  #before: Float64Array | undefined;

  private constructor(bytes: Uint8Array, kind: TreeKind, layout: NodeLayout) {
    // One class of array everywhere keeps the readers of bytes fast, and Buffer's `slice` would not copy.
    this.bytes = bytes instanceof Buffer ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.length) : bytes;
    this.kind = kind;
    this.level = layout.level;
    this.count = layout.count;
    this.treeCount = layout.treeCount;
    this.#keysAt = layout.keysAt;
    this.#keyOffsetsAt = layout.keyOffsetsAt;
    this.#keyWidth = layout.keyWidth;
    this.#valuesAt = layout.valuesAt;
    this.#valueOffsetsAt = layout.valueOffsetsAt;
    this.#valueWidth = layout.valueWidth;
    this.#layout = layout;
  }

  /** Opens a TUPM, ADRM, CMCL or ARTM message. Throws `corrupt`. */
  static read(bytes: Uint8Array): Node {
    const fileId = fileIdOf(bytes);
    switch (fileId) {
      case TREE_NODE:
        return new Node(bytes, 'rows', readTreeNode(bytes));
      case ADDRESS_MAP_NODE:
        return new Node(bytes, 'addresses', readAddressMapNode(bytes));
      case COMMIT_CLOSURE_NODE:
        return new Node(bytes, 'closure', readCommitClosureNode(bytes));
      case MERGE_ARTIFACTS_NODE:
        return new Node(bytes, 'artifacts', readMergeArtifactsNode(bytes));
      default:
        throw new DoltError('corrupt', `a chunk is a ${fileId} message where a tree node was expected`);
    }
  }

  /** A leaf of rows that is no message; `layout` says where its entries are, none of which lies outside. */
  static leaf(bytes: Uint8Array, layout: NodeLayout): Node {
    return new Node(bytes, 'rows', layout);
  }

  /** The same node with other values, each as long as it was, and other addresses of children, but the same counts. */
  withBytes(bytes: Uint8Array): Node {
    const node = new Node(bytes, this.kind, this.#layout);
    node.#counts = this.#counts;
    node.#before = this.#before;
    return node;
  }

  get isLeaf(): boolean {
    return this.level === 0;
  }

  keyStart(index: number): number {
    if (this.#keyOffsetsAt === 0) return this.#keysAt + index * this.#keyWidth;
    const at = this.#keyOffsetsAt + 2 * index;
    return this.#keysAt + (this.bytes[at]! | (this.bytes[at + 1]! << 8));
  }

  keyEnd(index: number): number {
    return this.keyStart(index + 1);
  }

  /** Where a key starts in a node whose keys are all of one length: no look at the offsets. */
  evenKeyStart(index: number): number {
    if (this.#evenWidth < 0) this.#evenWidth = Math.trunc((this.keyStart(this.count) - this.#keysAt) / this.count);
    return this.#keysAt + index * this.#evenWidth;
  }

  valueStart(index: number): number {
    if (this.#valueOffsetsAt === 0) return this.#valuesAt + index * this.#valueWidth;
    const at = this.#valueOffsetsAt + 2 * index;
    return this.#valuesAt + (this.bytes[at]! | (this.bytes[at + 1]! << 8));
  }

  valueEnd(index: number): number {
    return this.valueStart(index + 1);
  }

  /** The key, copied. */
  key(index: number): Uint8Array {
    return this.bytes.slice(this.keyStart(index), this.keyEnd(index));
  }

  /** The value, copied. */
  value(index: number): Uint8Array {
    return this.bytes.slice(this.valueStart(index), this.valueEnd(index));
  }

  /** The address of a child; in a leaf of an address map, the address that is the value. */
  childAddress(index: number): Address {
    const at = this.#valuesAt + index * ADDRESS_BYTES;
    if (this.level === 0) return addressAt(this.bytes, at);
    // Inner nodes are few and descended often: the same string is found in a cache without hashing it anew.
    this.#children ??= new Array<Address | undefined>(this.count);
    let child = this.#children[index];
    if (child === undefined) {
      child = addressAt(this.bytes, at);
      this.#children[index] = child;
    }
    return child;
  }

  /** Of an inner node: what caches keep of its children, for them to note. */
  get keptChildren(): (KeptNode | undefined)[] {
    this.#kept ??= new Array<KeptNode | undefined>(this.count);
    return this.#kept;
  }

  /** Entries in the leaves below a child; of a leaf's entry, 1. */
  subtreeCount(index: number): number {
    return this.level === 0 ? 1 : this.subtreeCounts()[index]!;
  }

  /** Entries in the leaves below the children before `index`; for `count` that is `treeCount`. */
  countBefore(index: number): number {
    if (this.level === 0) return index;
    this.#before ??= this.#sums();
    return this.#before[index]!;
  }

  /** Entries in the leaves below each child of an internal node; not to be modified. */
  subtreeCounts(): Float64Array {
    const { subtreeCountsAt, subtreeCountsLength } = this.#layout;
    this.#counts ??= readSubtreeCounts(this.bytes, subtreeCountsAt, subtreeCountsLength, this.count);
    return this.#counts;
  }

  #sums(): Float64Array {
    const counts = this.subtreeCounts();
    const before = new Float64Array(this.count + 1);
    for (let i = 0; i < this.count; i++) before[i + 1] = before[i]! + counts[i]!;
    return before;
  }
}
