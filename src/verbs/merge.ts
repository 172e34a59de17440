/**
 * `merge`: brings another commit's changes to the current branch: by moving the branch when it can fast-forward, else by
 * a three-way merge and a commit with two parents. Conflicts and violations stop before the commit: they stay in the
 * working set, with the merge's state, until they are resolved and committed, or the merge is aborted.
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { writeCommit } from '../repo/commit.ts';
import { assertCommittable } from '../repo/committable.ts';
import { branchIntent, type HeadUpdate } from '../repo/head-update.ts';
import { isIgnored } from '../repo/ignore-patterns.ts';
import { mergeRoots, type RootMergeResult } from '../repo/merge/merge-roots.ts';
import { mergeBase, relation } from '../repo/merge-base.ts';
import { BlockedByTablesError } from '../repo/repo-errors.ts';
import type { RootValue } from '../repo/root-value.ts';
import { ignorePatterns, moveTables, type Roots } from '../repo/staging.ts';
import type { Steps } from '../repo/steps.ts';
import type { MergeState } from '../repo/working-set.ts';
import { type ParsedArguments, parseArguments, UsageError } from './arguments.ts';
import { authorFlag, messageFlag, signed } from './commit.ts';
import type { Flag, Verb } from './verb.ts';
import { currentBranch, type Workspace } from './workspace.ts';
import { resolveSpec, rootsOf } from './workspace-roots.ts';

export type MergeResult =
  /** `ahead`: the other commit is an ancestor of ours. */
  | { readonly kind: 'upToDate'; readonly ahead: boolean }
  | { readonly kind: 'fastForward'; readonly from: Address; readonly to: Address }
  | { readonly kind: 'merged'; readonly commit: Address; readonly from: Address; readonly merge: RootMergeResult }
  /** Merged into working and staged, not committed: `--no-commit`, `--squash`. */
  | {
      readonly kind: 'staged';
      readonly squash: boolean;
      readonly from: Address;
      readonly theirs: Address;
      readonly merge: RootMergeResult;
    }
  /** Conflicts or violations wait in the working set. */
  | {
      readonly kind: 'conflicts';
      readonly from: Address;
      readonly theirs: Address;
      readonly merge: RootMergeResult;
    }
  | { readonly kind: 'aborted' };

/** The flags that `pull` shares. */
export const mergeFlags: readonly Flag[] = [
  { name: 'no-ff', help: 'Create a merge commit even when the merge resolves as a fast-forward.' },
  {
    name: 'ff-only',
    help: 'Refuse to merge unless the current HEAD is already up to date or the merge can be resolved as a fast-forward.',
  },
  { name: 'squash', help: 'Merge changes to the working set without updating the commit history' },
  {
    name: 'commit',
    help: "Perform the merge and commit the result. This is the default option, but can be overridden with the --no-commit flag. Note that this option does not affect fast-forward merges, which don't create a new merge commit, and if any merge conflicts or constraint violations are detected, no commit will be attempted.",
  },
  {
    name: 'no-commit',
    help: 'Perform the merge and stop just before creating a merge commit. Note this will not prevent a fast-forward merge; use the --no-ff arg together with the --no-commit arg to prevent both fast-forwards and merge commits.',
  },
  { name: 'no-edit', help: 'Use an auto-generated commit message when creating a merge commit.' },
  { name: 'skip-verification', help: 'Skip commit verification before merge' },
];

export const merge: Verb<MergeResult> = {
  name: 'merge',
  summary: 'Merge a branch.',
  synopsis: ['[--squash] <branch>', '--no-ff [-m message] <branch>', '--abort'],
  positional: [['branch', 'The branch or commit to merge into the current branch.']],
  maxPositional: 1,
  tooMany:
    'Error: Dolt does not support merging from multiple commits. You probably meant to checkout one and then merge from the other.',
  flags: [
    ...mergeFlags,
    messageFlag,
    authorFlag,
    {
      name: 'abort',
      help: 'Abort the in-progress merge and return the working set to the state before the merge started.',
    },
  ],
  *run(workspace, args) {
    const parsed = parseArguments(merge, args);
    assertMergeFlags(parsed);
    if (parsed.has('abort')) {
      yield* abortMerge(workspace, 'merge');
      return { kind: 'aborted' };
    }
    const [spec] = parsed.positional;
    if (spec === undefined) throw new UsageError('error: Please specify a branch to merge');
    return yield* mergeCommit(workspace, resolveSpec(workspace, spec), spec, parsed);
  },
};

export function assertMergeFlags(parsed: ParsedArguments): void {
  const pairs = [
    ['squash', 'no-ff'],
    ['ff-only', 'no-ff'],
    ['ff-only', 'squash'],
  ] as const;
  for (const [a, b] of pairs) {
    if (parsed.has(a) && parsed.has(b))
      throw new UsageError(`error: Flags '--${a}' and '--${b}' cannot be used together`);
  }
  if (parsed.has('commit') && parsed.has('no-commit')) {
    throw new UsageError("cannot define both 'commit' and 'no-commit' flags at the same time");
  }
}

export interface MergeExtras {
  /** Of the merge commit, where the user gives none. */
  readonly message?: string;
  /** More refs for the record that moves the head: what `pull` integrated. */
  readonly edits?: HeadUpdate['edits'];
}

/** Merges the commit `theirs`, which the user called `spec`, as the flags say. */
export function* mergeCommit(
  workspace: Workspace,
  theirs: Address,
  spec: string,
  parsed: ParsedArguments,
  { message, edits }: MergeExtras = {},
): Steps<MergeResult> {
  const branch = currentBranch(workspace);
  const { nodes } = workspace.repository;
  const head = workspace.head();
  const workingSet = workspace.workingSet();
  if (workingSet.merge) {
    throw new DoltError('conflict', 'merging is not possible because you have not committed an active merge');
  }
  const related = relation(nodes, head, theirs);
  if (related === 'equal' || related === 'behind') {
    if (edits !== undefined) yield* workspace.updateHeads({ refs: [], edits }, `merge ${spec}`);
    return { kind: 'upToDate', ahead: related === 'behind' };
  }

  const roots = rootsOf(workspace);
  const theirRoot = workspace.repository.rootOfCommit(theirs);
  const localChanges = changesToKeep(roots, theirRoot);
  const squash = parsed.has('squash');
  if (related === 'ahead' && !parsed.has('no-ff')) {
    const next = { working: withChanges(theirRoot, localChanges, roots.working), staged: theirRoot };
    yield* workspace.updateHeads(
      {
        refs: squash ? [] : [branchIntent(branch, head, theirs, false)],
        workingSets: new Map([[branch, next]]),
        edits: squash ? undefined : edits,
      },
      `merge ${spec}`,
    );
    if (squash) return { kind: 'staged', squash, from: head, theirs, merge: cleanResult(theirRoot) };
    return { kind: 'fastForward', from: head, to: theirs };
  }
  if (parsed.has('ff-only')) throw new DoltError('conflict', 'fatal: Not possible to fast-forward, aborting');

  const merged = related === 'ahead' ? cleanResult(theirRoot) : yield* threeWay(workspace, head, theirs, theirRoot);
  const hasConflicts = merged.conflicts.size + merged.schemaConflicts.length > 0;
  const isForced = parsed.has('force') && !parsed.has('no-commit') && !squash;
  // As with `commit --force`, what violates constraints is committed with the rest. A conflict has no value to commit.
  const open = hasConflicts || (merged.violations.size > 0 && !isForced);
  const state: MergeState = {
    preMergeWorking: roots.working.address,
    fromCommit: theirs,
    fromSpec: spec,
    unmergableTables: merged.schemaConflicts.map(({ table }) => table),
    isCherryPick: false,
    isRevert: false,
    preMergeHead: head,
  };
  const working = withChanges(merged.root, localChanges, roots.working);
  if (open || parsed.has('no-commit') || squash) {
    yield* workspace.setWorkingSet(
      {
        working,
        staged: open ? roots.staged : merged.root,
        merge: squash && merged.schemaConflicts.length === 0 ? undefined : state,
      },
      `merge ${spec}`,
    );
    return open
      ? { kind: 'conflicts', from: head, theirs, merge: merged }
      : { kind: 'staged', squash, from: head, theirs, merge: merged };
  }
  const next = { head: roots.head, staged: merged.root, working: merged.root };
  const staged = isForced ? merged.root : assertCommittable(next, undefined);
  const commit = writeCommit(nodes, staged.address, [head, theirs], {
    message: parsed.value('message') ?? message ?? `Merge branch '${spec}' into ${branch}`,
    ...signed(workspace, parsed),
  });
  yield* workspace.updateHeads(
    {
      refs: [branchIntent(branch, head, commit, false)],
      workingSets: new Map([[branch, { working, staged }]]),
      edits,
    },
    `merge ${spec}`,
  );
  return { kind: 'merged', commit, from: head, merge: merged };
}

function* threeWay(workspace: Workspace, head: Address, theirs: Address, theirRoot: RootValue): Steps<RootMergeResult> {
  const { repository } = workspace;
  const base = mergeBase(repository.nodes, head, theirs);
  if (base === undefined) throw new DoltError('conflict', 'no common ancestor: the two histories are unrelated');
  const baseRoot = repository.rootOfCommit(base);
  const ours = workspace.headRoot();
  // Where only one side changed, its root is the merge.
  if (theirRoot.equals(baseRoot)) return cleanResult(ours);
  if (ours.equals(baseRoot)) return cleanResult(theirRoot);
  return yield* mergeRoots({
    base: baseRoot,
    ours,
    theirs: theirRoot,
    baseAddress: base,
    theirsAddress: theirs,
    expressions: yield* workspace.mergeExpressions(),
  });
}

const cleanResult = (root: RootValue): RootMergeResult => ({
  root,
  schemaConflicts: [],
  conflicts: new Map(),
  violations: new Map(),
});

/** Tables with uncommitted changes, which must not be among those that differ between the head and `theirs`. */
function changesToKeep({ head, working }: Roots, theirs: RootValue): string[] {
  const local = differing(head, working);
  const incoming = new Set(differing(head, theirs));
  const blocked = local.filter((name) => incoming.has(name));
  if (blocked.length > 0) {
    throw new BlockedByTablesError(
      'local changes',
      blocked,
      `error: local changes would be stomped by merge:\n\t${blocked.join('\n\t')}\n Please commit your changes before you merge.`,
    );
  }
  return local;
}

function differing(from: RootValue, to: RootValue): string[] {
  const names = new Set([...from.tableNames(), ...to.tableNames()]);
  return [...names].filter((name) => from.tableAddress(name) !== to.tableAddress(name)).sort();
}

function withChanges(root: RootValue, names: readonly string[], working: RootValue): RootValue {
  return root.withTables(new Map(names.map((name) => [name, working.tableAddress(name)])));
}

const NOTHING_TO_ABORT = {
  merge: 'fatal: There is no merge to abort',
  'cherry-pick': 'error: There is no cherry-pick merge to abort',
  revert: 'error: There is no revert in progress',
};

/** Goes back to before the merge, cherry-pick or revert; ignored tables stay as they are now. */
export function* abortMerge(workspace: Workspace, operation: 'merge' | 'cherry-pick' | 'revert'): Steps<void> {
  const roots = rootsOf(workspace);
  const { merge: state, rebase } = workspace.workingSet();
  const isThat = state && (state.isCherryPick ? 'cherry-pick' : state.isRevert ? 'revert' : 'merge') === operation;
  if (!state || !isThat) {
    throw new DoltError('invalid', NOTHING_TO_ABORT[operation]);
  }
  const head = workspace.head();
  const target = operation === 'revert' ? (state.preMergeHead ?? head) : head;
  // A revert of several commits goes back to before the first, when nothing but ignored tables was uncommitted.
  const targetRoot = target === head ? roots.head : workspace.repository.rootOfCommit(target);
  const before = target === head ? workspace.repository.root(state.preMergeWorking) : targetRoot;
  // What is undone may be a pattern of ignored tables.
  const patterns = [ignorePatterns(roots.working), ignorePatterns(before)];
  const ignored = (target === head ? before : roots.working)
    .tableNames()
    .filter((name) => patterns.some((each) => isIgnored(each, name)));
  const working = moveTables(ignored, roots.working, before);
  const next = { working, staged: targetRoot, rebase };
  if (target === head) {
    yield* workspace.setWorkingSet(next, `abort ${operation}`);
    return;
  }
  const branch = currentBranch(workspace);
  yield* workspace.updateHeads(
    { refs: [branchIntent(branch, head, target, true)], workingSets: new Map([[branch, next]]) },
    `abort ${operation}`,
  );
}
