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
  /** Undefined while none waits. */
  #edits: EditBuffer | undefined;
  readonly #pendingLimit: number;

  constructor(map: TreeMap, pendingLimit = DEFAULT_PENDING_BYTES) {
    this.#map = map;
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
    this.#edits ??= EditBuffer.take(this.#map.format);
    this.#edits.put(key, keyStart, keyEnd, value, valueStart, valueEnd);
    if (this.#edits.byteSize > this.#pendingLimit) this.flush();
  }

  /** Removes the entry whose key compares equal, if there is one. */
  delete(key: Uint8Array, start = 0, end = key.length): void {
    this.#edits ??= EditBuffer.take(this.#map.format);
    this.#edits.remove(key, start, end);
    if (this.#edits.byteSize > this.#pendingLimit) this.flush();
  }

  /** The value of a key, edits included. */
  get(key: Uint8Array, start = 0, end = key.length): ValueRange | undefined {
    const edits = this.#edits;
    const edit = edits === undefined ? -1 : edits.find(key, start, end);
    if (edits !== undefined && edit >= 0) {
      if (edits.isRemoval(edit)) return undefined;
      return { bytes: edits.pageOf(edit), start: edits.keyEnd(edit), end: edits.valueEnd(edit) };
    }
    const entry = this.#map.get(key, start, end);
    if (entry === undefined) return undefined;
    const { node, index } = entry;
    return { bytes: node.bytes, start: node.valueStart(index), end: node.valueEnd(index) };
  }

  has(key: Uint8Array, start = 0, end = key.length): boolean {
    const edit = this.#edits === undefined ? -1 : this.#edits.find(key, start, end);
    return edit >= 0 ? !this.#edits!.isRemoval(edit) : this.#map.has(key, start, end);
  }

  /** The same as `flush`, but a few edits may wait in the map for somebody to ask for its tree. */
  finish(): TreeMap {
    return this.#take((edits) => editedMap(this.#map, edits.stream(), edits.byteSize));
  }

  /** The map with all edits, its tree made; later edits go on from it. */
  flush(): TreeMap {
    return this.#take((edits) => applyEdits(this.#map, edits.stream()));
  }

  #take(make: (edits: EditBuffer) => TreeMap): TreeMap {
    const edits = this.#edits;
    if (edits !== undefined) {
      this.#map = make(edits);
      this.#edits = undefined;
      edits.release();
    }
    return this.#map;
  }
}
