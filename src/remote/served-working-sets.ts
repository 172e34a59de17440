/**
 * Working sets of a server that people work on: there a branch moves together with its working set, which must have no
 * changes, or its sessions would find the push undone in what they see (`push_concurrency_control`, FORMAT.md §6.2). Tables
 * that are in no commit, as `dolt_ignore` names them, are no changes: they stay there.
 */
import { type Address, EMPTY_ADDRESS } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import type { ChunkStore } from '../chunks/chunk-store.ts';
import { MemoryChunkStore } from '../chunks/memory-chunk-store.ts';
import { Node } from '../prolly/node.ts';
import { NodeStore } from '../prolly/node-store.ts';
import { onlyIgnoredTables, withTablesOf } from '../repo/carry-over.ts';
import { HEADS, type RefEdits, type RefName, workingSetRef } from '../repo/refs.ts';
import type { Repository } from '../repo/repository.ts';
import { RootValue } from '../repo/root-value.ts';
import { readRootValue } from '../serial/root-value.ts';
import { readWorkingSet, writeWorkingSet } from '../serial/working-set.ts';
import { childrenOf, fetchTree, type RemoteRefs } from './remote-refs.ts';
import type { RemoteStore } from './remote-store.ts';

export interface HeadMove {
  readonly target: RefName;
  readonly old: Address | undefined;
  readonly new: Address | undefined;
  readonly isForced: boolean;
}

/** Tables that a branch's sessions have besides what is committed: their names, and a root that has them. */
interface Ignored {
  readonly working: RootValue;
  readonly tables: readonly string[];
}

/**
 * The ignored tables of branches that move. Throws `conflict` when a branch that is not forced has other changes in its
 * working set, or an ignored table in the place of one that is pushed.
 */
export async function ignoredThere(
  repository: Repository,
  store: RemoteStore,
  there: RemoteRefs,
  moves: readonly HeadMove[],
): Promise<ReadonlyMap<RefName, Ignored>> {
  const found = new Map<RefName, Ignored>();
  for (const { target, old, new: value, isForced } of moves) {
    if (isForced || old === undefined || !target.startsWith(HEADS)) continue;
    const branch = target.slice(HEADS.length);
    const address = there.get(workingSetRef(branch));
    const chunk = address && (await store.chunks([address])).get(address);
    if (chunk === undefined) continue;
    const { working, staged, merge } = readWorkingSet(chunk);
    const head = repository.rootOfCommit(old);
    if (working === head.address && staged === head.address && merge === undefined) continue;
    const root = staged === head.address && merge === undefined && (await rootThere(repository, store, working));
    const tables = root && onlyIgnoredTables(head, root);
    const next = value && repository.rootOfCommit(value);
    if (!root || !tables || tables.some((name) => next?.resolveTableName(name) !== undefined)) {
      throw new DoltError(
        'conflict',
        `${store.url}: target has uncommitted changes on ${branch}. --force required to overwrite`,
      );
    }
    found.set(target, { working: root, tables });
  }
  return found;
}

/** The edits that give each branch that moves a working set without other changes; one that goes takes its own along. */
export function workingSetsThere(
  repository: Repository,
  nodes: NodeStore,
  moves: readonly HeadMove[],
  kept: ReadonlyMap<RefName, Ignored>,
): RefEdits {
  const edits = new Map<RefName, Address | undefined>();
  const both = new NodeStore(new ChunksBeside(nodes.chunks, repository.chunks));
  for (const { target, new: commit } of moves) {
    if (!target.startsWith(HEADS)) continue;
    const ref = workingSetRef(target.slice(HEADS.length));
    if (commit === undefined) edits.set(ref, undefined);
    else {
      const staged = repository.rootOfCommit(commit).address;
      const ignored = kept.get(target);
      const working = ignored
        ? withTablesOf(RootValue.read(both, staged), ignored.working, ignored.tables).address
        : staged;
      const seconds = Math.trunc(repository.environment.clock.now() / 1000);
      const who = { name: '', email: '', description: 'push', timestampSeconds: seconds };
      edits.set(ref, nodes.write(writeWorkingSet({ working, staged, ...who })));
    }
  }
  return edits;
}

/** A root of the remote, as far as it says which tables it has; of those that are here too, all of it. */
async function rootThere({ chunks }: Repository, store: RemoteStore, address: Address): Promise<RootValue> {
  const beside = new ChunksBeside(new MemoryChunkStore(), chunks);
  const bytes = (await store.chunks([address])).get(address)!;
  beside.put(address, bytes);
  const { tables, foreignKeys } = readRootValue(bytes);
  const take = (node: Address, found: Uint8Array): void => beside.put(node, found);
  await fetchTree(store, childrenOf(Node.read(tables)), take);
  if (foreignKeys !== EMPTY_ADDRESS && !chunks.has(foreignKeys))
    for (const found of await store.chunks([foreignKeys])) take(...found);
  return RootValue.read(new NodeStore(beside), address);
}

/** Writes to one store, and reads what is not there from another. */
class ChunksBeside extends MemoryChunkStore {
  readonly #own: ChunkStore;
  readonly #other: ChunkStore;

  constructor(own: ChunkStore, other: ChunkStore) {
    super();
    this.#own = own;
    this.#other = other;
  }

  override has(address: Address): boolean {
    return this.#own.has(address) || this.#other.has(address);
  }

  override get(address: Address): Uint8Array | undefined {
    return this.#own.get(address) ?? this.#other.get(address);
  }

  override put(address: Address, bytes: Uint8Array): void {
    this.#own.put(address, bytes);
  }
}
