/**
 * Who pushes to a repository and who pulls from it, and how far each of these is behind: in commits that its last answer did
 * not lead to yet, and in the time since the first of these was made.
 */
import type { Address } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import { readCommit } from '../../repo/commit.ts';
import { documentRef, readDocument } from '../../repo/internal-document.ts';
import { walkLog } from '../../repo/log-walk.ts';
import { HEADS, Refs } from '../../repo/refs.ts';
import type { Push, Replica, Replicas } from '../replicas.ts';
import type { Reading } from './reading.ts';

const PUSHED = documentRef('replication/pushed/');

/** A server that replicates to the repository. */
export interface Primary {
  /** Its id, which tells it from others. */
  readonly server: string;
  /** Branches that its last push has moved. */
  readonly branches: readonly string[];
  /** The newest commit among these, milliseconds since 1970 UTC. */
  readonly lastCommit: number | undefined;
}

export interface ReplicaState {
  readonly replica: Replica;
  /** Undefined: what it has seen is not here any more. */
  readonly behind: Behind | undefined;
}

export interface Behind {
  readonly commits: number;
  /** There are more. */
  readonly isMore: boolean;
  readonly milliseconds: number;
}

export interface ReplicationPanel {
  readonly primaries: readonly Primary[];
  /** Who may push, and which host was promoted last; undefined where none ever was. */
  readonly epoch: { readonly epoch: number; readonly server: string } | undefined;
  readonly pushes: readonly Push[];
  readonly replicas: readonly ReplicaState[];
}

/** `repository`: `owner/database`. */
export function replicationOf(reading: Reading, repository: string, replicas: Replicas): ReplicationPanel {
  return {
    primaries: primariesOf(reading),
    epoch: epochOf(reading),
    pushes: replicas.pushesTo(repository),
    replicas: replicas.of(repository).map((replica) => ({ replica, behind: behindOf(reading, replica.root) })),
  };
}

function primariesOf({ refs, repository }: Reading): Primary[] {
  const { nodes } = repository;
  return Array.from(refs.entries(PUSHED), ([ref]) => {
    const receipt = (readDocument(nodes, refs, ref.slice(documentRef('').length)) ?? {}) as { landed?: object };
    const branches = Object.keys(receipt.landed ?? {}).filter((name) => name.startsWith(HEADS));
    const heads = branches.flatMap((name) => refs.get(name) ?? []);
    const dates = heads.map((head) => readCommit(nodes, head).committerDate);
    return {
      server: ref.slice(PUSHED.length),
      branches: branches.map((name) => name.slice(HEADS.length)),
      lastCommit: dates.length === 0 ? undefined : Math.max(...dates),
    };
  });
}

function epochOf({ refs, repository }: Reading): ReplicationPanel['epoch'] {
  const stored = readDocument(repository.nodes, refs, 'replication') as
    | { epoch?: unknown; server?: unknown }
    | undefined;
  return stored && { epoch: Number(stored.epoch), server: String(stored.server) };
}

/** Commits that are counted. */
const MOST_COMMITS = 1000;

function behindOf({ refs, repository, engine }: Reading, seen: Address): Behind | undefined {
  const { nodes } = repository;
  if (seen === refs.storeRoot) return { commits: 0, isMore: false, milliseconds: 0 };
  try {
    const then = Refs.read(nodes, seen);
    const heads = Array.from(refs.entries(HEADS), ([, head]) => head);
    const known = Array.from(then.entries(HEADS), ([, head]) => head);
    let commits = 0;
    let earliest = Number.POSITIVE_INFINITY;
    for (const { committerDate } of walkLog(nodes, heads, known)) {
      if (commits === MOST_COMMITS) return { commits, isMore: true, milliseconds: engine.state.clock.now() - earliest };
      commits++;
      earliest = Math.min(earliest, committerDate);
    }
    const milliseconds = commits === 0 ? 0 : Math.max(0, engine.state.clock.now() - earliest);
    return { commits, isMore: false, milliseconds };
  } catch (error) {
    // Garbage was collected since.
    if (error instanceof DoltError && (error.kind === 'corrupt' || error.kind === 'notFound')) return undefined;
    throw error;
  }
}
