/**
 * A clone of a limited depth: the last generations of a branch's history, each commit with all of its tables, and of the
 * commits before them the addresses alone. These are its ghosts (chunks/ghosts.ts): a commit's closure names them all, so
 * that "is this an ancestor?" has its answer even where the history has ended. A later fetch makes the history longer.
 */
import type { Address } from '../base/address.ts';
import { isTableName } from '../chunks/open-chunk-file.ts';
import { CommitClosure } from '../prolly/commit-closure.ts';
import { walkLog } from '../repo/log-walk.ts';
import type { Repository } from '../repo/repository.ts';
import { readCommit } from '../serial/commit.ts';
import { fetchTree } from './remote-refs.ts';
import type { RemoteStore } from './remote-store.ts';
import { DOWNLOAD_BATCH, downloadMissing, type TransferOptions } from './transfer.ts';

/** Small enough that a kill costs little: what has come stays in complete files. */
const FILE_BYTES = 64 << 20;

/** Brings `depth` generations from `head` on into a new repository's store; goes on with files that an earlier call has left. */
export async function fetchShallow(
  store: RemoteStore,
  repository: Repository,
  head: Address,
  depth: number,
  { progress, fileBytes = FILE_BYTES }: TransferOptions = {},
): Promise<void> {
  const { chunks, environment } = repository;
  const left = (environment.disk.list(chunks.directory) ?? []).filter(isTableName);
  chunks.addFiles(left.map((name) => ({ name: name as Address, chunkCount: 0 })));
  const { taken, ghosts } = await historyOf(store, repository, head, depth);
  if (ghosts.size > 0) chunks.leaveOut(ghosts);
  await downloadMissing(store, repository, [...taken], { progress, fileBytes, isGoingOn: true });
}

/** How far a fetch makes a shallow clone's history reach: generations from branches' tips or from where it ends; or all of it. */
export type Deepening = { readonly from: 'tips' | 'end'; readonly generations: number } | 'all';

/** The ghosts that a history has to have which ends there; `tips` are here. It never ends earlier than it did. */
export async function missingHistory(
  store: RemoteStore,
  { chunks, nodes }: Repository,
  tips: readonly Address[],
  deepening: Deepening,
): Promise<readonly Address[]> {
  const ghosts = new Map<Address, number>();
  for (const tip of tips) {
    const closure = CommitClosure.open(nodes, readCommit(nodes.readMessage(tip)).parentClosure);
    for (const { address, height } of closure.descending()) if (chunks.isGhost(address)) ghosts.set(address, height);
  }
  if (deepening === 'all') return [...ghosts.keys()];

  const messages = new Map<Address, Uint8Array>();
  const commitAt = (address: Address) => readCommit(messages.get(address) ?? nodes.readMessage(address));
  const fetchGhosts = async (addresses: readonly Address[]): Promise<void> => {
    const wanted = addresses.filter((address) => ghosts.has(address) && !messages.has(address));
    for (let from = 0; from < wanted.length; from += DOWNLOAD_BATCH) {
      const found = await store.chunks(wanted.slice(from, from + DOWNLOAD_BATCH));
      for (const [address, bytes] of found) messages.set(address, bytes);
    }
  };
  const { from, generations } = deepening;
  let level: Iterable<Address> = tips;
  if (from === 'end') {
    const logged = Array.from(walkLog(nodes, tips), ({ parents }) => parents).flat();
    level = new Set(logged.filter((parent) => ghosts.has(parent)));
  }
  const heights = Array.from(level, (address) => ghosts.get(address) ?? commitAt(address).height);
  // No way to these is longer than the difference in height: they are asked for at once.
  const near = [...ghosts].filter(([, height]) => height > Math.max(...heights) - generations);
  await fetchGhosts(near.map(([address]) => address));
  const taken = new Set<Address>();
  for (let steps = 0; steps < generations; steps++) {
    const fresh = [...level].filter((address) => !taken.has(address));
    if (fresh.length === 0) break;
    await fetchGhosts(fresh);
    for (const address of fresh) taken.add(address);
    level = new Set(fresh.flatMap((address) => commitAt(address).parents));
  }
  return [...taken].filter((address) => ghosts.has(address));
}

interface ShallowHistory {
  readonly taken: ReadonlySet<Address>;
  readonly ghosts: ReadonlySet<Address>;
}

/** The commits that are less than `depth` steps from `head`, which are put into the store, and all their other ancestors. */
async function historyOf(
  store: RemoteStore,
  { chunks, nodes }: Repository,
  head: Address,
  depth: number,
): Promise<ShallowHistory> {
  const fetchCommits = async (addresses: readonly Address[]): Promise<void> => {
    for (let from = 0; from < addresses.length; from += DOWNLOAD_BATCH) {
      const commits = await store.chunks(addresses.slice(from, from + DOWNLOAD_BATCH));
      for (const [address, bytes] of commits) chunks.put(address, bytes);
    }
  };
  await fetchCommits([head]);
  const { height, parentClosure } = readCommit(nodes.readMessage(head));
  await fetchTree(store, [parentClosure], (address, bytes) => chunks.put(address, bytes));
  const ancestors = [...CommitClosure.open(nodes, parentClosure).descending()];
  // No way to these is longer than the difference in height: they are asked for at once.
  const near = ancestors.filter((ancestor) => ancestor.height > height - depth);
  await fetchCommits(near.map(({ address }) => address));

  const taken = new Set<Address>();
  let level = new Set([head]);
  for (let steps = 0; steps < depth && level.size > 0; steps++) {
    await fetchCommits([...level].filter((address) => !chunks.has(address)));
    const next = new Set<Address>();
    for (const address of level) taken.add(address);
    for (const address of level) {
      for (const parent of readCommit(nodes.readMessage(address)).parents) if (!taken.has(parent)) next.add(parent);
    }
    level = next;
  }
  const ghosts = new Set([...level, ...ancestors.map(({ address }) => address)].filter((each) => !taken.has(each)));
  return { taken, ghosts };
}
