/**
 * `rebase`: replays the commits of the current branch that an upstream lacks on top of it. The work is done on a branch of
 * its own, `dolt_rebase_<branch>`, whose working set remembers how far it came (FORMAT.md §3.6) and whose table
 * `dolt_rebase` holds the plan; when all is done, the rebased branch moves to what it made, in one record.
 */
import { type Address, parseAddress } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { tablesWithConflicts } from '../repo/artifacts.ts';
import { keepUntracked } from '../repo/carry-over.ts';
import { type Commit, readCommit } from '../repo/commit.ts';
import { branchIntent } from '../repo/head-update.ts';
import { isIgnored } from '../repo/ignore-patterns.ts';
import { walkLog } from '../repo/log-walk.ts';
import { type RebaseStep, readRebasePlan, withRebasePlan } from '../repo/rebase-plan.ts';
import { branchRef } from '../repo/refs.ts';
import { ignorePatterns } from '../repo/staging.ts';
import type { Steps } from '../repo/steps.ts';
import { currentName, type TableDelta, tableDeltas } from '../repo/table-deltas.ts';
import { cleanWorkingSet, type RebaseState, type WorkingSet } from '../repo/working-set.ts';
import { parseArguments, UsageError } from './arguments.ts';
import { applyPick, assertClean, commitPicked } from './pick.ts';
import type { Verb } from './verb.ts';
import { currentBranch, type Workspace } from './workspace.ts';
import { resolveSpec, rootsOf } from './workspace-roots.ts';

export type RebaseResult =
  /** The plan waits in `dolt_rebase`. */
  | { readonly kind: 'started'; readonly workingBranch: string; readonly upstream: string; readonly plan: RebaseStep[] }
  /** A step that the user is to go on from. */
  | { readonly kind: 'edit' | 'conflict'; readonly commit: string; readonly message: string }
  | { readonly kind: 'done' | 'aborted'; readonly branch: string };

/** As they are stored. */
const EMPTY_COMMITS = { drop: 1, keep: 2 } as const;

export const rebase: Verb<RebaseResult> = {
  name: 'rebase',
  summary: 'Reapplies commits on top of another base tip',
  synopsis: ['[-i | --interactive] [--empty=drop|keep] <upstream>', '(--continue | --abort)'],
  positional: [['upstream', 'Where the commits are replayed: those that it has stay as they are.']],
  maxPositional: 1,
  tooMany: 'rebase takes at most one positional argument.',
  flags: [
    {
      name: 'empty',
      value: 'empty',
      help: 'How to handle commits that are not empty to start, but which become empty after rebasing. Valid values are: drop (default) or keep',
    },
    { name: 'abort', help: 'Abort an interactive rebase and return the working set to the pre-rebase state' },
    { name: 'continue', help: 'Continue an interactive rebase after adjusting the rebase plan' },
    { name: 'interactive', short: 'i', help: 'Start an interactive rebase' },
    { name: 'skip-verification', help: 'Skip commit verification before rebase' },
  ],
  *run(workspace, args) {
    const parsed = parseArguments(rebase, args);
    if (parsed.has('abort')) return yield* abortRebase(workspace);
    if (parsed.has('continue')) return yield* continueRebase(workspace);
    const empty = parsed.value('empty')?.toLowerCase() ?? 'drop';
    if (empty !== 'keep' && empty !== 'drop') {
      throw new UsageError(
        `unsupported option for the empty flag (${parsed.value('empty')}); only 'keep' or 'drop' are allowed`,
      );
    }
    const [upstream] = parsed.positional;
    if (upstream === undefined) throw new UsageError('not enough args');
    if (upstream === '') throw new UsageError('no upstream branch specified');
    const started = yield* startRebase(workspace, upstream, {
      becomesEmptyHandling: EMPTY_COMMITS[empty],
      skipVerification: parsed.has('skip-verification'),
    });
    return parsed.has('interactive') ? started : yield* continueRebase(workspace);
  },
};

/** Replays what `onto` lacks, from beginning to end. */
export function* rebaseOnto(workspace: Workspace, onto: Address): Steps<RebaseResult> {
  yield* startRebase(workspace, onto, { becomesEmptyHandling: EMPTY_COMMITS.drop, skipVerification: false });
  return yield* continueRebase(workspace);
}

const workingBranchOf = (branch: string): string => `dolt_rebase_${branch}`;

function* startRebase(
  workspace: Workspace,
  upstream: string,
  options: Pick<RebaseState, 'becomesEmptyHandling' | 'skipVerification'>,
): Steps<RebaseResult> {
  const { repository } = workspace;
  const branch = currentBranch(workspace);
  const { merge, rebase: active, working } = workspace.workingSet();
  if (merge || active) {
    const what = merge ? 'a merge' : 'another rebase';
    throw new DoltError(
      'conflict',
      `unable to start rebase while ${what} is in progress – abort the current ${merge ? 'merge' : 'rebase'} before proceeding`,
    );
  }
  assertClean(workspace, 'cannot start a rebase with uncommitted changes');
  const onto = resolveSpec(workspace, upstream);
  const plan = defaultPlan(workspace, onto);
  if (plan.length === 0) throw new DoltError('invalid', "didn't identify any commits!");
  const workingBranch = workingBranchOf(branch);
  if (workspace.refs().get(branchRef(workingBranch)) !== undefined) {
    throw new DoltError('conflict', `fatal: A branch named '${workingBranch}' already exists.`);
  }
  const root = repository.rootOfCommit(onto);
  const state: RebaseState = {
    ...{ preRebaseWorking: working.address, branch, ontoCommit: onto },
    ...{ emptyCommitHandling: EMPTY_COMMITS.keep, ...options, lastStep: 0, started: false },
  };
  yield* workspace.updateHeads(
    {
      refs: [branchIntent(workingBranch, undefined, onto, false)],
      workingSets: new Map([[workingBranch, { working: withRebasePlan(root, plan), staged: root, rebase: state }]]),
    },
    'rebase',
  );
  yield* workspace.switchBranch(workingBranch);
  return { kind: 'started', workingBranch, upstream, plan };
}

/** The commits that the upstream lacks, the oldest first, without merges. */
function defaultPlan(workspace: Workspace, onto: Address): RebaseStep[] {
  const commits = [...walkLog(workspace.repository.nodes, [workspace.head()], [onto])].reverse();
  return commits
    .filter(({ parents }) => parents.length === 1)
    .map(({ address, message }, i) => ({ order: i + 1, action: 'pick', commit: address, message }));
}

function activeRebase(workspace: Workspace): RebaseState {
  const state = workspace.workingSet().rebase;
  if (state === undefined) throw new DoltError('invalid', 'no rebase in progress');
  return state;
}

export function* abortRebase(workspace: Workspace): Steps<RebaseResult> {
  const { branch } = activeRebase(workspace);
  const workingBranch = currentBranch(workspace);
  const head = workspace.head();
  yield* workspace.switchBranch(branch);
  yield* workspace.updateHeads(
    {
      refs: [branchIntent(workingBranch, head, undefined, true)],
      workingSets: new Map([[workingBranch, undefined]]),
    },
    'rebase',
  );
  return { kind: 'aborted', branch };
}

export function* continueRebase(workspace: Workspace): Steps<RebaseResult> {
  activeRebase(workspace);
  const inConflict = tablesWithConflicts(workspace.workingSet().working);
  if (inConflict.length > 0) {
    throw new DoltError(
      'conflict',
      `conflicts detected in tables ${inConflict.join(', ')}; resolve conflicts before continuing the rebase`,
    );
  }
  const plan = readRebasePlan(workspace.workingSet().working);
  assertPlan(workspace, plan);
  for (const step of plan) {
    const { started, lastStep } = activeRebase(workspace);
    const order = Math.fround(step.order);
    const { staged, unstaged } = changes(workspace);
    if (!started && (staged || unstaged)) {
      throw new DoltError('conflict', 'cannot start a rebase with uncommitted changes');
    }
    if (started && order < lastStep) continue;
    if (unstaged) {
      throw new DoltError(
        'conflict',
        'cannot continue a rebase with unstaged changes. Use dolt_add() to stage tables and then continue the rebase',
      );
    }
    if (started && order === lastStep) {
      yield* finishStep(workspace, step, staged);
      continue;
    }
    yield* record(workspace, { lastStep: order, started: true });
    const stopped = yield* replay(workspace, step);
    if (stopped !== undefined) return stopped;
  }
  return yield* finish(workspace);
}

function assertPlan({ repository }: Workspace, plan: readonly RebaseStep[]): void {
  let picked = false;
  for (const { action, commit } of plan) {
    if (action === 'pick' || action === 'reword') picked = true;
    if ((action === 'squash' || action === 'fixup') && !picked) {
      throw new DoltError(
        'invalid',
        'invalid rebase plan: squash and fixup actions must appear after a pick or reword action',
      );
    }
    const address = parseAddress(commit);
    if (address === undefined) throw new DoltError('invalid', `invalid commit hash: ${commit}`);
    if (!repository.nodes.chunks.has(address)) {
      throw new DoltError('notFound', `unable to resolve commit hash ${commit}: target commit not found`);
    }
  }
}

/** What is staged, and what is changed beside it; the plan and other ignored tables do not count. */
function changes(workspace: Workspace): { readonly staged: boolean; readonly unstaged: boolean } {
  const roots = rootsOf(workspace);
  const patterns = ignorePatterns(roots.working);
  const counts = (delta: TableDelta): boolean => !isIgnored(patterns, currentName(delta));
  return {
    staged: tableDeltas(roots.head, roots.staged).length > 0,
    unstaged: tableDeltas(roots.staged, roots.working).some(counts),
  };
}

function* record(workspace: Workspace, progress: Pick<RebaseState, 'lastStep' | 'started'>): Steps<void> {
  const workingSet = workspace.workingSet();
  yield* workspace.setWorkingSet({ ...workingSet, rebase: { ...activeRebase(workspace), ...progress } }, 'rebase');
}

/** Undefined when the rebase may go on. */
function* replay(workspace: Workspace, step: RebaseStep): Steps<RebaseResult | undefined> {
  if (step.action === 'drop') return undefined;
  const commit = pickedCommit(workspace, step);
  const [parent] = commit.parents;
  if (commit.parents.length > 1) throw new DoltError('invalid', 'cherry-picking a merge commit is not supported');
  if (parent === undefined) throw new DoltError('invalid', 'cherry-picking a commit without parents is not supported');
  const amends = isMelded(step);
  const picked = yield* applyPick(workspace, {
    ...{ operation: 'cherry-pick', from: parent, to: commit.address, commit: commit.address, spec: commit.address },
    ...{ meta: metaOf(workspace, step, commit, commit.message), amends },
    allowEmpty: amends || activeRebase(workspace).becomesEmptyHandling === EMPTY_COMMITS.keep,
  });
  if (picked.kind === 'conflicts') {
    if (picked.merge.schemaConflicts.length > 0) {
      yield* abortRebase(workspace);
      throw new DoltError(
        'conflict',
        `schema conflict detected while rebasing commit ${step.commit}. the rebase has been automatically aborted`,
      );
    }
    return { kind: 'conflict', commit: step.commit, message: step.message };
  }
  return step.action === 'edit' ? { kind: 'edit', commit: step.commit, message: step.message } : undefined;
}

/** A step that was stopped at: what the user staged for it becomes its commit. */
function* finishStep(workspace: Workspace, step: RebaseStep, isStaged: boolean): Steps<void> {
  const { merge, ...workingSet } = workspace.workingSet();
  if (isStaged) {
    const meta = metaOf(workspace, step, pickedCommit(workspace, step), step.message);
    yield* commitPicked(workspace, workingSet, meta, isMelded(step));
  } else if (merge !== undefined) yield* workspace.setWorkingSet(workingSet, 'rebase');
}

const isMelded = ({ action }: RebaseStep): boolean => action === 'squash' || action === 'fixup';

const pickedCommit = ({ repository }: Workspace, { commit }: RebaseStep): Commit =>
  readCommit(repository.nodes, parseAddress(commit)!);

/** The picked commit's author and date; `message` is that of a commit of its own. */
function metaOf(workspace: Workspace, step: RebaseStep, { author, authorDate, message: own }: Commit, message: string) {
  const { committer, committerDate } = workspace.signature();
  const before = (): string => readCommit(workspace.repository.nodes, workspace.head()).message;
  const messages = {
    squash: () => `${before()}\n\n${own}`,
    fixup: before,
    reword: () => step.message,
  };
  const { action } = step;
  const text = action in messages ? messages[action as keyof typeof messages]() : message;
  return { author, authorDate, message: text, committer, committerDate: committerDate ?? workspace.now() };
}

function* finish(workspace: Workspace): Steps<RebaseResult> {
  const { repository } = workspace;
  const workingBranch = currentBranch(workspace);
  const { branch, preRebaseWorking } = activeRebase(workspace);
  const made = workspace.head();
  const refs = workspace.refs();
  const old = refs.get(branchRef(branch));
  yield* workspace.switchBranch(branch);
  const before = workspace.workingSet();
  if (old === undefined || changedSince(workspace, preRebaseWorking, before)) {
    yield* workspace.switchBranch(workingBranch);
    throw new DoltError('conflict', `rebase aborted due to changes in branch ${branch}`);
  }
  const root = repository.rootOfCommit(made);
  const working = keepUntracked(before.working, before.staged, root);
  yield* workspace.updateHeads(
    {
      refs: [branchIntent(branch, old, made, true), branchIntent(workingBranch, made, undefined, true)],
      workingSets: new Map<string, WorkingSet | undefined>([
        [branch, { ...cleanWorkingSet(root), working }],
        [workingBranch, undefined],
      ]),
    },
    'rebase',
  );
  return { kind: 'done', branch };
}

/** Somebody changed the branch since the rebase began, ignored tables apart. */
function changedSince({ repository }: Workspace, start: Address, { working }: WorkingSet): boolean {
  if (working.address === start) return false;
  // A garbage collection keeps what is in use, and this was in use as long as it was the same.
  if (!repository.nodes.chunks.has(start)) return true;
  const patterns = ignorePatterns(working);
  return tableDeltas(repository.root(start), working).some((delta) => !isIgnored(patterns, currentName(delta)));
}
