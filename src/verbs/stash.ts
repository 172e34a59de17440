/**
 * `stash`: puts uncommitted changes aside and brings them back, on whatever branch. `push` keeps what is staged, and
 * changes of tracked tables; the tables go back to the head's. `apply` merges the changes into the working root, `pop` also
 * drops the stash.
 */
import { DoltError } from '../base/errors.ts';
import { isIgnored } from '../repo/ignore-patterns.ts';
import { mergeRoots } from '../repo/merge/merge-roots.ts';
import { branchRef } from '../repo/refs.ts';
import { ignorePatterns, moveTables, type Roots, stageTables } from '../repo/staging.ts';
import { addStash, COMMAND_LINE_STASHES, clearStashes, dropStash, type Stash, stashesOf } from '../repo/stashes.ts';
import type { Steps } from '../repo/steps.ts';
import { currentName, type TableDelta, tableDeltas } from '../repo/table-deltas.ts';
import { type ParsedArguments, parseArguments, UsageError } from './arguments.ts';
import type { Flag, Verb } from './verb.ts';
import { currentBranch, type Workspace } from './workspace.ts';
import { rootsOf } from './workspace-roots.ts';

export type StashResult =
  | { readonly kind: 'saved'; readonly stash: Stash }
  | { readonly kind: 'nothingToSave' }
  | { readonly kind: 'list'; readonly stashes: readonly Stash[] }
  | { readonly kind: 'applied'; readonly dropped: Stash | undefined }
  | { readonly kind: 'dropped'; readonly stash: Stash }
  | { readonly kind: 'cleared' };

const flags: readonly Flag[] = [
  { name: 'include-untracked', short: 'u', help: 'Untracked tables are also stashed.' },
  { name: 'all', short: 'a', help: 'All tables are stashed, including untracked and ignored tables.' },
];

/** The command line's: `stash [<action>] [<stash>]`. */
export const stash: Verb<StashResult> = {
  name: 'stash',
  summary: 'Stash the changes in a dirty workspace away.',
  synopsis: ['[-u | -a]', 'list', 'pop [<stash>]', 'apply [<stash>]', 'drop [<stash>]', 'clear'],
  positional: [['stash', 'Which one, as the list names it: stash@{0}, or 0, is the newest.']],
  flags,
  *run(workspace, args) {
    const parsed = parseArguments(stash, args);
    const [given = 'push', which, ...more] = parsed.positional;
    if (more.length > 0) throw new UsageError(`dolt stash takes 2 arguments, received ${parsed.positional.length}`);
    const position = positionOf(which);
    const action = given.toLowerCase();
    const stashes = stashesIn(workspace, COMMAND_LINE_STASHES);
    if (action === 'list') return { kind: 'list', stashes };
    if (['pop', 'apply', 'drop'].includes(action)) {
      if (stashes.length === 0) throw new DoltError('notFound', 'no stash entries found');
      if (stashes[position] === undefined) {
        throw new DoltError('notFound', `stash index stash@{${position}} does not exist`);
      }
    }
    return yield* act(workspace, action, COMMAND_LINE_STASHES, position, parsed);
  },
};

/** A session's: `dolt_stash(<action>, <name> [, <stash>])`, where stashes have the names of lists. */
export const namedStash: Verb<StashResult> = {
  ...stash,
  synopsis: ['<action> <name> [<stash>]'],
  maxPositional: 3,
  *run(workspace, args) {
    const parsed = parseArguments(namedStash, args);
    const [action, name, which] = parsed.positional;
    if (action === undefined || name === undefined) {
      throw new UsageError('error: invalid arguments. Must provide valid subcommand and stash name');
    }
    const position = positionOf(which);
    if (which !== undefined && (action === 'push' || action === 'clear')) {
      const subject = action === 'push' ? 'Push' : 'Clear';
      throw new UsageError(`error: invalid arguments. ${subject} takes only subcommand and stash name`);
    }
    const result = yield* act(workspace, action, name, position, parsed);
    if (result.kind === 'nothingToSave') throw new DoltError('invalid', 'No local changes to save');
    return result;
  },
};

function positionOf(text = '0'): number {
  const number = text.replace(/^stash@\{/, '').replace(/\}$/, '');
  if (!/^\d+$/.test(number)) throw new UsageError(`error: ${number} is not a valid reference`);
  return Number(number);
}

const stashesIn = (workspace: Workspace, name: string): Stash[] =>
  stashesOf(workspace.repository.nodes, workspace.refs(), name);

function* act(
  workspace: Workspace,
  action: string,
  name: string,
  position: number,
  parsed: ParsedArguments,
): Steps<StashResult> {
  switch (action) {
    case 'push':
      return yield* push(workspace, name, parsed);
    case 'pop':
      return { kind: 'applied', dropped: yield* apply(workspace, stashAt(workspace, name, position), true) };
    case 'apply':
      yield* apply(workspace, stashAt(workspace, name, position), false);
      return { kind: 'applied', dropped: undefined };
    case 'drop': {
      const dropped = stashAt(workspace, name, position);
      const { nodes } = workspace.repository;
      yield* workspace.updateHeads({ refs: [], edits: (refs) => dropStash(nodes, refs, dropped) }, 'stash');
      return { kind: 'dropped', stash: dropped };
    }
    case 'clear':
      yield* workspace.updateHeads({ refs: [], edits: () => clearStashes(name) }, 'stash');
      return { kind: 'cleared' };
    default:
      throw new UsageError(`unknown stash subcommand ${action}`);
  }
}

function stashAt(workspace: Workspace, name: string, position: number): Stash {
  const stashes = stashesIn(workspace, name);
  const found = stashes[position];
  if (found !== undefined) return found;
  if (stashes.length === 0) throw new DoltError('notFound', 'No stash entries found.');
  throw new DoltError('notFound', `fatal: log for 'stash' only has ${stashes.length} entries`);
}

const isAdded = ({ kind }: TableDelta): boolean => kind === 'added';

/** The names that a change is known by: a renamed table has two. */
const namesOf = ({ fromName, toName }: TableDelta): string[] =>
  [...new Set([fromName, toName])].filter((name) => name !== undefined);

function* push(workspace: Workspace, name: string, parsed: ParsedArguments): Steps<StashResult> {
  const branch = currentBranch(workspace);
  const workingSet = workspace.workingSet();
  if (workingSet.merge !== undefined) {
    throw new DoltError('conflict', 'error: a merge is in progress; commit it or abort it before you stash changes');
  }
  const roots = rootsOf(workspace);
  const { staged, tables, tablesToStage } = toBeStashed(roots, parsed);
  if (tables.length === 0) return { kind: 'nothingToSave' };
  const { nodes } = workspace.repository;
  const message = { root: staged.address, headCommit: workspace.head(), branch: branchRef(branch), tablesToStage };
  const working = moveTables(tables, roots.head, roots.working);
  yield* workspace.updateHeads(
    {
      refs: [],
      workingSets: new Map([[branch, { ...workingSet, working, staged: roots.head }]]),
      edits: (refs) => addStash(nodes, refs, name, message),
    },
    'stash',
  );
  return { kind: 'saved', stash: stashesIn(workspace, name)[0]! };
}

/** What is staged, changes of tracked tables, and with the flags new tables: as the root that is kept. */
function toBeStashed(roots: Roots, parsed: ParsedArguments) {
  const { head, working } = roots;
  const all = parsed.has('all');
  const unstaged = tableDeltas(roots.staged, working);
  const changed = unstaged.filter((delta) => !isAdded(delta)).map(currentName);
  const tracked = moveTables(changed, working, roots.staged);
  const deltas = tableDeltas(head, tracked);
  const patterns = all ? [] : ignorePatterns(working);
  const untracked =
    all || parsed.has('include-untracked')
      ? unstaged.filter((delta) => isAdded(delta) && (all || !isIgnored(patterns, currentName(delta)))).map(currentName)
      : [];
  return {
    staged: moveTables(untracked, working, tracked),
    tables: [...deltas.flatMap(namesOf), ...untracked],
    tablesToStage: deltas.filter(isAdded).map(currentName),
  };
}

/** Merges a stash into the working root. Throws `conflict` where changes there are in the way; the stash stays then. */
function* apply(workspace: Workspace, stash: Stash, drops: boolean): Steps<Stash> {
  const { repository } = workspace;
  const branch = currentBranch(workspace);
  const workingSet = workspace.workingSet();
  const { root, conflicts, schemaConflicts } = yield* mergeRoots({
    base: repository.rootOfCommit(stash.head),
    ours: workingSet.working,
    theirs: repository.root(stash.root),
    baseAddress: stash.head,
    theirsAddress: stash.root,
    expressions: yield* workspace.mergeExpressions(),
  });
  const inTheWay = [...new Set([...conflicts.keys(), ...schemaConflicts.map(({ table }) => table)])].sort();
  if (inTheWay.length > 0) throw new StashBlockedError(stash.position, inTheWay);
  const head = workspace.headRoot();
  const { staged } = stageTables({ head, staged: workingSet.staged, working: root }, stash.tablesToStage, true);
  yield* workspace.updateHeads(
    {
      refs: [],
      workingSets: new Map([[branch, { ...workingSet, working: root, staged }]]),
      ...(drops ? { edits: (refs) => dropStash(repository.nodes, refs, stash) } : {}),
    },
    'stash',
  );
  return stash;
}

class StashBlockedError extends DoltError {
  constructor(position: number, tables: readonly string[]) {
    super(
      'conflict',
      `error: Your local changes to the following tables would be overwritten by applying stash ${position}:\n` +
        `\t{'${tables.join("', '")}'}\n` +
        'Please commit your changes or stash them before you merge.\nAborting\n' +
        'The stash entry is kept in case you need it again.\n',
    );
  }
}
