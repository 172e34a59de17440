/**
 * What `cherry-pick` and `revert` share: the changes between two commits, applied to the current branch as a commit of
 * its own. Conflicts stop before the commit and stay in the working set, until `--continue` or `--abort`.
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { type CommitMeta, writeCommit } from '../repo/commit.ts';
import { assertCommittable } from '../repo/committable.ts';
import { branchIntent } from '../repo/head-update.ts';
import { isIgnored } from '../repo/ignore-patterns.ts';
import { mergeRoots, type RootMergeResult } from '../repo/merge/merge-roots.ts';
import { ignorePatterns } from '../repo/staging.ts';
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
}

/** Throws unless nothing but ignored tables differs from the head. */
export function assertClean(workspace: Workspace, message: string): void {
  const { head, staged, working } = rootsOf(workspace);
  const patterns = ignorePatterns(working);
  const changes = [...tableDeltas(head, staged), ...tableDeltas(staged, working)];
  const counts = changes.filter((delta) => delta.kind !== 'added' || !isIgnored(patterns, currentName(delta)));
  if (counts.length > 0) throw new DoltError('conflict', message);
}

export function* pick(workspace: Workspace, change: Pick): Steps<PickResult> {
  const { repository } = workspace;
  const branch = currentBranch(workspace);
  const head = workspace.head();
  const roots = rootsOf(workspace);
  const merge = yield* mergeRoots({
    base: repository.rootOfCommit(change.from),
    ours: roots.working,
    theirs: repository.rootOfCommit(change.to),
    baseAddress: change.from,
    theirsAddress: change.to,
    expressions: yield* workspace.mergeExpressions(),
  });
  if (merge.conflicts.size + merge.violations.size + merge.schemaConflicts.length > 0) {
    const state: MergeState = {
      preMergeWorking: roots.working.address,
      fromCommit: change.commit,
      fromSpec: change.spec,
      unmergableTables: merge.schemaConflicts.map(({ table }) => table),
      isCherryPick: change.operation === 'cherry-pick',
      isRevert: change.operation === 'revert',
      preMergeHead: head,
    };
    yield* workspace.setWorkingSet({ working: merge.root, staged: roots.staged, merge: state }, change.operation);
    return { kind: 'conflicts', merge };
  }
  if (merge.root.equals(roots.working) && !change.allowEmpty) {
    const why = change.operation === 'revert' ? 'nothing to commit' : 'no changes were made, nothing to commit';
    throw new DoltError('invalid', why);
  }
  return yield* commitPicked(workspace, branch, head, merge.root, change.meta);
}

/** Finishes a pick whose conflicts are resolved: commits what is staged. */
export function* continuePick(
  workspace: Workspace,
  operation: 'cherry-pick' | 'revert',
  metaOf: (state: MergeState) => CommitMeta,
): Steps<PickResult> {
  const { merge: state } = workspace.workingSet();
  if (!state || (operation === 'cherry-pick' ? !state.isCherryPick : !state.isRevert)) {
    throw new DoltError('invalid', `error: There is no ${operation} in progress`);
  }
  const roots = rootsOf(workspace);
  assertCommittable(roots, state);
  if (!roots.staged.equals(roots.working)) {
    throw new DoltError('conflict', `error: cannot continue ${operation} with unstaged changes`);
  }
  return yield* commitPicked(workspace, currentBranch(workspace), workspace.head(), roots.staged, metaOf(state));
}

function* commitPicked(
  workspace: Workspace,
  branch: string,
  head: Address,
  working: ReturnType<typeof rootsOf>['working'],
  meta: CommitMeta,
): Steps<PickResult> {
  const roots = rootsOf(workspace);
  const staged = assertCommittable({ head: roots.head, staged: working, working }, undefined);
  const commit = writeCommit(workspace.repository.nodes, staged.address, [head], meta);
  yield* workspace.updateHeads(
    {
      refs: [branchIntent(branch, head, commit, false)],
      workingSets: new Map([[branch, { working, staged }]]),
    },
    'commit',
  );
  return { kind: 'committed', commit };
}
