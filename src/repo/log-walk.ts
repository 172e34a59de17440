/**
 * Walks history: commits before their ancestors, the highest first, of equal height the one with the later author date
 * first, as Dolt's log. Commits are read as the walk reaches them, so a short log of a long history is cheap. It ends where a
 * shallow clone's history does.
 */
import type { Address } from '../base/address.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { type Commit, readCommit } from './commit.ts';
import { Heap } from './heap.ts';

interface Pending {
  readonly commit: Commit;
  /** Reachable from an excluded head. */
  excluded: boolean;
  queued: boolean;
}

/** The commits reachable from `heads` and not from `excluded`. */
export function* walkLog(
  nodes: NodeStore,
  heads: Iterable<Address>,
  excluded: Iterable<Address> = [],
): Generator<Commit, void> {
  const seen = new Map<Address, Pending>();
  const pending = new Heap<Pending>(precedes);
  let visible = 0;

  const load = (address: Address): Pending => {
    const known = seen.get(address);
    if (known) return known;
    const entry = { commit: readCommit(nodes, address), excluded: false, queued: false };
    seen.set(address, entry);
    return entry;
  };
  const reach = (address: Address, fromExcluded: boolean): void => {
    const entry = load(address);
    if (fromExcluded && !entry.excluded) {
      entry.excluded = true;
      if (entry.queued) visible--;
    }
    if (entry.queued) return;
    entry.queued = true;
    pending.push(entry);
    if (!entry.excluded) visible++;
  };

  for (const address of excluded) reach(address, true);
  for (const address of heads) reach(address, false);
  while (visible > 0) {
    const entry = pending.pop()!;
    if (!entry.excluded) visible--;
    for (const parent of entry.commit.parents) if (!nodes.chunks.isGhost(parent)) reach(parent, entry.excluded);
    if (!entry.excluded) yield entry.commit;
  }
}

/** How many commits only the one has, and how many only the other. */
export function aheadAndBehind(
  nodes: NodeStore,
  head: Address,
  other: Address,
): { readonly ahead: number; readonly behind: number } {
  const count = (commits: Iterable<unknown>): number => [...commits].length;
  return { ahead: count(walkLog(nodes, [head], [other])), behind: count(walkLog(nodes, [other], [head])) };
}

function precedes(a: Pending, b: Pending): boolean {
  if (a.commit.height !== b.commit.height) return a.commit.height > b.commit.height;
  return a.commit.authorDate > b.commit.authorDate;
}
