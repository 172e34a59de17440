/**
 * `reset`: with `--hard` head, staged and working go to a commit (new tables that were never staged stay); with `--soft`
 * only the head moves; with a commit alone head and staged; with tables, or nothing, staged tables go back to the
 * head's, or to a commit's.
 */
import type { Address } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { keepUntracked } from '../repo/carry-over.ts';
import { isAncestor } from '../repo/commit.ts';
import { withoutForeignWords } from '../repo/full-text.ts';
import { branchIntent } from '../repo/head-update.ts';
import { TablesNotFoundError } from '../repo/repo-errors.ts';
import type { RootValue } from '../repo/root-value.ts';
import { moveTables, type Roots } from '../repo/staging.ts';
import type { Steps } from '../repo/steps.ts';
import type { WorkingSet } from '../repo/working-set.ts';
import { parseArguments, UsageError } from './arguments.ts';
import type { Verb } from './verb.ts';
import { currentBranch, type Workspace } from './workspace.ts';
import { resolveSpec, rootsOf } from './workspace-roots.ts';

export interface ResetResult {
  /** Only staged tables moved, or the head with them: what is working may now be unstaged. */
  readonly mixed: boolean;
  readonly movedHead: boolean;
}

export const reset: Verb<ResetResult> = {
  name: 'reset',
  summary: 'Resets staged or working tables to HEAD or a specified commit.',
  synopsis: ['[<revision>] <tables>...', '[--hard | --soft] <revision>'],
  positional: [['tables', 'Tables to unstage, or a revision to move to.']],
  flags: [
    {
      name: 'hard',
      help: 'Resets the working tables and staged tables. Any changes to tracked tables in the working tree since <commit> are discarded.',
    },
    { name: 'soft', help: 'Resets HEAD to the specified revision without touching the index or the working tables.' },
  ],
  *run(workspace, args) {
    const head = workspace.head();
    const { mixed } = yield* run(workspace, args);
    return { mixed, movedHead: workspace.head() !== head };
  },
};

function* run(workspace: Workspace, args: readonly string[]): Steps<Pick<ResetResult, 'mixed'>> {
  const parsed = parseArguments(reset, args);
  const { positional } = parsed;
  const [hard, soft] = [parsed.has('hard'), parsed.has('soft')];
  if (hard && soft) throw new UsageError('error: --hard and --soft are mutually exclusive options.');
  if ((hard || soft) && positional.length > 1) {
    throw new UsageError(`--${hard ? 'hard' : 'soft'} supports at most one additional param`);
  }
  const spec = positional[0];
  if (hard) {
    yield* resetHard(workspace, spec === undefined ? workspace.head() : resolveSpec(workspace, spec));
    return { mixed: false };
  }
  const workingSet = workspace.workingSet();
  const { rebase } = workingSet;
  if (soft) {
    const { working, staged } = workingSet;
    if (spec !== undefined) yield* moveHead(workspace, resolveSpec(workspace, spec), { working, staged, rebase });
    return { mixed: false };
  }
  const roots = rootsOf(workspace);
  if (positional.length > 1 && findTable(roots, spec!) === undefined) {
    const source = workspace.repository.rootOfCommit(resolveSpec(workspace, spec!));
    return yield* resetTables(workspace, source, positional.slice(1));
  }
  const tables = spec === undefined || spec === '.' ? [] : positional.map((name) => findTable(roots, name));
  if (tables.length === 1 && tables[0] === undefined) {
    const target = resolveSpec(workspace, spec!);
    const staged = workspace.repository.rootOfCommit(target);
    yield* moveHead(workspace, target, { working: workingSet.working, staged, rebase });
    return { mixed: true };
  }
  const missing = positional.filter((_, i) => tables.length > 0 && tables[i] === undefined);
  if (missing.length > 0) throw new TablesNotFoundError(missing);
  const names = tables.length > 0 ? (tables as string[]) : [...roots.staged.tableNames(), ...roots.head.tableNames()];
  const staged = moveTables(names, roots.head, roots.staged);
  yield* workspace.setWorkingSet({ ...workingSet, staged }, 'reset');
  return { mixed: true };
}

/** Staged tables as they are in `source`. */
function* resetTables(
  workspace: Workspace,
  source: RootValue,
  given: readonly string[],
): Steps<Pick<ResetResult, 'mixed'>> {
  const workingSet = workspace.workingSet();
  const roots = rootsOf(workspace);
  const tables = given.map((name) => findTable(roots, name) ?? source.resolveTableName(name));
  const missing = given.filter((_, i) => tables[i] === undefined);
  if (missing.length > 0) throw new TablesNotFoundError(missing);
  const staged = moveTables(tables as string[], source, roots.staged);
  yield* workspace.setWorkingSet({ ...workingSet, staged }, 'reset');
  return { mixed: true };
}

/** Everything as of `target`; a merge under way is given up. */
export function* resetHard(workspace: Workspace, target: Address): Steps<void> {
  const { working, staged, rebase } = workspace.workingSet();
  const root = workspace.repository.rootOfCommit(target);
  yield* moveHead(workspace, target, {
    working: withoutForeignWords(keepUntracked(working, staged, root)),
    staged: root,
    rebase,
  });
}

function* moveHead(workspace: Workspace, target: Address, workingSet: WorkingSet): Steps<void> {
  const branch = workspace.branch();
  if (branch === undefined) throw new DoltError('invalid', 'unable to reset HEAD in read-only databases');
  const head = workspace.head();
  const refs =
    head === target ? [] : [branchIntent(branch, head, target, !isAncestor(workspace.repository.nodes, head, target))];
  yield* workspace.updateHeads({ refs, workingSets: new Map([[currentBranch(workspace), workingSet]]) }, 'reset');
}

function findTable({ head, staged, working }: Roots, name: string): string | undefined {
  return head.resolveTableName(name) ?? staged.resolveTableName(name) ?? working.resolveTableName(name);
}
