/**
 * Commits: a root, parents, who, when and why (FORMAT.md §3.3), with the closure of all ancestors, by which ancestry is
 * a look-up (§3.4). Equal inputs give equal addresses.
 */
import type { Address } from '../base/address.ts';
import { GhostCommitError } from '../chunks/ghosts.ts';
import { type ClosedCommit, CommitClosure } from '../prolly/commit-closure.ts';
import type { NodeStore } from '../prolly/node-store.ts';
import { readCommit as readMessage, writeCommit as writeMessage } from '../serial/commit.ts';
import type { Identity } from './identity.ts';
import { CommitNotFoundError } from './repo-errors.ts';

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
  /** What GnuPG made; '' when the commit is not signed. */
  readonly signature: string;
}

/** Throws `CommitNotFoundError`, and `GhostCommitError` for a commit that a shallow clone left out. */
export function readCommit(nodes: NodeStore, address: Address): Commit {
  const commit = tryReadCommit(nodes, address);
  if (commit) return commit;
  if (nodes.chunks.isGhost(address)) throw new GhostCommitError(address);
  throw new CommitNotFoundError(address);
}

/** Undefined when the address names no chunk that is here, or one that is no commit. */
export function tryReadCommit(nodes: NodeStore, address: Address): Commit | undefined {
  const bytes = nodes.chunks.get(address);
  if (!bytes || fileId(bytes) !== 'DCMT') return undefined;
  const stored = readMessage(bytes);
  const author = { name: stored.name, email: stored.email };
  return {
    address,
    root: stored.root,
    height: stored.height,
    parents: stored.parents,
    closure: stored.parentClosure,
    author,
    committer: { name: stored.committerName || author.name, email: stored.committerEmail || author.email },
    authorDate: stored.userTimestampMillis,
    committerDate: stored.timestampMillis,
    message: stored.description,
    signature: stored.signature,
  };
}

const fileId = (bytes: Uint8Array): string => String.fromCharCode(bytes[8]!, bytes[9]!, bytes[10]!, bytes[11]!);

/** A commit with its closure opened. */
export function closed(nodes: NodeStore, { address, height, closure }: Commit): ClosedCommit {
  return { address, height, closure: CommitClosure.open(nodes, closure) };
}

/** Is `ancestor` among the ancestors of `descendant`? Not when they are the same. It may be a ghost. */
export function isAncestor(nodes: NodeStore, ancestor: Address, descendant: Address): boolean {
  const below = readCommit(nodes, descendant);
  if (below.parents.includes(ancestor)) return true;
  const closure = CommitClosure.open(nodes, below.closure);
  // Its height is not known, by which the closure is sorted.
  if (nodes.chunks.isGhost(ancestor)) return closure.hasAddress(ancestor);
  const above = readCommit(nodes, ancestor);
  return above.height < below.height && closure.has(above);
}

/** Puts a commit into the store (no ref moves) and returns its address. */
export function writeCommit(
  nodes: NodeStore,
  root: Address,
  parents: readonly Address[],
  meta: CommitMeta,
  signature = '',
): Address {
  const parentCommits = parents.map((parent) => readCommit(nodes, parent));
  const height = 1 + Math.max(0, ...parentCommits.map((parent) => parent.height));
  return nodes.write(
    writeMessage({
      root,
      height,
      parents,
      parentClosure: CommitClosure.ofParents(
        nodes,
        parentCommits.map((parent) => closed(nodes, parent)),
      ).address,
      name: meta.author.name,
      email: meta.author.email,
      description: meta.message,
      timestampMillis: meta.committerDate,
      userTimestampMillis: meta.authorDate,
      signature,
      committerName: meta.committer.name === meta.author.name ? '' : meta.committer.name,
      committerEmail: meta.committer.email === meta.author.email ? '' : meta.committer.email,
    }),
  );
}
