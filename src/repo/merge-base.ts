/**
 * The merge base of two commits: the highest commit that both have among themselves and their ancestors; of equally
 * high ones the one with the greater address, so that everybody finds the same (FORMAT.md §11.9).
 */
import type { Address } from '../base/address.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { type Commit, isAncestor, readCommit } from './commit.ts';
import { Heap } from './heap.ts';

/** Undefined when the two share no history. */
export function mergeBase(nodes: NodeStore, a: Address, b: Address): Address | undefined {
  if (a === b) return a;
  const left = descending(nodes, a);
  const right = descending(nodes, b);
  let x = left();
  let y = right();
  while (x && y) {
    if (x.address === y.address) return x.address;
    if (precedes(x, y)) x = left();
    else y = right();
  }
  return undefined;
}

/** What moving a branch from one commit to another would be. */
export type Relation = 'equal' | 'ahead' | 'behind' | 'diverged';

/** `ahead`: `b` descends from `a`, so `a` can fast-forward to it. `behind`: `b` is an ancestor of `a`. */
export function relation(nodes: NodeStore, a: Address, b: Address): Relation {
  if (a === b) return 'equal';
  if (isAncestor(nodes, a, b)) return 'ahead';
  return isAncestor(nodes, b, a) ? 'behind' : 'diverged';
}

/** Gives a commit and its ancestors, each once, in falling order of (height, address). */
function descending(nodes: NodeStore, from: Address): () => Commit | undefined {
  const pending = new Heap<Commit>(precedes);
  pending.push(readCommit(nodes, from));
  const seen = new Set<Address>([from]);
  return () => {
    const commit = pending.pop();
    for (const parent of commit?.parents ?? []) {
      if (seen.has(parent)) continue;
      seen.add(parent);
      pending.push(readCommit(nodes, parent));
    }
    return commit;
  };
}

function precedes(a: Commit, b: Commit): boolean {
  return a.height !== b.height ? a.height > b.height : a.address > b.address;
}
