/**
 * The datasets of a store: one immutable map from full ref names (`refs/heads/main`, `workingSets/heads/main`) to the
 * address of their value (FORMAT.md §3.2), the whole of it named by the store's root. A `Refs` is a snapshot; changing
 * refs means writing another map and swapping the root, so all refs of one update move together or not at all.
 */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import type { ChunkStore } from '../chunks/chunk-store.ts';
import { AddressMap } from '../prolly/address-map.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { readStoreRoot, writeStoreRoot } from '../serial/store-root.ts';

/** A full dataset name, such as `refs/heads/main`. */
export type RefName = string;

/** What to change: an address to set, undefined to delete. */
export type RefEdits = ReadonlyMap<RefName, Address | undefined>;

export const HEADS = 'refs/heads/';
export const TAGS = 'refs/tags/';
export const REMOTES = 'refs/remotes/';
export const INTERNAL = 'refs/internal/';
export const WORKING_SETS = 'workingSets/';

export const branchRef = (branch: string): RefName => HEADS + branch;
export const tagRef = (tag: string): RefName => TAGS + tag;
export const trackingRef = (remote: string, branch: string): RefName => `${REMOTES}${remote}/${branch}`;
/** The dataset that holds the working set of `branch`. */
export const workingSetRef = (branch: string): RefName => `${WORKING_SETS}heads/${branch}`;

export class Refs {
  /** The address of the StoreRoot message this snapshot was read from or written as. */
  readonly storeRoot: Address;
  readonly #nodes: NodeStore;
  readonly #map: AddressMap;
  /** What was asked for: every statement asks for the same few. */
  readonly #known = new Map<RefName, Address | undefined>();

  private constructor(nodes: NodeStore, storeRoot: Address, map: AddressMap) {
    this.#nodes = nodes;
    this.storeRoot = storeRoot;
    this.#map = map;
  }

  /** The refs that the store root `storeRoot` names; none when it is EMPTY_ADDRESS. */
  static read(nodes: NodeStore, storeRoot: Address): Refs {
    if (storeRoot === EMPTY_ADDRESS) return new Refs(nodes, storeRoot, AddressMap.empty(nodes));
    const { refs } = readStoreRoot(nodes.readMessage(storeRoot));
    return new Refs(nodes, storeRoot, AddressMap.fromBytes(nodes, refs));
  }

  get(name: RefName): Address | undefined {
    let address = this.#known.get(name);
    if (address === undefined && !this.#known.has(name)) {
      address = this.#map.get(name);
      this.#known.set(name, address);
    }
    return address;
  }

  /** Names and addresses below `prefix`, in byte order of the names; names are full. */
  entries(prefix = ''): Generator<readonly [RefName, Address], void, void> {
    return this.#map.entries(prefix);
  }

  /** Short names of all branches, in byte order. */
  branches(): string[] {
    return Array.from(this.entries(HEADS), ([name]) => name.slice(HEADS.length));
  }

  /** Another snapshot with `edits` made and its StoreRoot put (not committed) into the store. */
  edit(edits: RefEdits): Refs {
    const map = this.#map.edit(edits);
    return new Refs(this.#nodes, this.#nodes.write(writeStoreRoot({ refs: map.bytes })), map);
  }
}

/** How a store swaps its root: `ChunkStore.commit`, or one that is durable later. */
type Commit = (next: Address, last: Address) => boolean;

/**
 * Moves refs in one store commit, a durable one unless another is given. `transform` sees the latest snapshot and says what
 * to change (undefined or an empty map: nothing); it runs again whenever somebody else moved the root meanwhile, and may
 * throw to give up.
 */
export function updateRefs(
  chunks: ChunkStore,
  nodes: NodeStore,
  transform: (refs: Refs) => RefEdits | undefined,
  commit: Commit = (next, last) => chunks.commit(next, last),
): Refs {
  for (;;) {
    const refs = Refs.read(nodes, chunks.root());
    const edits = transform(refs);
    if (!edits || !changesAnything(refs, edits)) return refs;
    const next = refs.edit(edits);
    if (commit(next.storeRoot, refs.storeRoot)) return next;
    chunks.rebase();
  }
}

function changesAnything(refs: Refs, edits: RefEdits): boolean {
  for (const [name, address] of edits) if (refs.get(name) !== address) return true;
  return false;
}
