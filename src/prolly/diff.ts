/**
 * Differences between two trees of one format, in key order. Subtrees with equal addresses are skipped unread, so the
 * cost follows the change and not the trees.
 *
 * Two walkers stand at entries that may be subtrees of any level. Equal subtrees are stepped over at once; else the
 * higher walker goes down, and at the leaves keys are compared. Walkers that left a changed region climb to the highest
 * subtree that starts where they are, and meet again because equal content is cut alike.
 */
import { isSame } from './apply-edits.ts';
import type { Node } from './node.ts';
import type { NodeStore } from './node-store.ts';
import type { Entry, TreeMap } from './tree-map.ts';

/** An entry that was added (`from` undefined), removed (`to` undefined) or has another value, or another spelling of its key. */
export type Change =
  | { readonly from: Entry; readonly to: Entry }
  | { readonly from: undefined; readonly to: Entry }
  | { readonly from: Entry; readonly to: undefined };

export interface DiffCounts {
  readonly added: number;
  readonly removed: number;
  readonly modified: number;
}

export function* diff(from: TreeMap, to: TreeMap): Generator<Change, void, void> {
  const cursor = new DiffCursor(from, to);
  while (cursor.next()) yield cursor.change();
}

/** How many entries differ. */
export function countChanges(from: TreeMap, to: TreeMap): DiffCounts {
  const cursor = new DiffCursor(from, to);
  let added = 0;
  let removed = 0;
  let modified = 0;
  while (cursor.next()) {
    if (cursor.kind === 'added') added++;
    else if (cursor.kind === 'removed') removed++;
    else modified++;
  }
  return { added, removed, modified };
}

/** The differences one by one, without an object for each. */
export class DiffCursor {
  kind: 'added' | 'removed' | 'modified' = 'modified';
  /** The entry before; meaningless when `added`. */
  fromNode: Node;
  fromIndex = 0;
  /** The entry after; meaningless when `removed`. */
  toNode: Node;
  toIndex = 0;
  readonly #compare: TreeMap['format']['compare'];
  readonly #from: Walker;
  readonly #to: Walker;

  constructor(from: TreeMap, to: TreeMap) {
    this.#compare = to.format.compare;
    this.#from = new Walker(from.store, from.root);
    this.#to = new Walker(to.store, to.root);
    this.fromNode = from.root;
    this.toNode = to.root;
    if (from.equals(to)) {
      this.#from.end();
      this.#to.end();
    }
  }

  /** To the next difference; false when there is none. */
  next(): boolean {
    const a = this.#from;
    const b = this.#to;
    for (;;) {
      if (a.done || b.done) {
        if (a.done && b.done) return false;
        const side = a.done ? b : a;
        while (side.node.level > 0) side.down();
        return a.done ? this.#added() : this.#removed();
      }
      const levels = a.node.level - b.node.level;
      if (levels > 0) a.down();
      else if (levels < 0) b.down();
      else if (a.node.level > 0) {
        if (sameChild(a, b)) {
          a.step();
          b.step();
        } else {
          a.down();
          b.down();
        }
      } else {
        const order = this.#compare(
          a.node.bytes,
          a.node.keyStart(a.index),
          a.node.keyEnd(a.index),
          b.node.bytes,
          b.node.keyStart(b.index),
          b.node.keyEnd(b.index),
        );
        if (order < 0) return this.#removed();
        if (order > 0) return this.#added();
        const changed = !sameEntry(a.node, a.index, b.node, b.index);
        if (changed) this.#set('modified');
        a.step();
        b.step();
        if (changed) return true;
      }
    }
  }

  change(): Change {
    const from = { node: this.fromNode, index: this.fromIndex };
    const to = { node: this.toNode, index: this.toIndex };
    if (this.kind === 'added') return { from: undefined, to };
    return this.kind === 'removed' ? { from, to: undefined } : { from, to };
  }

  #set(kind: 'added' | 'removed' | 'modified'): void {
    this.kind = kind;
    this.fromNode = this.#from.node;
    this.fromIndex = this.#from.index;
    this.toNode = this.#to.node;
    this.toIndex = this.#to.index;
  }

  #added(): true {
    this.#set('added');
    this.#to.step();
    return true;
  }

  #removed(): true {
    this.#set('removed');
    this.#from.step();
    return true;
  }
}

/** Stands at an entry of a node of any level, or is done. */
class Walker {
  node: Node;
  index = 0;
  done: boolean;
  readonly #store: NodeStore;
  readonly #path: Node[] = [];
  readonly #taken: number[] = [];

  constructor(store: NodeStore, root: Node) {
    this.#store = store;
    this.node = root;
    this.done = root.count === 0;
  }

  end(): void {
    this.done = true;
  }

  /** To the first entry of the child. */
  down(): void {
    this.#path.push(this.node);
    this.#taken.push(this.index);
    this.node = this.#store.read(this.node.childAddress(this.index));
    this.index = 0;
  }

  /** Past the entry, up to the highest subtree that starts there. */
  step(): void {
    this.index++;
    while (this.index === this.node.count) {
      const node = this.#path.pop();
      if (node === undefined) {
        this.done = true;
        return;
      }
      this.node = node;
      this.index = this.#taken.pop()! + 1;
    }
  }
}

/** Whether two walkers, both at children, stand at the same one. */
function sameChild(a: Walker, b: Walker): boolean {
  return isSame(
    a.node.bytes,
    a.node.valueStart(a.index),
    a.node.valueEnd(a.index),
    b.node.bytes,
    b.node.valueStart(b.index),
    b.node.valueEnd(b.index),
  );
}

/** Whether two entries have the same bytes. */
export function sameEntry(a: Node, i: number, b: Node, j: number): boolean {
  return (
    isSame(a.bytes, a.valueStart(i), a.valueEnd(i), b.bytes, b.valueStart(j), b.valueEnd(j)) &&
    isSame(a.bytes, a.keyStart(i), a.keyEnd(i), b.bytes, b.keyStart(j), b.keyEnd(j))
  );
}
