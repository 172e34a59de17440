/** How two commits are related: their merge base, and whether one can fast-forward to the other. */
import type { Address } from '../base/address.ts';
import { GhostCommitError } from '../chunks/ghosts.ts';
import { type ClosedCommit, mergeBase as closureMergeBase } from '../prolly/commit-closure.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { closed, isAncestor, readCommit } from './commit.ts';

/**
 * The highest commit that both have among themselves and their ancestors; undefined when they share no history. Throws
 * `GhostCommitError` when a shallow clone left it out.
 */
export function mergeBase(nodes: NodeStore, a: Address, b: Address): Address | undefined {
  if (a === b) return a;
  const point = (address: Address): ClosedCommit => closed(nodes, readCommit(nodes, address));
  const base = closureMergeBase(point(a), point(b))?.address;
  if (base !== undefined && nodes.chunks.isGhost(base)) throw new GhostCommitError(base);
  return base;
}

/** What moving a branch from one commit to another would be. */
export type Relation = 'equal' | 'ahead' | 'behind' | 'diverged';

/** `ahead`: `b` descends from `a`, so `a` can fast-forward to it. `behind`: `b` is an ancestor of `a`. */
export function relation(nodes: NodeStore, a: Address, b: Address): Relation {
  if (a === b) return 'equal';
  if (isAncestor(nodes, a, b)) return 'ahead';
  return isAncestor(nodes, b, a) ? 'behind' : 'diverged';
}
