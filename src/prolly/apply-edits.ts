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
import { emptyNode, LevelChunker } from './level-chunker.ts';
import { Node } from './node.ts';
import { MAXIMUM_NODE_ITEMS_BYTES } from './splitter.ts';
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

/** A node that came (`address`) or went (undefined), as an edit of the level above. */
interface ChildEdit {
  readonly key: Uint8Array;
  readonly address: Address | undefined;
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
    stream = new ChildEdits(children);
  }
  return map;
}

/** The root over all nodes of what was the top level. */
function rootOver(map: TreeMap, level: number, rewrite: LevelRewrite, children: readonly ChildEdit[]): Node {
  const { store, format } = map;
  if (rewrite.rootMessage !== undefined) return canonicalRoot(store, Node.read(rewrite.rootMessage));
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
  /** The message of the only node of the top level. */
  rootMessage: Uint8Array | undefined;
  readonly #map: TreeMap;
  readonly #cursor: Cursor;
  readonly #chunker: LevelChunker;
  readonly #memory = new ScanMemory();
  /** Nodes that came in this stretch, and those that went. */
  #came: ChildEdit[] = [];
  #went: ChildEdit[] = [];

  constructor(map: TreeMap, level: number) {
    this.#map = map;
    this.#cursor = new Cursor(map.store, map.format, map.root, level);
    this.#chunker = new LevelChunker(map.store, map.format, level, (key, start, end, address, count) => {
      this.#came.push({ key: key.slice(start, end), address, count });
    });
  }

  /** There are no more edits. */
  release(): void {
    this.#chunker.release();
  }

  /** Makes the edits; what changes for the level above. Of the top level: all its nodes, or `rootMessage`. */
  run(edits: EditStream, isTop: boolean): ChildEdit[] {
    const result: ChildEdit[] = [];
    while (this.#seek(edits)) {
      this.changed = true;
      this.#stretch(edits);
      if (!this.#chunker.isEmpty) {
        if (isTop && this.#came.length === 0) this.rootMessage = this.#chunker.closeAsRoot();
        else this.#chunker.close();
      }
      if (isTop) {
        for (const child of this.#came) result.push(child);
        return result;
      }
      this.#addReplacements(result);
    }
    return result;
  }

  /** To the start of the node where the next edit with an effect begins to matter; false when there is none. */
  #seek(edits: EditStream): boolean {
    const cursor = this.#cursor;
    const { compare } = this.#map.format;
    for (; edits.valid; edits.next()) {
      cursor.toLow({ key: edits.key.subarray(edits.keyStart, edits.keyEnd), inclusive: true });
      const { node, index } = cursor;
      const isEntry =
        index < node.count &&
        compare(node.bytes, node.keyStart(index), node.keyEnd(index), edits.key, edits.keyStart, edits.keyEnd) === 0;
      if (edits.remove ? !isEntry : isEntry && isSameEntry(node, index, edits)) continue;
      cursor.index = 0;
      // A node may have ended only because this node's first pair did not fit: then it ends elsewhere when that changes.
      if (index === 0) this.#backOverTight(node);
      return true;
    }
    return false;
  }

  #backOverTight(node: Node): void {
    const cursor = this.#cursor;
    if (node.count === 0) return;
    cursor.previousLeaf();
    const before = cursor.node;
    if (cursor.index < 0) cursor.index = 0;
    else if (itemsBytes(before, 0, before.count) + itemsBytes(node, 0, 1) > MAXIMUM_NODE_ITEMS_BYTES) cursor.index = 0;
    else cursor.nextLeaf();
  }

  /** Cuts anew from the cursor's node on until old and new nodes end at the same place, or to the end of the level. */
  #stretch(edits: EditStream): void {
    const cursor = this.#cursor;
    for (let nodes = 1; ; nodes++) {
      const address = cursor.nodeAddress;
      const node = cursor.node;
      if (address !== undefined) {
        this.#went.push({ key: node.key(node.count - 1), address, count: 0 });
      }
      const isLast = cursor.atLastNode;
      this.#rewriteNode(node, edits, isLast);
      if (isLast) return;
      if (nodes === LONG_STRETCH) {
        // Nodes that are replaced are not read again.
        cursor.keepsLeaves = false;
        cursor.memory = this.#memory;
      }
      this.#memory.forget();
      cursor.nextLeaf();
      const next = cursor.node;
      if (!this.#chunker.isEmpty && !this.#isBefore(edits, next, 0)) this.#chunker.makeRoom(itemsBytes(next, 0, 1));
      if (
        this.#chunker.isEmpty &&
        !(edits.valid && (cursor.atLastNode || this.#isBefore(edits, next, next.count - 1)))
      ) {
        return;
      }
    }
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
    // From its start to the first edit a node is cut as it was, so it does not end there.
    let untouched = chunker.isEmpty;
    let index = 0;
    for (;;) {
      let to = node.count;
      let isHere = false;
      if (edits.valid) {
        to = seekFrom(node, edits, compare, index);
        isHere = to < node.count || isLast;
      }
      const unsplit = untouched ? (to === node.count ? to - index - 1 : to - index) : 0;
      chunker.appendRange(node, index, to, unsplit);
      index = to;
      if (!isHere) return;
      untouched = false;
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
  #addReplacements(into: ChildEdit[]): void {
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

/** Bytes of the keys and values of entries `[from, to)`. */
function itemsBytes(node: Node, from: number, to: number): number {
  return node.keyStart(to) - node.keyStart(from) + node.valueStart(to) - node.valueStart(from);
}

function isSameEntry(node: Node, index: number, edits: EditStream): boolean {
  return (
    isSame(node.bytes, node.keyStart(index), node.keyEnd(index), edits.key, edits.keyStart, edits.keyEnd) &&
    isSame(node.bytes, node.valueStart(index), node.valueEnd(index), edits.value, edits.valueStart, edits.valueEnd)
  );
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

/** Replaced children as a stream. */
class ChildEdits implements EditStream {
  readonly #edits: readonly ChildEdit[];
  #at = 0;
  readonly keyStart = 0;
  readonly value = new Uint8Array(20);
  readonly valueStart = 0;
  readonly valueEnd = 20;

  constructor(edits: readonly ChildEdit[]) {
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
