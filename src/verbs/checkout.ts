/**
 * `checkout`: stands on another branch, creates it first with `-b`, or takes tables back from the head or a commit. On
 * the command line uncommitted changes come along (Dolt's rules: not when the branch has other changes of its own, nor
 * over tables that differ between the heads); a session leaves them on the branch they were made on.
 */
import type { Address } from '../base/address.ts';
import { parseAddress } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import {
  assertIgnoredTablesStay,
  carryOver,
  hasUncommittedChanges,
  wouldOverwriteChanges,
} from '../repo/carry-over.ts';
import { branchRef, REMOTES, tagRef, trackingRef } from '../repo/refs.ts';
import { moveTables, type Roots } from '../repo/staging.ts';
import type { Steps } from '../repo/steps.ts';
import { parseTracking, withUpstream } from '../repo/upstream.ts';
import type { WorkingSet } from '../repo/working-set.ts';
import { type ParsedArguments, parseArguments, UsageError } from './arguments.ts';
import { createBranch, startPoint } from './branch.ts';
import { operationName } from './commit.ts';
import { storeUpstreams } from './store-upstreams.ts';
import type { Verb } from './verb.ts';
import { currentBranch, type Workspace } from './workspace.ts';
import { resolveSpec, rootsOf } from './workspace-roots.ts';

export type CheckoutResult =
  | {
      readonly kind: 'branch';
      readonly branch: string;
      readonly created: boolean;
      /** `origin/main`, when the branch was set to follow it. */
      readonly upstream: string | undefined;
    }
  | { readonly kind: 'already'; readonly branch: string }
  | { readonly kind: 'tables' };

export const checkout: Verb<CheckoutResult> = {
  name: 'checkout',
  summary: 'Checkout a branch or overwrite a table from HEAD.',
  synopsis: [
    '<branch>',
    '<commit> [--] <table>...',
    '<table>...',
    '-b <new-branch> [<start-point>]',
    '--track <remote>/<branch>',
  ],
  positional: [['branch', 'The branch to stand on, or tables to take back.']],
  flags: [
    { name: 'b', value: 'branch', help: 'Create a new branch named <new_branch> and start it at <start_point>.' },
    { name: 'B', value: 'branch', help: "Similar to '-b'. Forcibly resets the branch to <start_point> if it exists." },
    {
      name: 'force',
      short: 'f',
      help: 'If there is any changes in working set, the force flag will wipe out the current changes and checkout the new branch.',
    },
    { name: 'track', short: 't', value: '', help: "When creating a new branch, set up 'upstream' configuration." },
    { name: 'overwrite-ignore', help: 'Silently overwrite ignored tables when switching branches (default behavior).' },
    {
      name: 'no-overwrite-ignore',
      help: 'Abort the operation when ignored tables in the working set would be overwritten by the checkout.',
    },
    { name: 'move', help: 'Take uncommitted changes along, as the command line does.' },
  ],
  *run(workspace, args) {
    const parsed = parseArguments(checkout, args);
    if (parsed.has('overwrite-ignore') && parsed.has('no-overwrite-ignore')) {
      throw new UsageError('error: --overwrite-ignore and --no-overwrite-ignore are mutually exclusive');
    }
    const { positional, separator } = parsed;
    const newBranch = newBranchName(parsed);
    if (parsed.has('track') && positional.length > 0) {
      throw new UsageError('Improper usage. Too many arguments provided.');
    }
    if (newBranch !== undefined || parsed.has('track')) return yield* checkoutNew(workspace, parsed, newBranch);
    if (positional.length === 0) throw new UsageError('Improper usage.');
    const [first = '', ...rest] = positional;
    if (first === '') throw new UsageError('error: cannot checkout empty string');

    const refs = workspace.refs();
    const isBranch = refs.get(branchRef(first)) !== undefined;
    if (positional.length === 1 && separator !== 0) {
      if (workspace.branch() === first && isBranch) return { kind: 'already', branch: first };
      if (!isBranch) assertNotDetached(workspace, first);
    }
    if (separator === 0) return yield* checkoutTables(workspace, positional);
    const remotes = remotesWithBranch(workspace, first);
    const isTable = findTable(rootsOf(workspace), first) !== undefined;
    if (positional.length > 1) {
      if (separator === 1 || !isTable) return yield* checkoutTablesFrom(workspace, resolveSpec(workspace, first), rest);
      return yield* checkoutTables(workspace, positional);
    }
    if (separator === undefined && remotes.length > 0 && !isBranch && isTable) {
      throw new DoltError(
        'invalid',
        `'${first}' could be both a local table and a tracking branch.\nPlease use -- to disambiguate.`,
      );
    }
    if (isBranch) return yield* checkoutBranch(workspace, first, parsed, false, undefined);
    if (remotes.length > 0) return yield* checkoutTracking(workspace, first, remotes, parsed);
    return yield* checkoutTables(workspace, positional);
  },
};

function newBranchName(parsed: ParsedArguments): string | undefined {
  if (parsed.has('b') && parsed.has('B')) throw new UsageError('Improper usage. Cannot use both -b and -B.');
  const name = parsed.value('b') ?? parsed.value('B');
  if (name === '') throw new UsageError('error: cannot checkout empty string');
  if ((parsed.separator ?? 0) >= 2) throw new UsageError(`only one reference expected, ${parsed.separator} given`);
  return name;
}

function assertNotDetached(workspace: Workspace, name: string): void {
  const isTag = workspace.refs().get(tagRef(name)) !== undefined;
  if (!isTag && parseAddress(name) === undefined) return;
  throw new DoltError(
    'unsupported',
    `dolt does not support a detached head state. To create a branch at this ${isTag ? 'tag' : 'commit'} run: \n\tdolt checkout ${name} -b {new_branch_name}`,
  );
}

function* checkoutNew(workspace: Workspace, parsed: ParsedArguments, name: string | undefined): Steps<CheckoutResult> {
  const { repository } = workspace;
  const track = parsed.value('track');
  if (track === 'inherit') throw new UsageError("--track='inherit' is not supported yet");
  if (parsed.positional.length > 1) throw new UsageError('Improper usage. Too many arguments provided.');
  const start = track !== undefined && track !== 'direct' && track !== '' ? track : (parsed.positional[0] ?? 'HEAD');
  const tracking = parseTracking(repository.state(), start);
  if (track !== undefined && !tracking)
    throw new DoltError('notFound', `invalid ref spec: '${start}' names no branch of a remote`);
  const branch = name ?? tracking!.branch;
  const target = startPoint(workspace, start, branch);
  // What would stop the checkout must stop it before the branch is there.
  const isMove = movesChanges(workspace, parsed);
  if (isMove) assertCanMove(workspace, repository.rootOfCommit(target), parsed);
  yield* createBranch(workspace, branch, target, parsed.has('B'));
  const follows = tracking && (track !== undefined || repository.config.get('branch.autosetupmerge') !== 'false');
  if (follows) storeUpstreams(workspace, (state) => withUpstream(state, branch, tracking.remote, tracking.branch));
  const upstream = follows ? `${tracking.remote}/${tracking.branch}` : undefined;
  return yield* checkoutBranch(workspace, branch, parsed, true, upstream);
}

function* checkoutTracking(
  workspace: Workspace,
  branch: string,
  remotes: readonly string[],
  parsed: ParsedArguments,
): Steps<CheckoutResult> {
  const [remote = ''] = remotes;
  if (remotes.length > 1) {
    throw new DoltError(
      'invalid',
      "hint: If you meant to check out a remote tracking branch, on, e.g., 'origin',\n" +
        'hint: you can do so by fully qualifying the name with the --track option:\nhint:\n' +
        `hint:        dolt checkout --track origin/<name>\n'${branch}' matched multiple (${remotes.length}) remote tracking branches`,
    );
  }
  const start = workspace.refs().get(trackingRef(remote, branch))!;
  if (movesChanges(workspace, parsed)) assertCanMove(workspace, workspace.repository.rootOfCommit(start), parsed);
  yield* createBranch(workspace, branch, start, false);
  storeUpstreams(workspace, (state) => withUpstream(state, branch, remote, branch));
  return yield* checkoutBranch(workspace, branch, parsed, true, `${remote}/${branch}`);
}

/** Remotes that have a tracking ref for `branch`. */
function remotesWithBranch(workspace: Workspace, branch: string): string[] {
  const remotes: string[] = [];
  for (const [ref] of workspace.refs().entries(REMOTES)) {
    const [remote = '', ...rest] = ref.slice(REMOTES.length).split('/');
    if (rest.join('/') === branch) remotes.push(remote);
  }
  return remotes;
}

const movesChanges = (workspace: Workspace, parsed: ParsedArguments): boolean =>
  !workspace.isSession || parsed.has('move');

/** What a merge needs to be finished belongs to its branch: it would be lost on the way. */
function assertNoMerge(workspace: Workspace): void {
  const workingSet = workspace.workingSet();
  if (!workingSet.merge) return;
  const operation = operationName(workingSet);
  throw new DoltError(
    'conflict',
    `you are in the middle of a ${operation}: commit it, or give it up (dolt ${operation} --abort), before you switch branches`,
  );
}

function assertCanMove(workspace: Workspace, target: Roots['head'], parsed: ParsedArguments): void {
  assertNoMerge(workspace);
  const roots = rootsOf(workspace);
  if (parsed.has('no-overwrite-ignore')) assertIgnoredTablesStay(roots.working, target);
  if (hasUncommittedChanges(roots)) carryOver(roots, target, parsed.has('force'));
}

function* checkoutBranch(
  workspace: Workspace,
  branch: string,
  parsed: ParsedArguments,
  created: boolean,
  upstream: string | undefined,
): Steps<CheckoutResult> {
  const { repository } = workspace;
  const refs = workspace.refs();
  const result: CheckoutResult = { kind: 'branch', branch, created, upstream };
  const target = repository.rootOfCommit(repository.headOf(branch, refs));
  const from = workspace.branch();
  if (parsed.has('no-overwrite-ignore')) assertIgnoredTablesStay(workspace.workingSet().working, target);
  if (!movesChanges(workspace, parsed) || from === undefined || from === branch) {
    yield* workspace.switchBranch(branch);
    return result;
  }
  const roots = rootsOf(workspace);
  assertNoMerge(workspace);
  if (hasUncommittedChanges(roots)) {
    const theirs = repository.workingSet(branch, refs);
    const force = parsed.has('force');
    if (!force && !created && wouldOverwriteChanges(roots, { head: target, ...theirs })) {
      throw new DoltError('conflict', 'checkout would overwrite uncommitted changes on target branch');
    }
    const moved = carryOver(roots, target, force);
    const left = { working: roots.head, staged: roots.head };
    yield* workspace.updateHeads(
      {
        refs: [],
        workingSets: new Map<string, WorkingSet>([
          [branch, { ...theirs, working: moved.working, staged: moved.staged }],
          [from, left],
        ]),
      },
      'checkout',
    );
  }
  yield* workspace.switchBranch(branch);
  return result;
}

/** Working tables as they are staged, or in the head. */
function* checkoutTables(workspace: Workspace, names: readonly string[]): Steps<CheckoutResult> {
  const roots = rootsOf(workspace);
  const all = names.length === 1 && names[0] === '.';
  const found = all ? [...roots.head.tableNames(), ...roots.staged.tableNames()] : [];
  const missing: string[] = [];
  for (const name of all ? [] : names) {
    const table = findTable(roots, name);
    if (table === undefined) missing.push(name);
    else found.push(table);
  }
  if (missing.length > 0) {
    const lines = missing.map((name) => `error: tablespec '${name}' did not match any table(s) known to dolt`);
    throw new DoltError('notFound', lines.join('\n'));
  }
  const inStaged = found.filter((name) => roots.staged.hasTable(name));
  const others = found.filter((name) => !roots.staged.hasTable(name));
  const working = moveTables(others, roots.head, moveTables(inStaged, roots.staged, roots.working));
  yield* workspace.setWorkingSet({ ...workspace.workingSet(), working }, 'checkout');
  return { kind: 'tables' };
}

/** Staged and working tables as they are in a commit. */
function* checkoutTablesFrom(workspace: Workspace, commit: Address, names: readonly string[]): Steps<CheckoutResult> {
  currentBranch(workspace);
  const source = workspace.repository.rootOfCommit(commit);
  const { working, staged, ...rest } = workspace.workingSet();
  const all = names.length === 1 && names[0] === '.';
  const found = all
    ? [...source.tableNames(), ...staged.tableNames()]
    : names.map((name) => {
        const table = source.resolveTableName(name);
        if (table !== undefined) return table;
        throw new DoltError('notFound', `tablespec '${name}' did not match any table(s) known to dolt`);
      });
  yield* workspace.setWorkingSet(
    { ...rest, working: moveTables(found, source, working), staged: moveTables(found, source, staged) },
    'checkout',
  );
  return { kind: 'tables' };
}

function findTable({ head, staged, working }: Roots, name: string): string | undefined {
  return working.resolveTableName(name) ?? staged.resolveTableName(name) ?? head.resolveTableName(name);
}
