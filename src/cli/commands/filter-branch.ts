/** `dolt filter-branch`: rewrites history by statements that are run on each commit's tables. */
import { readFileSync } from 'node:fs';
import type { Address } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import { type OpenedEngine, openEngine } from '../../open.ts';
import type { HeadUpdate } from '../../repo/head-update.ts';
import { commitOfRef, resolveCommit } from '../../repo/ref-spec.ts';
import { branchRef, HEADS, type RefName, TAGS } from '../../repo/refs.ts';
import { NotARepositoryError } from '../../repo/repo-errors.ts';
import type { Repository } from '../../repo/repository.ts';
import type { RootValue } from '../../repo/root-value.ts';
import { complete } from '../../repo/steps.ts';
import { readTag, writeTag } from '../../repo/tags.ts';
import type { WorkingSet } from '../../repo/working-set.ts';
import { type ParsedArguments, parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { RepoWorkspace } from '../../verbs/repo-workspace.ts';
import { currentBranch } from '../../verbs/workspace.ts';
import type { Command, CommandContext } from '../command.ts';
import { type Replay, replayable, replayQueries } from '../filter-branch/replay-queries.ts';
import { rewriteHistory } from '../filter-branch/rewrite-history.ts';
import { NotThroughServerError, openWorkspace } from '../verb-command.ts';

export const command: Command = {
  name: 'filter-branch',
  summary: 'Edits the commit history using the provided query.',
  synopsis: ['[--branches | --all] [--apply-to-uncommitted] [--continue] -q <queries> [<commit>]'],
  positional: [['commit', 'Stays as it is, with all before it; without it only the initial commit stays.']],
  flags: [
    { name: 'verbose', short: 'v', help: 'logs more information' },
    { name: 'branches', short: 'b', help: 'filter all branches' },
    { name: 'apply-to-uncommitted', help: 'apply changes to uncommitted tables' },
    { name: 'all', short: 'a', help: 'filter all branches and tags' },
    {
      name: 'continue',
      short: 'c',
      help: 'log a warning and continue if any errors occur executing statements',
    },
    {
      name: 'query',
      short: 'q',
      value: 'queries',
      help: 'Queries to run, separated by semicolons. If not provided, queries are read from STDIN.',
    },
  ],
  examples: ['dolt filter-branch -q "alter table employees drop column salary"'],
  async run(context, args) {
    const parsed = parseArguments(command, args);
    const { positional } = parsed;
    if (positional.length > 1) {
      const given = positional.join(', ');
      throw new UsageError(`filter-branch takes 0 or 1 args, ${positional.length} provided: ${given}`);
    }
    if ((await context.server()) !== undefined) throw new NotThroughServerError(command.name);
    const queries = parsed.value('query') ?? readFileSync('/dev/stdin', 'utf8');
    const opened = openEngine(context.environment, context.directory);
    try {
      if (opened.database === undefined) throw new NotARepositoryError(context.directory);
      await filter(context, opened, opened.database, queries, parsed);
    } finally {
      opened.close();
    }
    return 0;
  },
};

async function filter(
  context: CommandContext,
  { engine }: OpenedEngine,
  database: string,
  queries: string,
  parsed: ParsedArguments,
): Promise<void> {
  const { terminal } = context;
  const verbose = parsed.has('verbose');
  const statements = replayable(queries);
  const { repository } = engine.state.databases.database(database)!;
  const workspace = openWorkspace(context, repository);
  const { nodes } = repository;
  const refs = repository.refs();
  const targets = targetsOf(workspace, parsed);
  for (const ref of targets) assertSettled(repository, ref, parsed.has('apply-to-uncommitted'));
  const [spec] = parsed.positional;
  const stop = spec === undefined ? undefined : resolveCommit({ nodes, refs, head: workspace.head() }, spec);

  const replayed = async (what: string, root: RootValue): Promise<RootValue> => {
    const replay: Replay = {
      ...{ engine, database, statements },
      onStatement: (text) => verbose && terminal.line(`executing query: ${text}`),
      onError(error) {
        if (!parsed.has('continue') || !(error instanceof DoltError)) throw error;
        if (verbose) terminal.error(`error encountered processing commit ${what} (continuing): ${error.message}`);
      },
    };
    if (verbose) terminal.line(`processing commit ${what}`);
    const after = await replayQueries(root, replay);
    if (verbose) {
      const isSame = after.address === root.address;
      const change = isSame ? 'no changes to' : 'updated';
      terminal.line(`${change} commit ${what}${isSame ? '' : ` (root: ${root.address} -> ${after.address})`}`);
    }
    return after;
  };

  const commits = await rewriteHistory({
    nodes,
    tips: targets.map((ref) => commitOfRef(nodes, refs, ref)),
    stop,
    replay: (commit) => replayed(commit.address, repository.root(commit.root)),
  });
  const workingSets = new Map<string, WorkingSet>();
  for (const branch of branchesOf(targets)) {
    const head = repository.headOf(branch);
    const before = repository.rootOfCommit(head);
    const after = repository.rootOfCommit(commits.get(head) ?? head);
    const { working, staged } = repository.workingSet(branch);
    const changed = async (root: RootValue) => (root.equals(before) ? after : await replayed(root.address, root));
    workingSets.set(branch, { working: await changed(working), staged: await changed(staged) });
  }
  await complete(workspace.updateHeads(movesOf(repository, targets, commits, workingSets), 'filter-branch'));
}

/** The refs that are to be rewritten. */
function targetsOf(workspace: RepoWorkspace, parsed: ParsedArguments): readonly RefName[] {
  const names = (prefix: string): RefName[] => Array.from(workspace.refs().entries(prefix), ([name]) => name);
  if (parsed.has('branches')) return names(HEADS);
  if (parsed.has('all')) return [...names(HEADS), ...names(TAGS)];
  return [branchRef(currentBranch(workspace))];
}

const branchesOf = (targets: readonly RefName[]): readonly string[] =>
  targets.filter((ref) => ref.startsWith(HEADS)).map((ref) => ref.slice(HEADS.length));

/** Throws `conflict` for a branch with uncommitted changes, unless they may be rewritten too, and in the middle of a merge. */
function assertSettled(repository: Repository, ref: RefName, mayHaveChanges: boolean): void {
  if (!ref.startsWith(HEADS)) return;
  const branch = ref.slice(HEADS.length);
  const { working, staged, merge, rebase } = repository.workingSet(branch);
  if (merge || rebase) {
    const what = merge ? 'merge' : 'rebase';
    throw new DoltError('conflict', `a ${what} is in progress on branch ${ref}; end it before using filter-branch`);
  }
  const head = repository.rootOfCommit(repository.headOf(branch));
  if (mayHaveChanges || (working.equals(head) && staged.equals(head))) return;
  throw new DoltError(
    'conflict',
    `local changes detected on branch ${ref}, clear uncommitted changes (dolt stash dolt commit) before using filter-branch, or use --apply-to-uncommitted`,
  );
}

function movesOf(
  repository: Repository,
  targets: readonly RefName[],
  commits: ReadonlyMap<Address, Address>,
  workingSets: ReadonlyMap<string, WorkingSet>,
): HeadUpdate {
  const { nodes } = repository;
  const refs = repository.refs();
  const moves = targets.map((ref) => {
    const old = refs.get(ref)!;
    const next = commits.get(commitOfRef(nodes, refs, ref));
    const isTag = ref.startsWith(TAGS);
    const value = next !== undefined && isTag ? writeTag(nodes, { ...readTag(nodes, old), commit: next }) : next;
    return { ref, old, new: value ?? old, forced: true };
  });
  return { refs: moves.filter((move) => move.new !== move.old), workingSets };
}
