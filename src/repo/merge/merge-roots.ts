/**
 * The three-way merge of two roots: tables, schemas, rows cell by cell, foreign keys. Conflicts and violations become
 * artifacts of the merged tables; tables whose schemas conflict stay as ours and are named.
 *
 * Tables are matched by name, so a renamed table is one that went and another that came.
 */
import type { Address } from '../../base/address.ts';
import { DoltError, unreachable } from '../../base/errors.ts';
import { isFullTextTable } from '../../table/full-text/full-text-tables.ts';
import type { Table } from '../../table/table.ts';
import { collationById } from '../../tuple/collation.ts';
import { countArtifacts } from '../artifacts.ts';
import type { RootValue } from '../root-value.ts';
import type { Steps } from '../steps.ts';
import { recordForeignKeyViolations } from './foreign-key-violations.ts';
import type { MergeExpressions } from './merge-expressions.ts';
import { mergeForeignKeys } from './merge-foreign-keys.ts';
import { withMergedFullText } from './merge-full-text.ts';
import { mergeTables } from './merge-table.ts';
import { type RootSides, tablePlan } from './table-plan.ts';

export interface RootMergeInput extends RootSides {
  /**
   * The commit (or root) that `theirs` and `base` are of: recorded with each conflict, so that its three sides can be
   * read later.
   */
  readonly theirsAddress: Address;
  readonly baseAddress: Address;
  /** Needed where new columns have defaults, columns are generated, or checks may be violated. */
  readonly expressions?: MergeExpressions | undefined;
}

export interface RootMergeResult {
  /** With conflicts and violations as artifacts of its tables. */
  readonly root: RootValue;
  /** Tables whose schemas could not be merged, in order of their names; they are in `root` as in ours. */
  readonly schemaConflicts: readonly { readonly table: string; readonly description: string }[];
  /** Rows in conflict, by table. */
  readonly conflicts: ReadonlyMap<string, number>;
  /** Rows that violate constraints, by table. */
  readonly violations: ReadonlyMap<string, number>;
}

/** Throws `UnmergeableError` (a `conflict`) where the two cannot be merged at all. */
// biome-ignore lint/correctness/useYield: it never waits
export function* mergeRoots(input: RootMergeInput): Steps<RootMergeResult> {
  const { base, ours, theirs } = input;
  const schemaConflicts: { table: string; description: string }[] = [];
  const edits = new Map<string, Table | Address | undefined>();
  for (const name of new Set([...ours.tableNames(), ...theirs.tableNames()])) {
    if (isFullTextTable(name)) continue;
    const merged = mergeNamed(name, input);
    if (merged === undefined) continue;
    if ('conflict' in merged) schemaConflicts.push({ table: name, description: merged.conflict });
    else edits.set(name, merged.table);
  }
  const collated = ours.withCollation(mergedCollation(base, ours, theirs));
  const tables = withMergedFullText(collated.withTables(edits), input, input.expressions);
  const linked = tables.withForeignKeys(mergeForeignKeys(base, ours, theirs, tables));
  const root = recordForeignKeyViolations(base, linked, input.theirsAddress);
  const conflicts = new Map<string, number>();
  const violations = new Map<string, number>();
  for (const name of root.tableNames()) {
    // A table that is the same as ours has nothing new to report, but keeps reporting what is still open.
    const counts = countArtifacts(root.table(name)!);
    if (counts.conflicts > 0) conflicts.set(name, counts.conflicts);
    if (counts.violations > 0) violations.set(name, counts.violations);
  }
  return { root, schemaConflicts, conflicts, violations };
}

/** What becomes of a table; undefined goes. A table of theirs that is taken as it is stays an address. */
type MergedTable = { readonly table: Table | Address | undefined } | { readonly conflict: string };

function mergeNamed(name: string, input: RootMergeInput): MergedTable | undefined {
  const plan = tablePlan(name, input);
  switch (plan.kind) {
    case 'ours':
      return undefined;
    case 'theirs':
      return { table: plan.address };
    case 'removedAndChanged':
      return { conflict: 'table was modified in one branch and deleted in the other' };
    case 'schemaConflicts':
      return { conflict: plan.conflicts.join('\n') };
    case 'rows': {
      const { baseAddress, theirsAddress, expressions } = input;
      return { table: mergeTables({ ...plan, name, baseAddress, theirsAddress, expressions }) };
    }
    default:
      return unreachable(plan);
  }
}

function mergedCollation(base: RootValue, ours: RootValue, theirs: RootValue): number {
  if (ours.collation === theirs.collation || theirs.collation === base.collation) return ours.collation;
  if (ours.collation === base.collation) return theirs.collation;
  const name = (id: number) => collationById(id)?.name ?? String(id);
  throw new DoltError(
    'conflict',
    `database collation conflict, please resolve manually. ours: ${name(ours.collation)}, theirs: ${name(theirs.collation)}`,
  );
}
