/**
 * Merges sorted edits into a tree, level by level from the leaves. A stretch of old nodes is cut anew from the start of
 * the first one that an edit touches until the cutting ends a node where an old node ended and no edit is near; what
 * lies between stretches is neither read nor written. The nodes that went and those that came are the edits of the level
 * above.
 *
 * The result is the tree that a rebuild gives: cutting depends on nothing but the pairs since the last boundary.
 */
import { type Address, writeAddress } from '../base/address.ts';
import { ScanMemory } from '../chunks/scan-memory.ts';
import { Cursor, firstAtLeast } from './cursor.ts';
import { itemsBytes, LevelChunker } from './level-chunker.ts';
import { Node } from './node.ts';
import { emptyNode } from './node-message.ts';
import { NodePatch } from './node-patch.ts';
import { MAXIMUM_NODE_ITEMS_BYTES, Splitter } from './splitter.ts';
import { canonicalRoot, Levels } from './tree-builder.ts';
import type { TreeFormat } from './tree-format.ts';
import { TreeMap } from './tree-map.ts';

/** A stream of edits in ascending key order, each key once. The ranges are valid until `next`. */
export interface EditStream {
  /** Whether there is an edit. */
  readonly valid: boolean;
  readonly key: Uint8Array;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly remove: boolean;
  readonly value: Uint8Array;
  readonly valueStart: number;
  readonly valueEnd: number;
  /** Of a child, the entries below. */
  readonly subtreeCount: number;
  next(): void;
}

/** An address under a key: put, or removed where undefined. Nodes that come and go are those of the level above. */
export interface AddressEdit {
  readonly key: Uint8Array;
  readonly address: Address | undefined;
  /** Of a child, the entries below. */
  readonly count: number;
}

/** The map with `edits` made. */
export function applyEdits(map: TreeMap, edits: EditStream): TreeMap {
  const { store, format, root } = map;
  let stream = edits;
  for (let level = 0; level <= root.level; level++) {
    const rewrite = new LevelRewrite(map, level);
    const isTop = level === root.level;
    const children = rewrite.run(stream, isTop);
    rewrite.release();
    if (isTop) {
      if (!rewrite.changed) return map;
      return new TreeMap(store, format, rootOver(map, level, rewrite, children));
    }
    if (children.length === 0) return map;
    stream = new AddressEdits(children);
  }
  return map;
}

/** The same of a map whose values are addresses; the edits are in ascending key order, each key once. */
export function applyAddressEdits(map: TreeMap, edits: readonly AddressEdit[]): TreeMap {
  return applyEdits(map, new AddressEdits(edits));
}

/** The root over all nodes of what was the top level. */
function rootOver(map: TreeMap, level: number, rewrite: LevelRewrite, children: readonly AddressEdit[]): Node {
  const { store, format } = map;
  if (rewrite.root !== undefined) return canonicalRoot(store, rewrite.root);
  if (children.length === 0) return Node.read(emptyNode(format.kind));
  if (children.length === 1) return canonicalRoot(store, store.read(children[0]!.address!));
  const levels = new Levels(store, format, level + 1);
  for (const { key, address, count } of children) levels.bottom.appendChild(key, 0, key.length, address!, count);
  return levels.finish();
}

/** Nodes of a stretch beyond which they are not worth a place in the cache. */
const LONG_STRETCH = 64;

class LevelRewrite {
  /** Whether an edit had an effect. */
  changed = false;
  /** The only node of the top level. */
  root: Node | undefined;
  readonly #map: TreeMap;
  readonly #level: number;
  #cursor: Cursor | undefined;
  readonly #chunker: LevelChunker;
  readonly #memory = new ScanMemory();
  /** Nodes that came in this stretch, and those that went. */
  #came: AddressEdit[] = [];
  #went: AddressEdit[] = [];

  constructor(map: TreeMap, level: number) {
    this.#map = map;
    this.#level = level;
    this.#chunker = new LevelChunker(map.store, map.format, level, (key, start, end, address, count) => {
      this.#came.push({ key: key.slice(start, end), address, count });
    });
  }

  /** There are no more edits. */
  release(): void {
    this.#chunker.release();
  }

  /** Makes the edits; what changes for the level above. Of the top level: all its nodes, or `root`. */
  run(edits: EditStream, isTop: boolean): AddressEdit[] {
    const result: AddressEdit[] = [];
    for (;;) {
      const cursor = this.#seek(edits);
      if (!cursor) return result;
      this.changed = true;
      this.#stretch(cursor, edits);
      if (!this.#chunker.isEmpty) {
        if (isTop && this.#came.length === 0) this.root = Node.read(this.#chunker.closeAsRoot());
        else this.#chunker.close();
      }
      if (isTop) {
        for (const child of this.#came) result.push(child);
        return result;
      }
      this.#addReplacements(result);
    }
  }

  /** At the start of the node where the next edit with an effect begins to matter; undefined when there is none. */
  #seek(edits: EditStream): Cursor | undefined {
    const { compare } = this.#map.format;
    for (; edits.valid; edits.next()) {
      const cursor = this.#cursorAt(edits);
      const { node, index } = cursor;
      const isEntry =
        index < node.count &&
        compare(node.bytes, node.keyStart(index), node.keyEnd(index), edits.key, edits.keyStart, edits.keyEnd) === 0;
      if (edits.remove ? !isEntry : isEntry && isSameEntry(node, index, edits)) continue;
      cursor.index = 0;
      // A node may have ended only because this node's first pair did not fit: then it ends elsewhere when that changes.
      if (index === 0) this.#backOverTight(cursor);
      return cursor;
    }
    return undefined;
  }

  #cursorAt({ key, keyStart, keyEnd }: EditStream): Cursor {
    const { store, format, root } = this.#map;
    const low = { key: key.subarray(keyStart, keyEnd), inclusive: true };
    if (this.#cursor) this.#cursor.toLow(low);
    else this.#cursor = new Cursor(store, format, root, this.#level, low);
    return this.#cursor;
  }

  #backOverTight(cursor: Cursor): void {
    const { node } = cursor;
    if (node.count === 0) return;
    cursor.previousLeaf();
    const before = cursor.node;
    if (cursor.index < 0) cursor.index = 0;
    else if (itemsBytes(before, 0, before.count) + itemsBytes(node, 0, 1) > MAXIMUM_NODE_ITEMS_BYTES) cursor.index = 0;
    else cursor.nextLeaf();
  }

  /** Cuts anew from the cursor's node on until old and new nodes end at the same place, or to the end of the level. */
  #stretch(cursor: Cursor, edits: EditStream): void {
    const chunker = this.#chunker;
    chunker.keepsNodes = true;
    for (let nodes = 1; ; nodes++) {
      const address = cursor.nodeAddress;
      const node = cursor.node;
      if (address !== undefined) {
        this.#went.push({ key: node.key(node.count - 1), address, count: 0 });
        this.#map.store.forget(address);
      }
      const isLast = cursor.atLastNode;
      const patched = chunker.isEmpty ? this.#patch(node, edits) : node;
      if (patched !== node && this.#isWhole(patched, edits, isLast)) this.#writePatched(patched, address === undefined);
      else this.#rewriteNode(patched, edits, isLast);
      if (isLast || (chunker.isEmpty && !edits.valid)) return;
      if (nodes === LONG_STRETCH) {
        // Neither nodes that are replaced nor all those that replace them are read again.
        cursor.keepsLeaves = false;
        cursor.memory = this.#memory;
        chunker.keepsNodes = false;
      }
      this.#memory.forget();
      cursor.nextLeaf();
      const next = cursor.node;
      if (!chunker.isEmpty && !this.#isBefore(edits, next, 0)) chunker.makeRoom(itemsBytes(next, 0, 1));
      if (chunker.isEmpty && !(edits.valid && (cursor.atLastNode || this.#isBefore(edits, next, next.count - 1)))) {
        return;
      }
    }
  }

  /** Makes those of a node's edits, from the first on, that replace values by others of the same length. */
  #patch(node: Node, edits: EditStream): Node {
    let patch: NodePatch | undefined;
    for (let index = 0; edits.valid; edits.next()) {
      index = seekFrom(node, edits, this.#map.format.compare, index);
      if (index === node.count || !isSameShape(node, index, edits, this.#map.format)) break;
      patch ??= new NodePatch(node);
      patch.set(index, edits.value, edits.valueStart, edits.valueEnd, edits.subtreeCount);
    }
    return patch?.finish() ?? node;
  }

  /** Whether a patched node has no more edits and ends where it did, whatever becomes of the next one. */
  #isWhole(node: Node, edits: EditStream, isLast: boolean): boolean {
    const { count } = node;
    if (isLast || this.#isBefore(edits, node, count - 1)) return isLast && !edits.valid;
    if (node.level > 0 && count === 1) return false;
    const splitter = new Splitter(node.level);
    splitter.skip(itemsBytes(node, 0, count - 1));
    const pairSize = itemsBytes(node, count - 1, count);
    return splitter.endsAfter(node.bytes, node.keyStart(count - 1), node.keyEnd(count - 1), pairSize);
  }

  #writePatched(node: Node, isRoot: boolean): void {
    const { store } = this.#map;
    if (isRoot) {
      this.root = node;
      return;
    }
    const address = this.#chunker.keepsNodes ? store.writeNode(node) : store.write(node.bytes);
    this.#came.push({ key: node.key(node.count - 1), address, count: node.treeCount });
  }

  /** Whether the next edit's key is not greater than an entry's. */
  #isBefore(edits: EditStream, node: Node, index: number): boolean {
    if (!edits.valid) return false;
    const { compare } = this.#map.format;
    return compare(node.bytes, node.keyStart(index), node.keyEnd(index), edits.key, edits.keyStart, edits.keyEnd) >= 0;
  }

  /** Appends a node's pairs with the edits among them; of the last node also those after it. */
  #rewriteNode(node: Node, edits: EditStream, isLast: boolean): void {
    const { compare } = this.#map.format;
    const chunker = this.#chunker;
    let index = 0;
    for (;;) {
      let to = node.count;
      let isHere = false;
      if (edits.valid) {
        to = seekFrom(node, edits, compare, index);
        isHere = to < node.count || isLast;
      }
      // With as many bytes before it as it had, no pair ends the node that did not end it, which is all but the last.
      const isAsItWas = chunker.size === itemsBytes(node, 0, index);
      chunker.appendRange(node, index, to, isAsItWas ? Math.max(0, Math.min(to, node.count - 1) - index) : 0);
      index = to;
      if (!isHere) return;
      const isEntry =
        index < node.count &&
        compare(node.bytes, node.keyStart(index), node.keyEnd(index), edits.key, edits.keyStart, edits.keyEnd) === 0;
      if (!edits.remove) {
        const { value, valueStart, valueEnd, subtreeCount } = edits;
        chunker.append(edits.key, edits.keyStart, edits.keyEnd, value, valueStart, valueEnd, subtreeCount);
      }
      if (isEntry) index++;
      edits.next();
    }
  }

  /** Nodes that went and came in a stretch, as sorted edits; a node that came back is none. */
  #addReplacements(into: AddressEdit[]): void {
    const { compare } = this.#map.format;
    const went = this.#went;
    const came = this.#came;
    let w = 0;
    let c = 0;
    while (w < went.length || c < came.length) {
      const order =
        w === went.length
          ? 1
          : c === came.length
            ? -1
            : compare(went[w]!.key, 0, went[w]!.key.length, came[c]!.key, 0, came[c]!.key.length);
      if (order < 0) {
        into.push({ key: went[w]!.key, address: undefined, count: 0 });
        w++;
      } else if (order > 0) into.push(came[c++]!);
      else {
        if (went[w]!.address !== came[c]!.address) into.push(came[c]!);
        w++;
        c++;
      }
    }
    this.#went = [];
    this.#came = [];
  }
}

/** `firstAtLeast`, first looking near `from`: edits are often neighbours. */
function seekFrom(node: Node, edits: EditStream, compare: TreeFormat['compare'], from: number): number {
  const { key, keyStart, keyEnd } = edits;
  for (let i = from; i < from + 2; i++) {
    if (i >= node.count) return node.count;
    if (compare(node.bytes, node.keyStart(i), node.keyEnd(i), key, keyStart, keyEnd) >= 0) return i;
  }
  return firstAtLeast(node, key, keyStart, keyEnd, compare, 0, from + 2);
}

function isSameEntry(node: Node, index: number, edits: EditStream): boolean {
  return (
    isSame(node.bytes, node.keyStart(index), node.keyEnd(index), edits.key, edits.keyStart, edits.keyEnd) &&
    isSame(node.bytes, node.valueStart(index), node.valueEnd(index), edits.value, edits.valueStart, edits.valueEnd)
  );
}

/** Whether an edit gives an entry another value of the same length, with as many addresses in the same places. */
function isSameShape(node: Node, index: number, edits: EditStream, format: TreeFormat): boolean {
  const { key, keyStart, keyEnd, value, valueStart, valueEnd } = edits;
  const { bytes } = node;
  const start = node.valueStart(index);
  const end = node.valueEnd(index);
  if (edits.remove || end - start !== valueEnd - valueStart) return false;
  if (!isSame(bytes, node.keyStart(index), node.keyEnd(index), key, keyStart, keyEnd)) return false;
  if (node.level > 0 || format.kind !== 'rows' || format.addressOffsets === undefined) return true;
  const before: number[] = [];
  const after: number[] = [];
  format.addressOffsets(bytes, start, end, before);
  format.addressOffsets(value, valueStart, valueEnd, after);
  return before.length === after.length && before.every((offset, i) => offset === after[i]);
}

/** Whether two ranges hold the same bytes. */
export function isSame(
  a: Uint8Array,
  aStart: number,
  aEnd: number,
  b: Uint8Array,
  bStart: number,
  bEnd: number,
): boolean {
  if (aEnd - aStart !== bEnd - bStart) return false;
  for (let i = aStart, j = bStart; i < aEnd; i++, j++) if (a[i] !== b[j]) return false;
  return true;
}

class AddressEdits implements EditStream {
  readonly #edits: readonly AddressEdit[];
  #at = 0;
  readonly keyStart = 0;
  readonly value = new Uint8Array(20);
  readonly valueStart = 0;
  readonly valueEnd = 20;

  constructor(edits: readonly AddressEdit[]) {
    this.#edits = edits;
    this.#fill();
  }

  get valid(): boolean {
    return this.#at < this.#edits.length;
  }

  get key(): Uint8Array {
    return this.#edits[this.#at]!.key;
  }

  get keyEnd(): number {
    return this.key.length;
  }

  get remove(): boolean {
    return this.#edits[this.#at]!.address === undefined;
  }

  get subtreeCount(): number {
    return this.#edits[this.#at]!.count;
  }

  next(): void {
    this.#at++;
    this.#fill();
  }

  #fill(): void {
    const address = this.#edits[this.#at]?.address;
    if (address !== undefined) writeAddress(address, this.value, 0);
  }
}
