/** `cherry-pick`: applies the change that another commit made, as a commit of the current branch. */
import { DoltError } from '../base/errors.ts';
import { readCommit } from '../repo/commit.ts';
import { tableDeltas } from '../repo/table-deltas.ts';
import { parseArguments, UsageError } from './arguments.ts';
import { abortMerge } from './merge.ts';
import { assertClean, continuePick, type PickResult, pick } from './pick.ts';
import type { Verb } from './verb.ts';
import type { Workspace } from './workspace.ts';
import { resolveSpec, rootsOf } from './workspace-roots.ts';

export const cherryPick: Verb<PickResult> = {
  name: 'cherry-pick',
  summary: 'Apply the changes introduced by an existing commit.',
  synopsis: ['[--allow-empty] <commit>', '--abort', '--continue'],
  positional: [['commit', 'The commit whose change to apply.']],
  maxPositional: 1,
  tooMany: 'cherry-picking multiple commits is not supported yet.',
  flags: [
    {
      name: 'abort',
      help: 'Abort the current conflict resolution process, and revert all changes from the in-process cherry-pick operation.',
    },
    { name: 'continue', help: 'Continue the current cherry-pick operation after conflicts have been resolved.' },
    { name: 'allow-empty', help: 'Allow empty commits to be cherry-picked.' },
    { name: 'skip-verification', help: 'Skip commit verification before cherry-pick' },
  ],
  *run(workspace, args) {
    const parsed = parseArguments(cherryPick, args);
    const { nodes } = workspace.repository;
    if (parsed.has('abort')) {
      yield* abortMerge(workspace, 'cherry-pick');
      return { kind: 'aborted' };
    }
    if (parsed.has('continue')) {
      return yield* continuePick(workspace, 'cherry-pick', (state) => pickedMeta(workspace, state.fromCommit));
    }
    const [spec = ''] = parsed.positional;
    if (spec === '') throw new UsageError('error: cannot cherry-pick empty string');
    assertClean(workspace, uncleanText(workspace));
    const commit = readCommit(nodes, resolveSpec(workspace, spec));
    if (commit.parents.length > 1) throw new DoltError('invalid', 'cherry-picking a merge commit is not supported');
    const [parent] = commit.parents;
    if (parent === undefined)
      throw new DoltError('invalid', 'cherry-picking a commit without parents is not supported');
    return yield* pick(workspace, {
      operation: 'cherry-pick',
      from: parent,
      to: commit.address,
      commit: commit.address,
      spec,
      meta: pickedMeta(workspace, commit.address),
      allowEmpty: parsed.has('allow-empty'),
    });
  },
};

function uncleanText(workspace: Workspace): string {
  if (workspace.isSession) return 'cannot cherry-pick with uncommitted changes';
  const { head, staged } = rootsOf(workspace);
  if (tableDeltas(head, staged).length > 0) return 'Please commit your staged changes before using cherry-pick.';
  return 'error: your local changes would be overwritten by cherry-pick.\nhint: commit them, or take them back (dolt reset --hard).';
}

/** The picked commit's author, date and message; we are the committer. */
function pickedMeta(workspace: Workspace, address: ReturnType<typeof resolveSpec>) {
  const { author, authorDate, message } = readCommit(workspace.repository.nodes, address);
  const { committer, committerDate } = workspace.signature();
  return { author, authorDate, message, committer, committerDate: committerDate ?? workspace.now() };
}
