/**
 * A map on which a few edits wait: it reads as if they had been made, but its tree is made when somebody asks for more
 * than single entries and ranges. What goes on being edited is made into a tree once, not after each edit.
 *
 *     base ◀── edits ◀── the same base, more edits ◀── … ── `root` ──▶ a tree
 *
 * Edits of a sealed map lie in a map of their own above it; the tree is made of all of them at once.
 */
import type { ScanMemory } from '../chunks/scan-memory.ts';
import { applyEdits, type EditStream } from './apply-edits.ts';
import { firstAtLeast, keysBefore } from './cursor.ts';
import { ALL_KEYS, afterBound, type KeyRange } from './key-range.ts';
import type { Node } from './node.ts';
import { type Entry, type LeafRun, TreeMap } from './tree-map.ts';
import { WaitingEdits } from './waiting-edits.ts';

/** What may wait before a tree is made of it: the more, the more of it is in the same nodes. A leaf of edits holds it. */
const MOST_WAITING_BYTES = 56 * 1024;
/** A layer of edits has more than so many times the bytes of the one above: a look-up goes through few, and joining is rare. */
const GROWTH = 4;
/** What `editsSince` may go back over, and keep in memory for it. */
const MOST_KEPT_BYTES = 1024 * 1024;

/** The map with edits made, which have `bytes` bytes and are for keys in ascending order: now, or later where they are few. */
export function editedMap(map: TreeMap, edits: EditStream, bytes: number): TreeMap {
  if (bytes > MOST_WAITING_BYTES || map.format.kind !== 'rows') return applyEdits(map, edits);
  if (!edits.valid) return map;
  if (!(map instanceof EditedMap)) return new EditedMap(map, WaitingEdits.of(map.format, undefined, edits), 0);
  return map.edited(edits, bytes);
}

/** The map with edits made that were made of another map before, in order. */
export function withEdits(map: TreeMap, edits: readonly WaitingEdits[]): TreeMap {
  return edits.reduce((made, more) => editedMap(made, more.stream(), more.byteSize), map);
}

export class EditedMap extends TreeMap {
  #base: TreeMap | undefined;
  #edits: WaitingEdits | undefined;
  #isWaiting = true;
  #isSealed = false;
  /** Bytes of the edits that `editsSince` gives, those of this map aside. */
  readonly #keptBytes: number;

  constructor(base: TreeMap, edits: WaitingEdits, keptBytes: number) {
    super(base.store, base.format, undefined);
    this.#base = base;
    this.#edits = edits;
    this.#keptBytes = keptBytes;
  }

  edited(edits: EditStream, bytes: number): EditedMap {
    if (this.#isWaiting && this.#waitingBytes + bytes <= MOST_WAITING_BYTES) {
      const kept = this.#isSealed ? 0 : this.#allKeptBytes;
      const above = new EditedMap(this, WaitingEdits.of(this.format, undefined, edits), kept);
      return above.#joined((below) => !below.#isSealed);
    }
    // The next edits wait on this map's tree.
    void this.root;
    const kept = this.#allKeptBytes;
    if (kept > MOST_KEPT_BYTES) this.settle();
    return new EditedMap(this, WaitingEdits.of(this.format, undefined, edits), kept > MOST_KEPT_BYTES ? 0 : kept);
  }

  /** Its edits together with those of the layers below that are not much larger, as far as `mayJoin` lets it. */
  #joined(mayJoin: (below: EditedMap) => boolean): EditedMap {
    const below = this.#base;
    if (!(below instanceof EditedMap) || !below.#isWaiting || !mayJoin(below)) return this;
    if (below.#edits!.byteSize > GROWTH * this.#edits!.byteSize) return this;
    const edits = WaitingEdits.of(this.format, below.#edits, this.#edits!.stream());
    return new EditedMap(below.#base!, edits, below.#keptBytes).#joined(mayJoin);
  }

  get #allKeptBytes(): number {
    return this.#keptBytes + (this.#edits?.byteSize ?? 0);
  }

  /** Of this map's edits and of those of the maps below that wait as well. */
  get #waitingBytes(): number {
    const base = this.#base!;
    const below = base instanceof EditedMap && base.#isWaiting ? base.#waitingBytes : 0;
    return below + this.#edits!.byteSize;
  }

  /** The map with a tree that lies below all that waits, and what waits. */
  #waiting(): { readonly base: TreeMap; readonly edits: WaitingEdits } {
    let base = this.#base!;
    let edits = this.#edits!;
    while (base instanceof EditedMap && base.#isWaiting) {
      edits = WaitingEdits.of(this.format, base.#edits, edits.stream());
      base = base.#base!;
    }
    return { base, edits };
  }

  protected override makeRoot(): Node {
    const { base, edits } = this.#waiting();
    this.#isWaiting = false;
    return applyEdits(base, edits.stream()).root;
  }

  override collapsed(): TreeMap {
    return this.#isWaiting ? this.#joined(() => true) : this;
  }

  override seal(): void {
    this.#isSealed = true;
  }

  override get atHand(): TreeMap {
    return this.#isWaiting ? this.#base!.atHand : this;
  }

  override get isEmpty(): boolean {
    return !this.#isWaiting && super.isEmpty;
  }

  override editsSince(origin: TreeMap): readonly WaitingEdits[] | undefined {
    if (this === origin) return [];
    const before = this.#base?.editsSince(origin);
    return before && [...before, this.#edits!];
  }

  override settle(): void {
    void this.root;
    this.#base = undefined;
    this.#edits = undefined;
  }

  override get(key: Uint8Array, start = 0, end = key.length): Entry | undefined {
    if (!this.#isWaiting) return super.get(key, start, end);
    const edits = this.#edits!;
    const index = edits.find(key, start, end, this.format);
    if (index < 0) return this.#base!.get(key, start, end);
    return edits.isRemoval(index) ? undefined : { node: edits.leaf, index };
  }

  override scan(range: KeyRange = ALL_KEYS, memory?: ScanMemory): Generator<LeafRun, void, void> {
    if (!this.#isWaiting) return super.scan(range, memory);
    const { from, to } = this.#editsIn(range);
    const runs = this.#base!.scan(range, memory);
    return from === to ? runs : this.#merged(runs, from, to);
  }

  override scanBackwards(range: KeyRange = ALL_KEYS, memory?: ScanMemory): Generator<LeafRun, void, void> {
    if (!this.#isWaiting) return super.scanBackwards(range, memory);
    const { from, to } = this.#editsIn(range);
    const runs = this.#base!.scanBackwards(range, memory);
    return from === to ? runs : this.#mergedBackwards(runs, from, to);
  }

  /** The edits `[from, to)` are those in a range. */
  #editsIn({ low, high }: KeyRange): { readonly from: number; readonly to: number } {
    const { leaf } = this.#edits!;
    const from = low === undefined ? 0 : keysBefore(leaf, low, this.format);
    const to = high === undefined ? leaf.count : keysBefore(leaf, afterBound(high), this.format);
    return { from, to: Math.max(from, to) };
  }

  /** Runs of the base, cut where edits are, with the runs of these. */
  *#merged(runs: Iterable<LeafRun>, from: number, to: number): Generator<LeafRun, void, void> {
    const edits = this.#edits!;
    const { leaf } = edits;
    let edit = from;
    for (const run of runs) {
      let at = run.from;
      for (; edit < to && this.#order(edit, run.node, run.to - 1) <= 0; edit++) {
        const place = this.#placeOf(edit, run.node, at, run.to);
        if (place > at) yield { node: run.node, from: at, to: place };
        if (!edits.isRemoval(edit)) yield { node: leaf, from: edit, to: edit + 1 };
        at = this.#order(edit, run.node, place) === 0 ? place + 1 : place;
      }
      if (at < run.to) yield { node: run.node, from: at, to: run.to };
    }
    for (; edit < to; edit++) if (!edits.isRemoval(edit)) yield { node: leaf, from: edit, to: edit + 1 };
  }

  *#mergedBackwards(runs: Iterable<LeafRun>, from: number, to: number): Generator<LeafRun, void, void> {
    const edits = this.#edits!;
    const { leaf } = edits;
    let edit = to - 1;
    for (const run of runs) {
      let end = run.to;
      for (; edit >= from && this.#order(edit, run.node, run.from) >= 0; edit--) {
        const place = this.#placeOf(edit, run.node, run.from, end);
        const after = place < end && this.#order(edit, run.node, place) === 0 ? place + 1 : place;
        if (after < end) yield { node: run.node, from: after, to: end };
        if (!edits.isRemoval(edit)) yield { node: leaf, from: edit, to: edit + 1 };
        end = place;
      }
      if (run.from < end) yield { node: run.node, from: run.from, to: end };
    }
    for (; edit >= from; edit--) if (!edits.isRemoval(edit)) yield { node: leaf, from: edit, to: edit + 1 };
  }

  /** Order of an edit's key to that of an entry. */
  #order(edit: number, node: Node, index: number): number {
    const { leaf } = this.#edits!;
    const { compare } = this.format;
    return compare(
      leaf.bytes,
      leaf.keyStart(edit),
      leaf.keyEnd(edit),
      node.bytes,
      node.keyStart(index),
      node.keyEnd(index),
    );
  }

  /** The first of the entries `[from, to)` whose key is not less than the edit's, or `to`. */
  #placeOf(edit: number, node: Node, from: number, to: number): number {
    const { leaf } = this.#edits!;
    const { compare } = this.format;
    return Math.min(to, firstAtLeast(node, leaf.bytes, leaf.keyStart(edit), leaf.keyEnd(edit), compare, 0, from));
  }
}
