/**
 * What `cherry-pick` and `revert` share: the changes between two commits, applied to the current branch as a commit of
 * its own. Conflicts stop before the commit and stay in the working set, until `--continue` or `--abort`.
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { keepUntracked } from '../repo/carry-over.ts';
import { type CommitMeta, readCommit, writeCommit } from '../repo/commit.ts';
import { assertCommittable } from '../repo/committable.ts';
import { branchIntent } from '../repo/head-update.ts';
import { isIgnored } from '../repo/ignore-patterns.ts';
import { mergeRoots, type RootMergeResult } from '../repo/merge/merge-roots.ts';
import type { RootValue } from '../repo/root-value.ts';
import { ignorePatterns, moveTables, type Roots } from '../repo/staging.ts';
import type { Steps } from '../repo/steps.ts';
import { currentName, tableDeltas } from '../repo/table-deltas.ts';
import type { MergeState } from '../repo/working-set.ts';
import { currentBranch, type Workspace } from './workspace.ts';
import { rootsOf } from './workspace-roots.ts';

export type PickResult =
  | { readonly kind: 'committed'; readonly commit: Address }
  | { readonly kind: 'conflicts'; readonly merge: RootMergeResult }
  | { readonly kind: 'aborted' };

export interface Pick {
  readonly operation: 'cherry-pick' | 'revert';
  /** The change is what leads from `from` to `to`. */
  readonly from: Address;
  readonly to: Address;
  readonly spec: string;
  /** Recorded in the merge state: the commit that is picked or reverted. */
  readonly commit: Address;
  readonly meta: CommitMeta;
  readonly allowEmpty: boolean;
  /** The commit takes the place of the head's. */
  readonly amends?: boolean;
  /** Where it is one of several: the head before the first, and those that are left. */
  readonly series?: { readonly head: Address; readonly left: readonly Address[] };
}

/** Throws unless nothing but ignored tables differs from the head. */
export function assertClean(workspace: Workspace, message: string): void {
  const { head, staged, working } = rootsOf(workspace);
  const patterns = ignorePatterns(working);
  const changes = [...tableDeltas(head, staged), ...tableDeltas(staged, working)];
  const counts = changes.filter((delta) => delta.kind !== 'added' || !isIgnored(patterns, currentName(delta)));
  if (counts.length > 0) throw new DoltError('conflict', message);
}

/** The picked change as a commit, its conflicts, or nothing at all where it is there already. */
export function* applyPick(workspace: Workspace, change: Pick): Steps<PickResult | { readonly kind: 'empty' }> {
  const { repository } = workspace;
  const head = workspace.head();
  const roots = rootsOf(workspace);
  const merge = yield* mergeRoots({
    base: repository.rootOfCommit(change.from),
    ours: roots.head,
    theirs: repository.rootOfCommit(change.to),
    baseAddress: change.from,
    theirsAddress: change.to,
    expressions: yield* workspace.mergeExpressions(),
  });
  // Ignored tables stay, and become no part of the commit.
  const working = keepUntracked(roots.working, roots.staged, merge.root);
  if (merge.conflicts.size + merge.violations.size + merge.schemaConflicts.length > 0) {
    const state: MergeState = {
      preMergeWorking: roots.working.address,
      fromCommit: change.commit,
      fromSpec: change.spec,
      unmergableTables: merge.schemaConflicts.map(({ table }) => table),
      isCherryPick: change.operation === 'cherry-pick',
      isRevert: change.operation === 'revert',
      preMergeHead: change.series?.head ?? head,
      pendingCommits: change.series?.left,
    };
    const { rebase } = workspace.workingSet();
    const staged = stagedOf(roots.head, merge);
    yield* workspace.setWorkingSet({ working, staged, merge: state, rebase }, change.operation);
    return { kind: 'conflicts', merge };
  }
  if (merge.root.equals(roots.head) && !change.allowEmpty) return { kind: 'empty' };
  return yield* commitPicked(workspace, { working, staged: merge.root }, change.meta, change.amends);
}

export function* pick(workspace: Workspace, change: Pick): Steps<PickResult> {
  const result = yield* applyPick(workspace, change);
  if (result.kind !== 'empty') return result;
  if (change.operation === 'revert') throw new DoltError('invalid', 'nothing to commit');
  const { repository } = workspace;
  const isEmpty = repository.rootOfCommit(change.from).equals(repository.rootOfCommit(change.to));
  throw new DoltError(
    'invalid',
    isEmpty
      ? 'The previous cherry-pick commit is empty. Use --allow-empty to cherry-pick empty commits.'
      : 'no changes were made, nothing to commit',
  );
}

/** What is without conflicts and violations needs no further look. */
function stagedOf(head: RootValue, { root, conflicts, violations, schemaConflicts }: RootMergeResult): RootValue {
  const open = new Set([...conflicts.keys(), ...violations.keys(), ...schemaConflicts.map(({ table }) => table)]);
  const settled = tableDeltas(head, root).flatMap(({ fromName, toName }) => [fromName, toName]);
  return moveTables(settled.filter((name) => name !== undefined && !open.has(name)) as string[], root, head);
}

/** Finishes a pick whose conflicts are resolved: commits what is staged. */
export function* continuePick(
  workspace: Workspace,
  operation: 'cherry-pick' | 'revert',
  metaOf: (state: MergeState) => CommitMeta,
): Steps<PickResult> {
  const { merge: state } = workspace.workingSet();
  if (!state || (operation === 'cherry-pick' ? !state.isCherryPick : !state.isRevert)) {
    const what = operation === 'revert' ? 'revert in progress' : 'cherry-pick merge to continue';
    throw new DoltError('invalid', `error: There is no ${what}`);
  }
  const roots = rootsOf(workspace);
  assertCommittable(roots, state);
  if (!roots.staged.equals(roots.working) && hasUnstaged(roots)) {
    throw new DoltError('conflict', `error: cannot continue ${operation} with unstaged changes`);
  }
  return yield* commitPicked(workspace, roots, metaOf(state));
}

function hasUnstaged({ staged, working }: Roots): boolean {
  const patterns = ignorePatterns(working);
  return tableDeltas(staged, working).some(
    (delta) => delta.kind !== 'added' || !isIgnored(patterns, currentName(delta)),
  );
}

/** Commits `staged` on top of the head, or in its place. */
export function* commitPicked(
  workspace: Workspace,
  { working, staged }: Omit<Roots, 'head'>,
  meta: CommitMeta,
  amends = false,
): Steps<PickResult> {
  const { nodes } = workspace.repository;
  const branch = currentBranch(workspace);
  const head = readCommit(nodes, workspace.head());
  const root = assertCommittable({ head: workspace.headRoot(), staged, working }, undefined);
  const commit = writeCommit(nodes, root.address, amends ? head.parents : [head.address], meta);
  const { rebase } = workspace.workingSet();
  yield* workspace.updateHeads(
    {
      refs: [branchIntent(branch, head.address, commit, amends)],
      workingSets: new Map([[branch, { working, staged: root, rebase }]]),
    },
    'commit',
  );
  return { kind: 'committed', commit };
}
