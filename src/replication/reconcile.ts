/**
 * How a primary takes in what others pushed: a merge commit over both heads, cell by cell, or an error that names the
 * tables; and how a working set follows a head that moved by such a merge.
 */
import type { Address } from '../base/address.ts';
import { readCommit, writeCommit } from '../repo/commit.ts';
import { mergeRoots, type RootMergeResult } from '../repo/merge/merge-roots.ts';
import { mergeBase } from '../repo/merge-base.ts';
import type { Repository } from '../repo/repository.ts';
import type { RootValue } from '../repo/root-value.ts';
import { complete, type Steps } from '../repo/steps.ts';
import type { WorkingSet } from '../repo/working-set.ts';
import { RemoteMergeConflictError, ReplicationError } from './replication-errors.ts';

/** The merge commit of `theirs` into `ours`. Throws `RemoteMergeConflictError`. */
export async function mergeRemoteCommit(
  repository: Repository,
  ours: Address,
  theirs: Address,
  remote: string,
): Promise<Address> {
  const { nodes, environment } = repository;
  const base = mergeBase(nodes, ours, theirs);
  if (base === undefined) {
    throw new ReplicationError('conflict', `replication to '${remote}' refused: its history is unrelated to this one`);
  }
  const merged = await complete(
    mergeRoots({
      base: repository.rootOfCommit(base),
      ours: repository.rootOfCommit(ours),
      theirs: repository.rootOfCommit(theirs),
      baseAddress: base,
      theirsAddress: theirs,
    }),
  );
  assertClean(merged, remote);
  const { author, committer } = readCommit(nodes, ours);
  const now = environment.clock.now();
  const message = `Merge remote '${remote}'`;
  return writeCommit(nodes, merged.root.address, [ours, theirs], {
    author,
    committer,
    authorDate: now,
    committerDate: now,
    message,
  });
}

/** A working set on `from` as it is on `to`: clean roots move along, local changes are merged. */
export function carryWorkingSet(
  repository: Repository,
  workingSet: WorkingSet,
  from: Address,
  to: Address,
): WorkingSet {
  const base = repository.rootOfCommit(from);
  const theirs = repository.rootOfCommit(to);
  const carried = (ours: RootValue): RootValue => {
    if (ours.address === base.address) return theirs;
    if (ours.address === theirs.address) return ours;
    const merged = finish(mergeRoots({ base, ours, theirs, baseAddress: from, theirsAddress: to }));
    assertClean(merged, 'the remote');
    return merged.root;
  };
  const staged = carried(workingSet.staged);
  const working = workingSet.working.address === workingSet.staged.address ? staged : carried(workingSet.working);
  return { ...workingSet, working, staged };
}

function assertClean({ conflicts, violations, schemaConflicts }: RootMergeResult, remote: string): void {
  const tables = new Set([...conflicts.keys(), ...violations.keys(), ...schemaConflicts.map(({ table }) => table)]);
  if (tables.size > 0) throw new RemoteMergeConflictError(remote, [...tables].sort());
}

/** Drives an operation without its pauses: it runs inside of one local record, which cannot wait. */
function finish<T>(steps: Steps<T>): T {
  for (;;) {
    const step = steps.next();
    if (step.done) return step.value;
  }
}
