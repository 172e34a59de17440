/** `branch`: creates, lists, copies, renames and deletes branches, and sets what they follow. */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { GhostCommitError } from '../chunks/ghosts.ts';
import { readCommit } from '../repo/commit.ts';
import type { RefIntent } from '../repo/commit-hook.ts';
import { branchIntent } from '../repo/head-update.ts';
import { relation } from '../repo/merge-base.ts';
import { REDO_REF } from '../repo/redo/recover.ts';
import { isValidBranchName } from '../repo/ref-names.ts';
import { branchRef, HEADS, REMOTES, type RefName, type Refs } from '../repo/refs.ts';
import { trackedBases } from '../repo/remote-bases.ts';
import { BranchNotFoundError } from '../repo/repo-errors.ts';
import type { Steps } from '../repo/steps.ts';
import { parseTracking, upstreamRef, withUpstream } from '../repo/upstream.ts';
import { cleanWorkingSet, type WorkingSet } from '../repo/working-set.ts';
import { type ParsedArguments, parseArguments, UsageError } from './arguments.ts';
import { storeUpstreams } from './store-upstreams.ts';
import { type Tracking, trackingOf } from './tracking.ts';
import type { Flag, Verb } from './verb.ts';
import { currentBranch, type Workspace } from './workspace.ts';
import { resolveSpec } from './workspace-roots.ts';

export interface ListedBranch {
  /** `main`, or `remotes/origin/main`. */
  readonly name: string;
  readonly head: Address;
  readonly message: string;
  readonly isCurrent: boolean;
  readonly isRemote: boolean;
  /** How it stands to what it follows; only where that was asked for. */
  readonly tracking: Tracking | undefined;
}

export type BranchResult =
  /** `verbosity`: 1 with heads and messages, 2 with upstreams, too. */
  | { readonly kind: 'list'; readonly branches: readonly ListedBranch[]; readonly verbosity: number }
  | { readonly kind: 'current'; readonly name: string | undefined }
  | { readonly kind: 'datasets'; readonly names: readonly string[] }
  /** `upstream`: what the new branch was set to follow. */
  | { readonly kind: 'created'; readonly name: string; readonly upstream: string | undefined }
  | { readonly kind: 'copied' | 'renamed'; readonly name: string }
  | { readonly kind: 'deleted'; readonly names: readonly string[] }
  | { readonly kind: 'upstream'; readonly name: string; readonly upstream: string };

const flags: readonly Flag[] = [
  { name: 'list', help: 'List branches' },
  {
    name: 'force',
    short: 'f',
    help: 'Reset <branchname> to <startpoint>, even if <branchname> exists already. Without -f, dolt branch refuses to change an existing branch. In combination with -d (or --delete), allow deleting the branch irrespective of its merged status. In combination with -m (or --move), allow renaming the branch even if the new branch name already exists, the same applies for -c (or --copy).',
  },
  { name: 'copy', short: 'c', help: 'Create a copy of a branch.' },
  { name: 'move', short: 'm', help: 'Move/rename a branch' },
  { name: 'delete', short: 'd', help: 'Delete a branch. The branch must be fully merged in its upstream branch.' },
  { name: 'D', help: 'Shortcut for --delete --force.' },
  {
    name: 'verbose',
    short: 'v',
    repeatable: true,
    help: 'When in list mode, show the hash and commit subject line for each head. If given twice, show the upstream branch as well',
  },
  { name: 'all', short: 'a', help: 'When in list mode, shows remote tracked branches' },
  { name: 'datasets', help: 'List all datasets in the database' },
  {
    name: 'remote',
    short: 'r',
    help: 'When in list mode, show only remote tracked branches. When with -d, delete a remote tracking branch.',
  },
  { name: 'show-current', help: 'Print the name of the current branch' },
  { name: 'track', short: 't', help: 'Set up upstream configuration for a branch. Uses current branch as default' },
  { name: 'set-upstream-to', short: 'u', value: 'upstream', help: 'Set upstream configuration for a branch.' },
];

const DEFAULT_BRANCH_KEY = 'init.defaultbranch';

export const branch: Verb<BranchResult> = {
  name: 'branch',
  summary: 'Create, list, edit, delete branches.',
  synopsis: [
    '[--list] [-v] [-a] [-r]',
    '[-f] <branchname> [<start-point>]',
    '-m [-f] [<oldbranch>] <newbranch>',
    '-c [-f] [<oldbranch>] <newbranch>',
    '-d [-f] [-r] <branchname>...',
    '--track <branchname> [<start-point>]',
    '--set-upstream-to <upstream> <branchname>',
  ],
  positional: [['start-point', 'A commit that a new branch should point at.']],
  flags,
  *run(workspace, args) {
    const parsed = parseArguments(branch, args);
    assertFits(parsed);
    if (parsed.has('datasets')) return { kind: 'datasets', names: datasets(workspace.refs()) };
    if (parsed.has('show-current')) return { kind: 'current', name: workspace.branch() };
    if (parsed.has('copy')) return yield* copy(workspace, parsed);
    if (parsed.has('move')) return yield* rename(workspace, parsed);
    if (parsed.has('delete') || parsed.has('D')) return yield* remove(workspace, parsed);
    if (parsed.has('set-upstream-to')) return yield* setUpstream(workspace, parsed);
    if (parsed.positional.length > 0 && !parsed.has('list')) return yield* create(workspace, parsed);
    if (workspace.isSession) throw new UsageError('error: invalid usage');
    const all = parsed.has('all');
    const verbosity = parsed.times('verbose');
    const listed = [
      ...(parsed.has('remote') && !all ? [] : listBranches(workspace, HEADS, verbosity > 0)),
      ...(parsed.has('remote') || all ? listBranches(workspace, REMOTES) : []),
    ].filter(({ name }) => parsed.positional.length === 0 || parsed.positional.includes(name));
    return { kind: 'list', branches: listed, verbosity };
  },
};

const DIRECTIVES = ['move', 'copy', 'delete', 'D', 'show-current', 'list'];
/** What is done, in words, where only listing takes a flag. */
const DOINGS: Readonly<Record<string, string>> = {
  ...{ copy: 'copying', move: 'moving', delete: 'deleting', D: 'deleting' },
};

/** Throws `UsageError`, in the original's words, where flags contradict each other. */
function assertFits(parsed: ParsedArguments): void {
  const given = DIRECTIVES.filter((flag) => parsed.has(flag));
  if (given.length > 1 && given.join() !== 'delete,D') {
    throw new UsageError(
      'Must specify exactly one of --move/-m, --copy/-c, --delete/-d, -D, --show-current, or --list.',
    );
  }
  if (parsed.has('track') && parsed.has('set-upstream-to')) {
    throw new UsageError('error: --set-upstream-to and --track are mutually exclusive options.');
  }
  const [directive] = given;
  const creates = directive === undefined && parsed.positional.length > 0 && !parsed.has('datasets');
  const doing = creates ? 'creating' : DOINGS[directive ?? ''];
  if (doing === undefined) return;
  const only = (flag: string, where: string): void => {
    if (parsed.has(flag))
      throw new UsageError(`--${flag}/-${flag[0]} can only be supplied when ${where}, not when ${doing} branches`);
  };
  only('all', 'listing branches');
  only('verbose', 'listing branches');
  if (doing !== 'deleting') only('remote', 'listing or deleting branches');
}

/** Branches below `prefix` (`refs/heads/`, `refs/remotes/`), in order of their names. */
export function listBranches(workspace: Workspace, prefix: RefName, withTracking = false): ListedBranch[] {
  const current = workspace.branch();
  const isRemote = prefix === REMOTES;
  return Array.from(workspace.refs().entries(prefix), ([ref, head]) => {
    const name = isRemote ? ref.slice('refs/'.length) : ref.slice(HEADS.length);
    const { message } = readCommit(workspace.repository.nodes, head);
    const tracking = withTracking ? trackingOf(workspace, name, head) : undefined;
    return { name, head, message, isCurrent: !isRemote && name === current, isRemote, tracking };
  });
}

export class BranchExistsError extends DoltError {
  readonly branch: string;
  constructor(name: string) {
    super('conflict', `fatal: A branch named '${name}' already exists.`);
    this.branch = name;
  }
}

/** Throws where another branch has the name but for its case, as in the original, whatever is forced. */
function assertNoTwin(refs: Refs, name: string, leaving?: string): void {
  for (const other of refs.branches()) {
    if (other !== name && other !== leaving && other.toLowerCase() === name.toLowerCase()) {
      throw new BranchExistsError(other);
    }
  }
}

/** Creates `name` at the commit `start`; with `force` an existing branch is moved there. */
export function* createBranch(workspace: Workspace, name: string, start: Address, force: boolean): Steps<void> {
  const refs = workspace.refs();
  const existing = refs.get(branchRef(name));
  if (existing !== undefined && !force) throw new BranchExistsError(name);
  assertNoTwin(refs, name);
  if (!isValidBranchName(name)) throw new DoltError('invalid', `fatal: '${name}' is an invalid branch name.`);
  const root = workspace.repository.rootOfCommit(start);
  yield* workspace.updateHeads(
    {
      refs: [branchIntent(name, existing, start, existing !== undefined)],
      workingSets: new Map([[name, cleanWorkingSet(root)]]),
      edits: existing === undefined ? trackedBases(workspace.repository, name, start) : undefined,
    },
    'branch',
  );
}

/** The commit a new branch starts at, with Dolt's words when there is none. */
export function startPoint(workspace: Workspace, spec: string, name: string): Address {
  try {
    return resolveSpec(workspace, spec);
  } catch (error) {
    if (error instanceof GhostCommitError) throw error;
    if (!(error instanceof DoltError) || (error.kind !== 'notFound' && error.kind !== 'invalid')) throw error;
    const message = `fatal: '${spec}' is not a commit and a branch '${name}' cannot be created from it`;
    throw new DoltError(error.kind, message, { cause: error });
  }
}

function* create(workspace: Workspace, parsed: ParsedArguments): Steps<BranchResult> {
  const [name = '', spec, ...more] = parsed.positional;
  if (more.length > 0) throw new UsageError('error: invalid usage');
  assertName(name);
  const tracked = parsed.has('track') ? (spec ?? currentBranch(workspace)) : undefined;
  const tracking = tracked === undefined ? undefined : requireTracking(workspace, tracked, name);
  yield* createBranch(workspace, name, startPoint(workspace, spec ?? 'HEAD', name), parsed.has('force'));
  if (tracking) storeUpstreams(workspace, (state) => withUpstream(state, name, tracking.remote, tracking.branch));
  return { kind: 'created', name, upstream: tracking && [tracking.remote, tracking.branch].filter(Boolean).join('/') };
}

function* copy(workspace: Workspace, parsed: ParsedArguments): Steps<BranchResult> {
  const [from, to] = twoNames(workspace, parsed);
  assertName(to);
  const head = workspace.refs().get(branchRef(from));
  if (head === undefined) throw new BranchNotFoundError(from);
  yield* createBranch(workspace, to, head, parsed.has('force'));
  return { kind: 'copied', name: to };
}

function* rename(workspace: Workspace, parsed: ParsedArguments): Steps<BranchResult> {
  const [from, to] = twoNames(workspace, parsed);
  const { repository } = workspace;
  const refs = workspace.refs();
  const head = refs.get(branchRef(from));
  const existing = refs.get(branchRef(to));
  if (head === undefined) throw new BranchNotFoundError(from);
  if (from === to) return { kind: 'renamed', name: to };
  assertName(to);
  if (!parsed.has('force')) workspace.assertNotInUse(from);
  if (existing !== undefined && !parsed.has('force')) throw new BranchExistsError(to);
  assertNoTwin(refs, to, from);
  const isCurrent = workspace.branch() === from;
  const workingSet = isCurrent ? workspace.workingSet() : repository.workingSet(from, refs);
  yield* workspace.updateHeads(
    {
      refs: [branchIntent(to, existing, head, existing !== undefined), branchIntent(from, head, undefined, true)],
      workingSets: new Map<string, WorkingSet | undefined>([
        [to, workingSet],
        [from, undefined],
      ]),
    },
    'branch',
  );
  storeUpstreams(workspace, (state) => {
    const branches = new Map(state.branches);
    const upstream = branches.get(from);
    branches.delete(from);
    if (upstream) branches.set(to, upstream);
    return { ...state, branches, head: state.head === branchRef(from) ? branchRef(to) : state.head };
  });
  if (isCurrent) yield* workspace.switchBranch(to);
  if (repository.config.get(DEFAULT_BRANCH_KEY, 'local') === from) {
    repository.config.set('local', new Map([[DEFAULT_BRANCH_KEY, to]]));
  }
  return { kind: 'renamed', name: to };
}

function* remove(workspace: Workspace, parsed: ParsedArguments): Steps<BranchResult> {
  const names = parsed.positional;
  if (names.length === 0) throw new UsageError('error: invalid usage');
  const refs = workspace.refs();
  if (parsed.has('remote')) {
    const edits = new Map<RefName, undefined>();
    for (const name of names) {
      const ref = REMOTES + name.replace(/^(refs\/)?remotes\//, '');
      if (refs.get(ref) === undefined) throw new BranchNotFoundError(name);
      edits.set(ref, undefined);
    }
    yield* workspace.updateHeads({ refs: [], edits: () => edits }, 'branch');
    return { kind: 'deleted', names };
  }
  const force = parsed.has('D') || parsed.has('force');
  const intents: RefIntent[] = [];
  for (const name of names) {
    assertNotEmpty(name);
    if (workspace.branch() === name) throw new DoltError('conflict', `Cannot delete checked out branch '${name}'`);
    const head = refs.get(branchRef(name));
    if (head === undefined) throw new BranchNotFoundError(name);
    workspace.assertNotDefault(name);
    if (!force) {
      assertMerged(workspace, name, head);
      workspace.assertNotInUse(name);
    }
    intents.push(branchIntent(name, head, undefined, true));
  }
  yield* workspace.updateHeads(
    { refs: intents, workingSets: new Map(names.map((name) => [name, undefined])) },
    'branch',
  );
  storeUpstreams(workspace, (state) => {
    const branches = new Map(state.branches);
    const known = names.filter((name) => branches.delete(name));
    return known.length === 0 ? state : { ...state, branches };
  });
  return { kind: 'deleted', names };
}

/** Its upstream, or the current branch when it has none, must contain it. */
function assertMerged(workspace: Workspace, name: string, head: Address): void {
  const upstream = upstreamRef(workspace.repository.state(), name);
  const followed = upstream === undefined ? undefined : workspace.refs().get(upstream);
  const container = followed ?? workspace.head();
  const merged = relation(workspace.repository.nodes, head, container);
  if (merged !== 'equal' && merged !== 'ahead') {
    throw new DoltError(
      'conflict',
      `branch '${name}' is not fully merged. If you are sure you want to delete it, run 'dolt branch -D ${name}'`,
    );
  }
}

function* setUpstream(workspace: Workspace, parsed: ParsedArguments): Steps<BranchResult> {
  const [name = currentBranch(workspace), ...more] = parsed.positional;
  const upstream = parsed.value('set-upstream-to')!;
  if (workspace.refs().get(branchRef(name)) === undefined) {
    if (parsed.positional.length === 0) throw new BranchNotFoundError(name);
    const tracking = requireTracking(workspace, upstream, name);
    yield* createBranch(workspace, name, startPoint(workspace, more[0] ?? 'HEAD', name), parsed.has('force'));
    storeUpstreams(workspace, (state) => withUpstream(state, name, tracking.remote, tracking.branch));
    return { kind: 'upstream', name, upstream };
  }
  if (more.length > 0) throw new UsageError('error: invalid usage');
  const tracking = requireTracking(workspace, upstream, name);
  workspace.repository.updateState((state) => withUpstream(state, name, tracking.remote, tracking.branch));
  return { kind: 'upstream', name, upstream };
}

/** A branch of a remote, or of the repository itself, whose remote has no name. */
function requireTracking(workspace: Workspace, text: string, name: string): { remote: string; branch: string } {
  const refs = workspace.refs();
  const tracking = parseTracking(workspace.repository.state(), text);
  if (tracking && refs.get(`${REMOTES}${tracking.remote}/${tracking.branch}`) !== undefined) return tracking;
  if (refs.get(branchRef(text)) === undefined) {
    throw new DoltError('notFound', `error: branch not found: '${text}'`);
  }
  if (text === name) throw new DoltError('invalid', `error: not setting '${name}' as its own upstream`);
  return { remote: '', branch: text };
}

/** `-m old new`, or `-m new` for the current branch. */
function twoNames(workspace: Workspace, parsed: ParsedArguments): [from: string, to: string] {
  const { positional } = parsed;
  if (positional.length < 1 || positional.length > 2) throw new UsageError('error: invalid usage');
  const [from, to] = positional.length === 2 ? positional : [currentBranch(workspace), positional[0]];
  assertNotEmpty(from!);
  assertNotEmpty(to!);
  return [from!, to!];
}

function assertName(name: string): void {
  assertNotEmpty(name);
  if (!isValidBranchName(name)) throw new DoltError('invalid', `${name} is an invalid branch name`);
}

function assertNotEmpty(name: string): void {
  if (name === '') throw new UsageError('error: cannot branch empty string');
}

function datasets(refs: Refs): RefName[] {
  return Array.from(refs.entries(), ([name]) => name).filter((name) => name !== REDO_REF);
}
