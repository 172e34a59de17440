/**
 * The refs of a remote: read as one snapshot, changed by one swap of the root. Whoever changes refs has uploaded what
 * they point to before; the swap itself carries the new StoreRoot in a small table file.
 */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import { assert, DoltError } from '../base/errors.ts';
import { MemoryChunkStore } from '../chunks/memory-chunk-store.ts';
import { Node } from '../prolly/node.ts';
import { NodeStore } from '../prolly/node-store.ts';
import { type RefEdits, type RefName, Refs } from '../repo/refs.ts';
import { readStoreRoot } from '../serial/store-root.ts';
import { onPresent } from './collected.ts';
import type { RemoteRoot, RemoteStore } from './remote-store.ts';
import { NOTHING_UPLOADED, type Upload } from './transfer.ts';

export interface RemoteRefs extends RemoteRoot {
  get(name: RefName): Address | undefined;
  /** Full names and addresses below `prefix`, in byte order. */
  entries(prefix?: string): Iterable<readonly [RefName, Address]>;
}

/** Larger maps are read again. */
const MOST_REMEMBERED = 64 << 10;

/** The chunks of the map of refs, and which of them are new. */
class RefChunks extends MemoryChunkStore {
  readonly fresh = new Map<Address, Uint8Array>();

  constructor(chunks: Iterable<readonly [Address, Uint8Array]> = []) {
    super();
    for (const [address, bytes] of chunks) super.put(address, bytes);
  }

  override put(address: Address, bytes: Uint8Array): void {
    if (!this.has(address)) this.fresh.set(address, bytes);
    super.put(address, bytes);
  }
}

class Snapshot implements RemoteRefs {
  readonly root: Address;
  readonly version: string;
  readonly refs: Refs;
  readonly chunks: RefChunks;

  constructor(root: Address, version: string, refs: Refs, chunks: RefChunks) {
    this.root = root;
    this.version = version;
    this.refs = refs;
    this.chunks = chunks;
  }

  get(name: RefName): Address | undefined {
    return this.refs.get(name);
  }

  entries(prefix?: string): Iterable<readonly [RefName, Address]> {
    return this.refs.entries(prefix);
  }
}

/** Where refs can be read from. */
export type RefSource = Pick<RemoteStore, 'url' | 'root' | 'chunks' | 'knownMaps'>;

export async function readRemoteRefs(remote: RefSource): Promise<RemoteRefs> {
  const read = () => remote.root();
  return await onPresent(read, await read(), async ({ root, version }) => {
    const chunks = new RefChunks(remote.knownMaps?.get(root));
    if (root !== EMPTY_ADDRESS && !chunks.has(root)) await fetchRefMap(remote, root, chunks);
    remember(remote, root, chunks);
    return snapshotOf({ root, version }, chunks);
  });
}

/** The refs as they were last seen, where they are known: whether they are so still, only a swap tells. */
export async function lastSeenRefs(remote: RemoteStore): Promise<RemoteRefs | undefined> {
  const seen = await remote.lastSeen?.();
  const known = seen && remote.knownMaps?.get(seen.root);
  return known && snapshotOf(seen, new RefChunks(known));
}

function snapshotOf({ root, version }: RemoteRoot, chunks: RefChunks): Snapshot {
  chunks.fresh.clear();
  return new Snapshot(root, version, Refs.read(new NodeStore(chunks), root), chunks);
}

/** Keeps the chunks of a map of refs, where others may come for it. */
function remember({ knownMaps }: Pick<RemoteStore, 'knownMaps'>, root: Address, chunks: RefChunks): void {
  if (knownMaps === undefined || root === EMPTY_ADDRESS || knownMaps.get(root)) return;
  const kept = new Map<Address, Uint8Array>();
  let bytes = 0;
  for (let level: readonly Address[] = [root]; level.length > 0; ) {
    const found = level.map((address) => [address, chunks.get(address)!] as const);
    for (const [address, chunk] of found) {
      bytes += chunk.length;
      kept.set(address, chunk);
    }
    if (bytes > MOST_REMEMBERED) return;
    level = found.flatMap(([address, chunk]) =>
      childrenOf(Node.read(address === root ? readStoreRoot(chunk).refs : chunk)),
    );
  }
  knownMaps.set(root, kept);
}

/**
 * Runs `work` on `refs`, as they were just read, and again on the present ones where these moved on meanwhile: what was only
 * named by the former ones may be collected.
 */
export async function onPresentRefs<T>(
  remote: RemoteStore,
  refs: RemoteRefs,
  work: (refs: RemoteRefs) => Promise<T>,
): Promise<T> {
  return await onPresent(() => readRemoteRefs(remote), refs, work);
}

/** The StoreRoot and all nodes of its map: small, and then the map is read like a local one. */
async function fetchRefMap(remote: RefSource, root: Address, into: RefChunks): Promise<void> {
  const storeRoot = (await remote.chunks([root])).get(root);
  if (!storeRoot) throw new DoltError('corrupt', `remote ${remote.url} lacks its own root ${root}`);
  into.put(root, storeRoot);
  await fetchTree(remote, childrenOf(Node.read(readStoreRoot(storeRoot).refs)), (address, bytes) =>
    into.put(address, bytes),
  );
}

/** Asks for all nodes of a tree, level by level, from its `top` on: for small trees. */
export async function fetchTree(
  remote: RefSource,
  top: readonly Address[],
  take: (address: Address, bytes: Uint8Array) => void,
): Promise<void> {
  for (let level = top; level.length > 0; ) {
    const found = await remote.chunks(level);
    for (const [address, bytes] of found) take(address, bytes);
    level = Array.from(found.values(), (bytes) => childrenOf(Node.read(bytes))).flat();
  }
}

export function childrenOf(node: Node): readonly Address[] {
  return node.level === 0 ? [] : Array.from({ length: node.count }, (_, i) => node.childAddress(i));
}

/**
 * Makes edits on exactly the snapshot `from`, naming what was uploaded in the same swap; false when the remote has
 * moved: read it again and decide again. Throws `unknown` when it is not known whether it happened. What `edits` writes to
 * its store goes along. Not before `ready` has come.
 */
export async function swapRemoteRefs(
  remote: RemoteStore,
  from: RemoteRefs,
  edits: (nodes: NodeStore) => RefEdits,
  { files, held }: Upload = NOTHING_UPLOADED,
  ready?: Promise<void>,
): Promise<boolean> {
  assert(from instanceof Snapshot, 'refs are swapped on what was read');
  from.chunks.fresh.clear();
  const moves = edits(new NodeStore(from.chunks));
  if ([...moves].every(([name, value]) => from.get(name) === value)) return true;
  const refs = from.refs.edit(moves);
  const file = await remote.uploadChunks(from.chunks.fresh, held);
  const swapped = await remote.swap(refs.storeRoot, from.root, [...files, file], ready);
  if (swapped) remember(remote, refs.storeRoot, from.chunks);
  return swapped;
}
