/**
 * How a primary takes in what others pushed: a merge commit over both heads, cell by cell, or an error that names the
 * tables; and how a working set follows a head that moved by such a merge.
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { readCommit, writeCommit } from '../repo/commit.ts';
import type { MergeExpressions } from '../repo/merge/merge-expressions.ts';
import { mergeKeepingOurs } from '../repo/merge/merge-keeping-ours.ts';
import { mergeRoots, type RootMergeInput, type RootMergeResult } from '../repo/merge/merge-roots.ts';
import { mergeBase } from '../repo/merge-base.ts';
import type { RefName } from '../repo/refs.ts';
import type { Repository } from '../repo/repository.ts';
import type { RootValue } from '../repo/root-value.ts';
import { completeNow } from '../repo/steps.ts';
import type { WorkingSet } from '../repo/working-set.ts';
import { RemoteMergeConflictError, ReplicationError, reason } from './replication-errors.ts';

/** Two values of one ref, of which one came from a remote. */
export interface Divergence {
  readonly remote: string;
  readonly ref: RefName;
  readonly ours: Address;
  readonly theirs: Address;
}

/** The merge commit of `theirs` into `ours`. Throws `RemoteMergeConflictError`. */
export function mergeRemoteCommit(
  repository: Repository,
  divergence: Divergence,
  expressions: MergeExpressions | undefined,
): Address {
  const { nodes, environment } = repository;
  const { remote, ours, theirs } = divergence;
  const base = mergeBase(nodes, ours, theirs);
  if (base === undefined) {
    throw new ReplicationError('conflict', `replication to '${remote}' refused: its history is unrelated to this one`);
  }
  const root = cleanMerge(
    {
      base: repository.rootOfCommit(base),
      ours: repository.rootOfCommit(ours),
      theirs: repository.rootOfCommit(theirs),
      baseAddress: base,
      theirsAddress: theirs,
      expressions,
    },
    divergence,
  );
  const { author, committer } = readCommit(nodes, ours);
  const now = environment.clock.now();
  const message = `Merge remote '${remote}'`;
  return writeCommit(nodes, root.address, [ours, theirs], {
    author,
    committer,
    authorDate: now,
    committerDate: now,
    message,
  });
}

/** Throws `RemoteMergeConflictError` where `carryWorkingSet` would have to decide for one side. */
export function assertCarries(
  repository: Repository,
  workingSet: WorkingSet,
  divergence: Divergence,
  expressions: MergeExpressions | undefined,
): void {
  const base = repository.rootOfCommit(divergence.ours);
  const theirs = repository.rootOfCommit(divergence.theirs);
  for (const ours of [workingSet.working, workingSet.staged]) {
    if (ours.address === base.address || ours.address === theirs.address) continue;
    const sides = { baseAddress: divergence.ours, theirsAddress: divergence.theirs };
    cleanMerge({ base, ours, theirs, ...sides, expressions }, divergence);
  }
}

/** A working set on `from` as it is on `to`: clean roots move along, local changes are kept. */
export function carryWorkingSet(
  repository: Repository,
  workingSet: WorkingSet,
  from: Address,
  to: Address,
  expressions: MergeExpressions | undefined,
): WorkingSet {
  const base = repository.rootOfCommit(from);
  const theirs = repository.rootOfCommit(to);
  const carried = (ours: RootValue): RootValue =>
    mergeKeepingOurs({ base, ours, theirs, baseAddress: from, theirsAddress: to, expressions });
  const staged = carried(workingSet.staged);
  const working = workingSet.working.address === workingSet.staged.address ? staged : carried(workingSet.working);
  return { ...workingSet, working, staged };
}

function cleanMerge(input: RootMergeInput, divergence: Divergence): RootValue {
  const merged = completeMerge(input, divergence);
  const tables = new Map<string, 'conflict' | 'violation'>();
  for (const table of merged.violations.keys()) tables.set(table, 'violation');
  for (const table of merged.conflicts.keys()) tables.set(table, 'conflict');
  for (const { table } of merged.schemaConflicts) tables.set(table, 'conflict');
  if (tables.size === 0) return merged.root;
  const isRetriable = [...tables.values()].every((kind) => kind === 'conflict');
  throw new RemoteMergeConflictError(divergence, [...tables.keys()].sort(), isRetriable);
}

function completeMerge(input: RootMergeInput, { remote }: Divergence): RootMergeResult {
  try {
    return completeNow(mergeRoots(input));
  } catch (error) {
    // What cannot be merged at all is a definite answer.
    if (!(error instanceof DoltError) || error.kind === 'corrupt') throw error;
    const text = `replication to '${remote}' refused: its commits cannot be merged here: ${reason(error)}`;
    throw new ReplicationError('conflict', text, { cause: error });
  }
}
