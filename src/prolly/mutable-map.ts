/**
 * Edits over an immutable map: they wait in memory, sorted, and `flush` merges them into a new map whose tree is the one
 * that a rebuild would give, at a cost that follows the edits. Keys and values are copied in. When the waiting edits
 * outgrow the limit, they are flushed into the store by themselves.
 */
import { AssertionError } from '../base/errors.ts';
import type { TreeMap } from './tree-map.ts';

export const DEFAULT_PENDING_BYTES = 128 * 1024 * 1024;

/** Where a value is; valid until the next edit. */
export interface ValueRange {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export class MutableMap {
  constructor(_map: TreeMap, _pendingLimit = DEFAULT_PENDING_BYTES) {}

  /** Adds an entry or replaces the one whose key compares equal, key included. */
  put(
    _key: Uint8Array,
    _keyStart: number,
    _keyEnd: number,
    _value: Uint8Array,
    _valueStart: number,
    _valueEnd: number,
  ): void {
    throw new AssertionError('not built');
  }

  /** Removes the entry whose key compares equal, if there is one. */
  delete(_key: Uint8Array, _start = 0, _end = _key.length): void {
    throw new AssertionError('not built');
  }

  /** The value of a key, edits included. */
  get(_key: Uint8Array, _start = 0, _end = _key.length): ValueRange | undefined {
    throw new AssertionError('not built');
  }

  has(_key: Uint8Array, _start = 0, _end = _key.length): boolean {
    throw new AssertionError('not built');
  }

  /** Edits waiting. */
  get pendingCount(): number {
    throw new AssertionError('not built');
  }

  get pendingBytes(): number {
    throw new AssertionError('not built');
  }

  /** Forgets the waiting edits (not those already flushed). */
  discard(): void {
    throw new AssertionError('not built');
  }

  /** The map with all edits; later edits go on from it. */
  flush(): TreeMap {
    throw new AssertionError('not built');
  }
}
