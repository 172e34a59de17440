/** `pull`: fetches a branch from a remote and merges it into the current one. */

import { DoltError } from '../base/errors.ts';
import { fetchFrom } from '../remote/fetch.ts';
import { askingAs, openRemote } from '../remote/open-remote.ts';
import { relation } from '../repo/merge-base.ts';
import { branchRef, HEADS, type RefEdits, type Refs } from '../repo/refs.ts';
import { basesEdit, readBases, withBases } from '../repo/remote-bases.ts';
import { shownUrl } from '../repo/remote-url.ts';
import { InvalidRefSpecError } from '../repo/repo-errors.ts';
import type { Remote } from '../repo/repo-state.ts';
import { waitFor } from '../repo/steps.ts';
import { defaultRemote } from '../repo/upstream.ts';
import { parseArguments, UsageError } from './arguments.ts';
import { remoteToFetch, reportKeptTags, transferFlags, transferProgress } from './fetch.ts';
import { assertMergeFlags, type MergeResult, mergeCommit, mergeFlags } from './merge.ts';
import { assertClean } from './pick.ts';
import { type RebaseResult, rebaseOnto } from './rebase.ts';
import type { Verb } from './verb.ts';
import { currentBranch, type Workspace } from './workspace.ts';

export interface PullResult {
  readonly remote: Remote;
  /** The remote's branch. */
  readonly branch: string;
  /** Undefined where local commits were rebased instead. */
  readonly merge: MergeResult | undefined;
  readonly rebase: RebaseResult | undefined;
}

export const pull: Verb<PullResult> = {
  name: 'pull',
  summary: 'Fetch from and integrate with another repository or a local branch.',
  synopsis: ['[<remote>, [<remoteBranch>]]'],
  positional: [
    ['remote', 'The name of the remote to pull from.'],
    ['remoteBranch', 'The name of a branch on the specified remote to be merged into the current working set.'],
  ],
  maxPositional: 2,
  tooMany: 'dolt pull takes at most two args',
  flags: [
    ...mergeFlags,
    { name: 'force', short: 'f', help: 'Update from the remote HEAD even if there are errors.' },
    {
      name: 'prune',
      short: 'p',
      help: "After fetching, remove any remote-tracking references that don't exist on the remote.",
    },
    {
      name: 'rebase',
      short: 'r',
      help: 'After fetching, rebase the current branch on top of the upstream branch instead of merging.',
    },
    ...transferFlags,
  ],
  *run(workspace, args) {
    const parsed = parseArguments(pull, args);
    assertMergeFlags(parsed);
    const other = ['squash', 'no-ff', 'ff-only', 'no-commit'].find((flag) => parsed.has(flag));
    if (parsed.has('rebase') && other !== undefined) {
      throw new UsageError(`error: Flags '--rebase' and '--${other}' cannot be used together`);
    }
    const [name, branchName] = parsed.positional;
    const { remote, branch } = sourceOf(workspace, name, branchName);
    const { repository } = workspace;
    const store = openRemote(repository.environment, remote.url, askingAs(repository, remote, parsed.value('user')));
    try {
      const options = {
        refSpecs: branchName === undefined ? [] : [branchName],
        prune: parsed.has('prune') && branchName === undefined,
        force: true,
        progress: transferProgress(workspace, 'Downloaded', parsed),
      };
      const fetched = yield* waitFor(
        fetchFrom(repository, store, remote, options).catch((error: unknown) => {
          throw error instanceof InvalidRefSpecError ? notOnRemote(branch) : error;
        }),
      );
      reportKeptTags(workspace, remote, fetched);
      const { refs } = fetched;
      const theirs = refs.get(branchRef(branch));
      if (theirs === undefined) throw notOnRemote(branch);
      assertClean(
        workspace,
        parsed.has('rebase')
          ? 'cannot start a rebase with uncommitted changes'
          : 'cannot merge with uncommitted changes',
      );
      const integrated = (refs: Refs): RefEdits => {
        const bases = readBases(repository.nodes, refs, remote.name, remote.url);
        return new Map([basesEdit(repository.nodes, remote.name, withBases(bases, [[branchRef(branch), theirs]]))]);
      };
      // What a branch of another name takes in is not in the one of this name.
      const edits = currentBranch(workspace) === branch ? integrated : undefined;
      if (parsed.has('rebase') && relation(repository.nodes, workspace.head(), theirs) === 'diverged') {
        const rebase = yield* rebaseOnto(workspace, theirs);
        if (rebase.kind === 'done') yield* workspace.updateHeads({ refs: [], edits }, 'pull');
        return { remote, branch, merge: undefined, rebase };
      }
      const merge = yield* mergeCommit(workspace, theirs, `remotes/${remote.name}/${branch}`, parsed, {
        message: `Merge branch '${branch}' of ${shownUrl(remote.url)} into ${currentBranch(workspace)}`,
        edits,
      });
      return { remote, branch, merge, rebase: undefined };
    } finally {
      store.close();
    }
  },
};

const notOnRemote = (branch: string): DoltError => new DoltError('notFound', `branch "${branch}" not found on remote`);

/** The remote and its branch: as named, or what the current branch follows. */
function sourceOf(
  workspace: Workspace,
  name: string | undefined,
  branchName: string | undefined,
): { remote: Remote; branch: string } {
  const state = workspace.repository.state();
  if (branchName === '') throw new UsageError('error: invalid branch name');
  if (branchName !== undefined) return { remote: remoteToFetch(workspace, name), branch: branchName };
  const current = currentBranch(workspace);
  const upstream = state.branches.get(current);
  const followed = upstream?.remote && upstream.head ? upstream : undefined;
  if (name !== undefined) {
    const remote = remoteToFetch(workspace, name);
    // As in the original, another remote than the one that is followed is asked for the same branch.
    if (followed) return { remote, branch: followed.head.slice(HEADS.length) };
    // The only remote needs no tracking to be meant.
    if (defaultRemote(state)?.name === name && state.remotes.size === 1) return { remote, branch: current };
    throw new DoltError(
      'invalid',
      `You asked to pull from the remote '${name}', but did not specify a branch. Because this is not the default configured remote for your current branch, you must specify a branch.`,
    );
  }
  if (followed) return { remote: remoteToFetch(workspace, followed.remote), branch: followed.head.slice(HEADS.length) };
  if (state.remotes.size === 0) throw new DoltError('notFound', 'no remote');
  throw new DoltError(
    'invalid',
    'There is no tracking information for the current branch.\nPlease specify which branch you want to merge with.\n\n\tdolt pull <remote> <branch>\n\nIf you wish to set tracking information for this branch you can do so with:\n\n\t dolt push --set-upstream <remote> <branch>\n',
  );
}
