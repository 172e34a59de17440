/**
 * Builds a tree from entries in ascending key order: bytes go straight into node buffers that are used again and again,
 * and a node is written as soon as its boundary is known, so memory does not grow with the tree. The caller warrants
 * the order.
 */
import { AssertionError } from '../base/errors.ts';
import type { NodeStore } from './node-store.ts';
import type { TreeFormat } from './tree-format.ts';
import type { TreeMap } from './tree-map.ts';

export class TreeBuilder {
  constructor(_store: NodeStore, _format: TreeFormat) {}

  append(
    _key: Uint8Array,
    _keyStart: number,
    _keyEnd: number,
    _value: Uint8Array,
    _valueStart: number,
    _valueEnd: number,
  ): void {
    throw new AssertionError('not built');
  }

  /** The tree; the builder is spent. */
  finish(): TreeMap {
    throw new AssertionError('not built');
  }
}
