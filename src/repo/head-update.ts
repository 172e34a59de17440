/**
 * One change of heads as one durable record: branches, tags and tracking refs move together with the working sets that
 * belong to them, after the gate (commit-hook.ts) let it pass. If a ref is no longer where the caller saw it, nothing
 * moves.
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { readCommit } from './commit.ts';
import type { Admission, CommitHook, RefIntent } from './commit-hook.ts';
import { branchRef, HEADS, type RefEdits, type RefName, type Refs, workingSetRef } from './refs.ts';
import type { Repository } from './repository.ts';
import type { Steps } from './steps.ts';
import { type WorkingSet, type WorkingSetMeta, writeWorkingSet } from './working-set.ts';

/** A change of refs, with the roots that go along with it, that happens in one durable record or not at all. */
export interface HeadUpdate {
  /** Branches and tags to move, create or delete; empty when only working sets or tracking refs change. */
  readonly refs: readonly RefIntent[];
  /** Working sets to set, by branch; undefined deletes. */
  readonly workingSets?: ReadonlyMap<string, WorkingSet | undefined>;
  /** Other refs (tracking refs, internal), made from what stands when all of it is stored. */
  readonly edits?: ((refs: Refs) => RefEdits) | undefined;
}

export interface HeadUpdateResult {
  readonly refs: Refs;
  readonly warnings: readonly string[];
}

/** Somebody else moved the ref between reading it and moving it. */
export class RefMovedError extends DoltError {
  readonly ref: RefName;
  constructor(ref: RefName) {
    super('conflict', `${ref} was moved by another process meanwhile; nothing was changed. Try again.`);
    this.ref = ref;
  }
}

/** What a merge of working changes with a merged-in remote commit needs; repo/merge provides it. */
export type CarryWorkingSet = (workingSet: WorkingSet, from: Address, to: Address) => WorkingSet;

export function* updateHeads(
  repository: Repository,
  hook: CommitHook,
  update: HeadUpdate,
  meta: WorkingSetMeta,
  carry: CarryWorkingSet = carryCleanOnly(repository),
): Steps<HeadUpdateResult> {
  const admission = yield* hook.before(update);
  let written = false;
  try {
    const refs = yield* repository.store((current) => {
      for (const { ref, old } of update.refs) if (current.get(ref) !== old) throw new RefMovedError(ref);
      return editsOf(repository, update, admission, current, meta, carry);
    });
    written = true;
    return { refs, warnings: admission.warnings };
  } finally {
    yield* hook.after(admission, written);
  }
}

function editsOf(
  repository: Repository,
  update: HeadUpdate,
  admission: Admission,
  current: Refs,
  meta: WorkingSetMeta,
  carry: CarryWorkingSet,
): RefEdits {
  const edits = new Map<RefName, Address | undefined>(update.edits?.(current));
  for (const intent of update.refs) edits.set(intent.ref, intent.new);
  for (const [branch, workingSet] of update.workingSets ?? []) {
    edits.set(workingSetRef(branch), workingSet && writeWorkingSet(repository.nodes, workingSet, meta));
  }
  for (const [ref, head] of admission.merged) {
    edits.set(ref, head);
    const intended = update.refs.find((intent) => intent.ref === ref)?.new;
    if (!ref.startsWith(HEADS) || intended === undefined) continue;
    const branch = ref.slice(HEADS.length);
    const workingSet = update.workingSets?.get(branch) ?? repository.workingSet(branch, current);
    edits.set(workingSetRef(branch), writeWorkingSet(repository.nodes, carry(workingSet, intended, head), meta));
  }
  for (const [ref, address] of admission.edits(current)) edits.set(ref, address);
  return edits;
}

/** Takes clean roots along; local changes would need a merge, which the caller has to provide. */
function carryCleanOnly(repository: Repository): CarryWorkingSet {
  return (workingSet, from, to) => {
    const before = readCommit(repository.nodes, from).root;
    const after = repository.rootOfCommit(to);
    const { working, staged } = workingSet;
    if (working.address !== before || staged.address !== before) {
      throw new DoltError(
        'conflict',
        'local changes stand in the way of what was merged from the remote; commit them first',
      );
    }
    return { ...workingSet, working: after, staged: after };
  };
}

/** The intent of moving a branch. */
export function branchIntent(
  branch: string,
  old: Address | undefined,
  next: Address | undefined,
  forced: boolean,
): RefIntent {
  return { ref: branchRef(branch), old, new: next, forced };
}
