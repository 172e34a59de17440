/** What a merge would leave to be resolved, without merging: schemas are compared, rows are read where they differ. */
import type { Address } from '../../base/address.ts';
import type { SideBySide } from '../../prolly/merge.ts';
import { isFullTextTable } from '../../table/full-text/full-text-tables.ts';
import { type ConflictRow, conflictRow } from '../conflicts.ts';
import { UnmergeableError } from './merge-error.ts';
import type { MergeExpressions } from './merge-expressions.ts';
import { changesOf, keyOf, rowFate } from './row-fate.ts';
import { RowMerger } from './row-merger.ts';
import { type RootSides, tablePlan } from './table-plan.ts';

export interface PreviewInput extends RootSides {
  /** Needed where new columns have defaults, or columns are generated. */
  readonly expressions: MergeExpressions | undefined;
}

export interface TableConflicts {
  readonly table: string;
  /** How many there are; where schemas conflict, rows are not looked at. */
  readonly count: number;
  readonly of: 'schema' | 'rows';
}

/** The tables that would have conflicts, ours first, by name. Throws `UnmergeableError` where the two cannot be merged. */
export function* previewConflicts(input: PreviewInput): Generator<TableConflicts, void, void> {
  for (const table of new Set([...input.ours.tableNames(), ...input.theirs.tableNames()])) {
    if (isFullTextTable(table)) continue;
    const changes = conflictingChanges(table, input);
    if (typeof changes === 'number') {
      yield { table, count: changes, of: 'schema' };
      continue;
    }
    let count = 0;
    for (const _ of changes) count++;
    if (count > 0) yield { table, count, of: 'rows' };
  }
}

/** The rows of a table that would be in conflict, in order of their keys; how many conflicts its schemas have, if any. */
export function previewRows(
  table: string,
  input: PreviewInput,
  theirsAddress: Address,
): number | Generator<ConflictRow, void, void> {
  const changes = conflictingChanges(table, input);
  if (typeof changes === 'number') return changes;
  const sides = { base: input.base.table(table), ours: input.ours.table(table), theirs: input.theirs.table(table) };
  return (function* () {
    for (const change of changes) yield conflictRow(keyOf(change), theirsAddress, sides);
  })();
}

function conflictingChanges(table: string, input: PreviewInput): number | Iterable<SideBySide> {
  const plan = tablePlan(table, input);
  if (plan.kind === 'removedAndChanged') {
    const what = plan.isSchemaChanged ? 'its schema modified' : 'modified';
    throw new UnmergeableError(table, `conflict: table with same name deleted and ${what}`);
  }
  if (plan.kind === 'schemaConflicts') return plan.conflicts.length;
  if (plan.kind !== 'rows') return [];
  const { schema, base, ours, theirs } = plan;
  const rows = new RowMerger(table, schema, base.schema, ours.schema, theirs.schema, ours.store, input.expressions);
  return conflictsAmong(rows, changesOf(rows, plan));
}

function* conflictsAmong(rows: RowMerger, changes: Iterable<SideBySide>): Generator<SideBySide, void, void> {
  for (const change of changes) if (rowFate(rows, change) === 'conflict') yield change;
}
