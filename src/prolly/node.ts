/**
 * A node of a prolly tree, read in place (FORMAT.md §4.1). One class over the four messages that hold trees of entries:
 * entry `i` has its key at `bytes[keyStart(i), keyEnd(i))` and its value at `bytes[valueStart(i), valueEnd(i))`; in an
 * internal node (`level > 0`) the value is the address of a child and the key the last key below it.
 *
 * Opening checks that every range lies inside the node, so that reading entries checks nothing.
 */
import type { Address } from '../base/address.ts';
import { AssertionError } from '../base/errors.ts';
import type { TreeKind } from './tree-format.ts';

export class Node {
  readonly bytes: Uint8Array;
  readonly kind: TreeKind;
  /** 0 is a leaf. */
  readonly level: number;
  /** Entries in this node. */
  readonly count: number;
  /** Entries in the leaves below (of a leaf: `count`). */
  readonly treeCount: number;

  private constructor(bytes: Uint8Array, kind: TreeKind, level: number, count: number, treeCount: number) {
    this.bytes = bytes;
    this.kind = kind;
    this.level = level;
    this.count = count;
    this.treeCount = treeCount;
  }

  /** Opens a TUPM, ADRM, CMCL or ARTM message. Throws `corrupt`. */
  static read(_bytes: Uint8Array): Node {
    throw new AssertionError('not built');
  }

  get isLeaf(): boolean {
    return this.level === 0;
  }

  keyStart(_index: number): number {
    throw new AssertionError('not built');
  }

  keyEnd(_index: number): number {
    throw new AssertionError('not built');
  }

  valueStart(_index: number): number {
    throw new AssertionError('not built');
  }

  valueEnd(_index: number): number {
    throw new AssertionError('not built');
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
  childAddress(_index: number): Address {
    throw new AssertionError('not built');
  }

  /** Entries in the leaves below a child. */
  subtreeCount(_index: number): number {
    throw new AssertionError('not built');
  }

  /** Entries in the leaves below the children before `index`; for `count` that is `treeCount`. */
  countBefore(_index: number): number {
    throw new AssertionError('not built');
  }
}
