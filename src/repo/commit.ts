/**
 * Commits: a root, parents, who, when and why (FORMAT.md §3.3), with the closure of all ancestors, by which ancestry is
 * a look-up (§3.4). Equal inputs give equal addresses.
 */
import type { Address } from '../base/address.ts';
import { AssertionError } from '../base/errors.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import type { Identity } from './identity.ts';

/** Who, when and why. */
export interface CommitMeta {
  readonly author: Identity;
  readonly committer: Identity;
  /** Milliseconds since 1970 UTC. */
  readonly authorDate: number;
  /** Milliseconds since 1970 UTC. */
  readonly committerDate: number;
  readonly message: string;
}

export interface Commit extends CommitMeta {
  readonly address: Address;
  readonly root: Address;
  /** 1 for the first commit, else one more than the highest parent. */
  readonly height: number;
  readonly parents: readonly Address[];
  /** The closure's tree; EMPTY_ADDRESS without parents. */
  readonly closure: Address;
  /** '' when the commit is not signed. */
  readonly signature: string;
}

export function readCommit(_nodes: NodeStore, _address: Address): Commit {
  throw new AssertionError('not built');
}

export function tryReadCommit(_nodes: NodeStore, _address: Address): Commit | undefined {
  throw new AssertionError('not built');
}

/** Is `ancestor` among the ancestors of `descendant`? Not when they are the same. */
export function isAncestor(_nodes: NodeStore, _ancestor: Address, _descendant: Address): boolean {
  throw new AssertionError('not built');
}

/** Puts a commit into the store (no ref moves) and returns its address. */
export function writeCommit(
  _nodes: NodeStore,
  _root: Address,
  _parents: readonly Address[],
  _meta: CommitMeta,
): Address {
  throw new AssertionError('not built');
}
