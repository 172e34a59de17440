/**
 * `commit`: records the staged root on the current branch. `-a` stages every changed table first, new ones too, but for
 * those that `dolt_ignore` names. During a merge the merged commit becomes the second parent.
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { type Commit, readCommit, writeCommit } from '../repo/commit.ts';
import { assertCommittable } from '../repo/committable.ts';
import { parseDate } from '../repo/dates.ts';
import { branchIntent } from '../repo/head-update.ts';
import { NothingToCommitError } from '../repo/repo-errors.ts';
import type { RootValue } from '../repo/root-value.ts';
import { type Roots, stageAll } from '../repo/staging.ts';
import type { Steps } from '../repo/steps.ts';
import { tableDeltas } from '../repo/table-deltas.ts';
import type { MergeState, WorkingSet } from '../repo/working-set.ts';
import { type ParsedArguments, parseArguments, UsageError } from './arguments.ts';
import { parseAuthor } from './author.ts';
import { signatureOf, signFlag } from './commit-signature.ts';
import type { Flag, Verb } from './verb.ts';
import { currentBranch, type Workspace } from './workspace.ts';
import { rootsOf } from './workspace-roots.ts';

export interface CommitResult {
  /** Undefined when there was nothing to commit and `--skip-empty` was given. */
  readonly commit: Address | undefined;
  readonly branch: string;
}

export const messageFlag: Flag = {
  name: 'message',
  short: 'm',
  value: 'msg',
  help: 'Use the given <msg> as the commit message.',
};
export const authorFlag: Flag = {
  name: 'author',
  value: 'author',
  help: 'Specify an explicit author using the standard A U Thor <author@example.com> format.',
};

export const commit: Verb<CommitResult> = {
  name: 'commit',
  summary: 'Record changes to the database.',
  synopsis: ['[options]'],
  positional: [],
  maxPositional: 0,
  flags: [
    messageFlag,
    {
      name: 'allow-empty',
      help: 'Allow recording a commit that has the exact same data as its sole parent. This is usually a mistake, so it is disabled by default. This option bypasses that safety. Cannot be used with --skip-empty.',
    },
    {
      name: 'skip-empty',
      help: 'Only create a commit if there are staged changes. If no changes are staged, the call to commit is a no-op. Cannot be used with --allow-empty.',
    },
    {
      name: 'date',
      value: 'date',
      help: 'Specify the date used in the commit. If not specified the current system time is used.',
    },
    { name: 'force', short: 'f', help: 'Ignores any foreign key warnings and proceeds with the commit.' },
    authorFlag,
    { name: 'all', short: 'a', help: 'Adds all changed tables, new ones too, in the working set to the staged set.' },
    {
      name: 'ALL',
      short: 'A',
      help: 'Adds all tables and databases (including new tables) in the working set to the staged set.',
    },
    { name: 'amend', help: 'Amend previous commit' },
    signFlag,
    { name: 'skip-verification', help: 'Skip commit verification' },
  ],
  *run(workspace, args) {
    const parsed = parseArguments(commit, args);
    if (parsed.has('allow-empty') && parsed.has('skip-empty')) {
      throw new UsageError('error: cannot use both --allow-empty and --skip-empty');
    }
    const message = parsed.value('message') ?? (parsed.has('amend') ? headOf(workspace).message : undefined);
    if (message === undefined) throw new UsageError('Must provide commit message.');
    if (message === '') throw new DoltError('invalid', 'Aborting commit due to empty commit message.');
    const plan = planCommit(workspace, parsed);
    if (plan === undefined) return { commit: undefined, branch: currentBranch(workspace) };
    const record = (now: Roots) => recordCommit(workspace, { plan, message, parsed }, now);
    // What is amended is the commit that the workspace sees, and no other.
    const { branch, roots, amended } = plan;
    return { branch, commit: yield* amended ? record(roots) : workspace.commitOnTop(roots, record) };
  },
};

/** What a commit takes, whatever its message. */
export interface CommitPlan {
  readonly branch: string;
  readonly roots: Roots;
  /** The commit that it takes the place of. */
  readonly amended: Commit | undefined;
  /** The merge that it ends. */
  readonly merge: MergeState | undefined;
}

/** Undefined when there is nothing to commit, which is to be skipped. */
export function planCommit(workspace: Workspace, parsed: ParsedArguments): CommitPlan | undefined {
  const branch = currentBranch(workspace);
  const workingSet = workspace.workingSet();
  const { merge } = workingSet;
  const amended = parsed.has('amend') ? headOf(workspace) : undefined;
  if (amended && merge) {
    throw new DoltError('conflict', `you are in the middle of a ${operationName(workingSet)} -- cannot amend`);
  }
  const roots = parsed.has('all') || parsed.has('ALL') ? stageAll(rootsOf(workspace)) : rootsOf(workspace);
  const mayBeEmpty = amended || parsed.has('allow-empty') || merge !== undefined;
  if (!mayBeEmpty && nothingStaged(roots)) {
    if (parsed.has('skip-empty')) return undefined;
    throw new NothingToCommitError();
  }
  return { branch, roots, amended, merge };
}

/** Throws what committing would throw for conflicts, violations, or signatures that are missing. */
export function assertCommitPossible(workspace: Workspace, plan: CommitPlan, parsed: ParsedArguments): void {
  committable(plan, plan.roots, parsed);
  signed(workspace, parsed);
}

const committable = ({ merge }: CommitPlan, roots: Roots, parsed: ParsedArguments): RootValue =>
  parsed.has('force') ? roots.staged : assertCommittable(roots, merge);

interface CommitRequest {
  readonly plan: CommitPlan;
  readonly message: string;
  readonly parsed: ParsedArguments;
}

/** Records what is staged in `roots` on the workspace's head. */
function* recordCommit(workspace: Workspace, request: CommitRequest, roots: Roots): Steps<Address> {
  const { plan, message, parsed } = request;
  const { branch, merge } = plan;
  const amend = parsed.has('amend');
  const head = headOf(workspace);
  const staged = committable(plan, roots, parsed);
  const parents = amend ? [...head.parents] : [head.address];
  if (merge && !merge.isCherryPick && !merge.isRevert) parents.push(merge.fromCommit);
  const meta = { message, ...signed(workspace, parsed) };
  const signature = yield* signatureOf(workspace, parsed, meta, roots);
  const address = writeCommit(workspace.repository.nodes, staged.address, parents, meta, signature);
  yield* workspace.updateHeads(
    {
      refs: [branchIntent(branch, head.address, address, amend)],
      workingSets: new Map([[branch, { working: roots.working, staged, rebase: workspace.workingSet().rebase }]]),
    },
    'commit',
  );
  return address;
}

const headOf = (workspace: Workspace): Commit => readCommit(workspace.repository.nodes, workspace.head());

function nothingStaged(roots: Roots): boolean {
  return (
    roots.head.equals(roots.staged) ||
    (tableDeltas(roots.head, roots.staged).length === 0 && roots.head.collation === roots.staged.collation)
  );
}

/** What a merge state is the state of. */
export function operationName({ merge, rebase }: WorkingSet): string {
  if (rebase) return 'rebase';
  if (merge?.isCherryPick) return 'cherry-pick';
  return merge?.isRevert ? 'revert' : 'merge';
}

/** Author, committer and dates: the workspace's, with `--author` and `--date` over them. */
export function signed(workspace: Workspace, parsed: ParsedArguments) {
  const authorText = parsed.value('author');
  const given = authorText === undefined ? undefined : parseAuthor(authorText);
  const signature = workspace.signature(given);
  const author = given ?? signature.author;
  const committer = given === undefined || signature.committerIsExplicit ? signature.committer : author;
  const dateText = parsed.value('date');
  const date = dateText === undefined ? undefined : parseDate(dateText);
  const now = workspace.now();
  return {
    author,
    committer,
    authorDate: date ?? signature.authorDate ?? now,
    committerDate: signature.committerDate ?? date ?? now,
  };
}
