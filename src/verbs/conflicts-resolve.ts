/** `conflicts resolve`: takes one side for all rows in conflict of some tables. */
import { EMPTY_ADDRESS } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { tablesWithConflicts } from '../repo/artifacts.ts';
import { type ConflictSide, resolveConflicts } from '../repo/conflicts.ts';
import { withWordsOf } from '../repo/full-text.ts';
import { recordForeignKeyViolations } from '../repo/merge/foreign-key-violations.ts';
import type { RootValue } from '../repo/root-value.ts';
import { parseArguments, UsageError } from './arguments.ts';
import type { Verb } from './verb.ts';

export interface ConflictsResolveResult {
  readonly side: ConflictSide;
  /** Tables that had conflicts, which are resolved now. */
  readonly tables: readonly string[];
}

export const conflictsResolve: Verb<ConflictsResolveResult> = {
  name: 'conflicts resolve',
  summary: 'Automatically resolve all conflicts taking either ours or theirs for the given tables.',
  synopsis: ['--ours|--theirs <table>...'],
  positional: [['table', 'Tables to be resolved; . for all tables in conflict.']],
  flags: [
    { name: 'ours', help: 'For all conflicts, take the version from our branch and resolve the conflict' },
    { name: 'theirs', help: 'For all conflicts, take the version from their branch and resolve the conflict' },
  ],
  *run(workspace, args) {
    const parsed = parseArguments(conflictsResolve, args);
    const [ours, theirs] = [parsed.has('ours'), parsed.has('theirs')];
    if (ours && theirs) throw new UsageError('specify only either --ours or --theirs');
    if (!ours && !theirs) throw new UsageError('--ours or --theirs must be supplied');
    if (parsed.positional.length === 0) throw new UsageError('specify at least one table to resolve conflicts');
    const workingSet = workspace.workingSet();
    const { merge } = workingSet;
    if (merge && merge.unmergableTables.length > 0) {
      throw new DoltError(
        'unsupported',
        'Unable to automatically resolve schema conflicts since data changes may not have been fully merged yet. ' +
          'To continue, abort this merge (dolt merge --abort) then apply ALTER TABLE statements to one ' +
          'side of this merge to get the two schemas in sync with the desired schema, then rerun the merge.',
      );
    }
    let { working } = workingSet;
    const inConflict = new Set(tablesWithConflicts(working));
    const all = parsed.positional.length === 1 && parsed.positional[0] === '.';
    const names = all
      ? [...inConflict]
      : parsed.positional.map((given) => {
          const name = working.resolveTableName(given);
          if (name === undefined) throw new DoltError('notFound', `table not found: ${given}`);
          return name;
        });
    const side: ConflictSide = ours ? 'ours' : 'theirs';
    const tables = names.filter((name) => inConflict.has(name));
    const expressions = yield* workspace.mergeExpressions();
    for (const name of tables) {
      working = working.withTable(name, resolveConflicts(name, working.table(name)!, side));
      working = withWordsOf(working, name, expressions);
    }
    assertNoDangling(workingSet.working, working, tables);
    yield* workspace.setWorkingSet({ ...workingSet, working }, 'conflicts resolve');
    return { side, tables };
  },
};

/** Throws `conflict` where rows that were taken refer to no parent, or parents went that rows refer to. */
function assertNoDangling(before: RootValue, after: RootValue, resolved: readonly string[]): void {
  const violated = recordForeignKeyViolations(before, after, EMPTY_ADDRESS).changedTableNames(after);
  if (violated.length === 0) return;
  throw new DoltError(
    'conflict',
    `resolving conflicts for table ${resolved.join(', ')} created foreign key violations in ${violated.join(', ')}\n` +
      'hint: resolve tables that refer to each other together, or row by row in dolt_conflicts_<table>',
  );
}
