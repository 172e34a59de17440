/**
 * Edits over an immutable map: they wait in memory, sorted, and `flush` merges them into a new map whose tree is the one
 * that a rebuild would give, at a cost that follows the edits. Keys and values are copied in. When the waiting edits
 * outgrow the limit, they are flushed into the store by themselves.
 */
import { applyEdits } from './apply-edits.ts';
import { EditBuffer } from './edit-buffer.ts';
import { editedMap } from './edited-map.ts';
import type { TreeMap } from './tree-map.ts';

const DEFAULT_PENDING_BYTES = 128 * 1024 * 1024;

/** Where a value is; valid until the next edit. */
export interface ValueRange {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
}

export class MutableMap {
  #map: TreeMap;
  readonly #edits: EditBuffer;
  readonly #pendingLimit: number;

  constructor(map: TreeMap, pendingLimit = DEFAULT_PENDING_BYTES) {
    this.#map = map;
    this.#edits = new EditBuffer(map.format);
    this.#pendingLimit = pendingLimit;
  }

  /** The map without the waiting edits. */
  get flushed(): TreeMap {
    return this.#map;
  }

  /** Adds an entry or replaces the one whose key compares equal, key included. */
  put(
    key: Uint8Array,
    keyStart: number,
    keyEnd: number,
    value: Uint8Array,
    valueStart: number,
    valueEnd: number,
  ): void {
    this.#edits.put(key, keyStart, keyEnd, value, valueStart, valueEnd);
    if (this.#edits.byteSize > this.#pendingLimit) this.flush();
  }

  /** Removes the entry whose key compares equal, if there is one. */
  delete(key: Uint8Array, start = 0, end = key.length): void {
    this.#edits.remove(key, start, end);
    if (this.#edits.byteSize > this.#pendingLimit) this.flush();
  }

  /** The value of a key, edits included. */
  get(key: Uint8Array, start = 0, end = key.length): ValueRange | undefined {
    const edits = this.#edits;
    const edit = edits.find(key, start, end);
    if (edit >= 0) {
      if (edits.isRemoval(edit)) return undefined;
      return { bytes: edits.pageOf(edit), start: edits.keyEnd(edit), end: edits.valueEnd(edit) };
    }
    const entry = this.#map.get(key, start, end);
    if (entry === undefined) return undefined;
    const { node, index } = entry;
    return { bytes: node.bytes, start: node.valueStart(index), end: node.valueEnd(index) };
  }

  has(key: Uint8Array, start = 0, end = key.length): boolean {
    const edit = this.#edits.find(key, start, end);
    return edit >= 0 ? !this.#edits.isRemoval(edit) : this.#map.has(key, start, end);
  }

  /** Edits waiting. */
  get pendingCount(): number {
    return this.#edits.count;
  }

  get pendingBytes(): number {
    return this.#edits.byteSize;
  }

  /** Forgets the waiting edits (not those already flushed). */
  discard(): void {
    this.#edits.clear();
  }

  /** The same as `flush`, but a few edits may wait in the map for somebody to ask for its tree. */
  finish(): TreeMap {
    if (this.#edits.count > 0) {
      this.#map = editedMap(this.#map, this.#edits.stream(), this.#edits.byteSize);
      this.#edits.clear();
    }
    return this.#map;
  }

  /** The map with all edits, its tree made; later edits go on from it. */
  flush(): TreeMap {
    if (this.#edits.count > 0) {
      this.#map = applyEdits(this.#map, this.#edits.stream());
      this.#edits.clear();
    }
    return this.#map;
  }
}
