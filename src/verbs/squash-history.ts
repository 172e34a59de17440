/**
 * `squash_history`: one commit with the content of the head takes the place of the branch's last commits. Nothing is
 * replayed: the new commit has the parents of the oldest one that it replaces, `--first`, or the first after the initial one.
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { type Commit, isAncestor, readCommit, writeCommit } from '../repo/commit.ts';
import { branchIntent } from '../repo/head-update.ts';
import { walkLog } from '../repo/log-walk.ts';
import { parseArguments, UsageError } from './arguments.ts';
import { messageFlag, signed } from './commit.ts';
import { assertClean } from './pick.ts';
import type { Verb } from './verb.ts';
import { currentBranch, type Workspace } from './workspace.ts';
import { resolveSpec } from './workspace-roots.ts';

export interface SquashHistoryResult {
  readonly commit: Address;
}

export const squashHistory: Verb<SquashHistoryResult> = {
  name: 'squash-history',
  summary: 'Collapses the last commits of the current branch into one.',
  synopsis: ['-m <msg> [--first <commit>]'],
  positional: [],
  maxPositional: 0,
  flags: [
    messageFlag,
    {
      name: 'first',
      short: 'f',
      value: 'commit',
      help: "The oldest commit to include in the squash. Everything from <commit> through HEAD is collapsed into a single commit. Defaults to the initial commit's child.",
    },
  ],
  *run(workspace, args) {
    const parsed = parseArguments(squashHistory, args);
    const message = parsed.value('message');
    if (!message) throw new UsageError('must provide a commit message with --message');
    const { nodes } = workspace.repository;
    const branch = currentBranch(workspace);
    const workingSet = workspace.workingSet();
    const { merge, rebase } = workingSet;
    if (merge || rebase) {
      const what = merge ? 'merge' : 'rebase';
      throw new DoltError('conflict', `cannot squash history while a ${what} is in progress; abort the ${what} first`);
    }
    assertClean(workspace, 'cannot squash history with uncommitted changes');
    const given = parsed.value('first');
    const first = given === undefined ? firstAfterInitial(workspace) : ancestorNamed(workspace, given);
    if (first.parents.length === 0) throw new DoltError('invalid', '--first cannot be the initial commit');
    const head = workspace.head();
    const meta = { message, ...signed(workspace, parsed) };
    const commit = writeCommit(nodes, workspace.headRoot().address, first.parents, meta);
    yield* workspace.updateHeads(
      { refs: [branchIntent(branch, head, commit, true)], workingSets: new Map([[branch, workingSet]]) },
      'squash-history',
    );
    return { commit };
  },
};

function ancestorNamed(workspace: Workspace, spec: string): Commit {
  const { nodes } = workspace.repository;
  const address = resolveSpec(workspace, spec);
  if (address !== workspace.head() && !isAncestor(nodes, address, workspace.head())) {
    throw new DoltError('invalid', '--first must be an ancestor of HEAD');
  }
  return readCommit(nodes, address);
}

/** The initial commit's only child in the branch's history. */
function firstAfterInitial(workspace: Workspace): Commit {
  const { nodes } = workspace.repository;
  const commits = [...walkLog(nodes, [workspace.head()])];
  const initial = commits.filter(({ parents }) => parents.length === 0);
  if (initial.length !== 1) {
    throw new DoltError('invalid', 'cannot determine a unique initial commit; specify --first');
  }
  const [first, ...others] = commits.filter(({ parents }) => parents.includes(initial[0]!.address));
  if (first === undefined) {
    throw new DoltError('invalid', 'nothing to squash: the branch contains only the initial commit');
  }
  if (others.length === 0) return first;
  throw new DoltError(
    'invalid',
    'the initial commit has multiple children; specify --first with the commit to squash from',
  );
}
