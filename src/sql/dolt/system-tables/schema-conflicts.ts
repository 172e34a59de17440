/** `dolt_schema_conflicts`: tables whose schemas a merge could not bring together. */
import { readCommit } from '../../../repo/commit.ts';
import { tablePlan } from '../../../repo/merge/table-plan.ts';
import { mergeBase } from '../../../repo/merge-base.ts';
import type { RootValue } from '../../../repo/root-value.ts';
import type { MergeState } from '../../../repo/working-set.ts';
import type { DatabaseView } from '../../catalog/database-view.ts';
import { createTableText } from '../../catalog/describe-table.ts';
import { rootNames } from '../../catalog/root-names.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { field } from './commit-columns.ts';

const COLUMNS = [
  field('table_name', undefined, false, 'PRI'),
  field('base_schema'),
  field('our_schema'),
  field('their_schema'),
  field('description'),
];

export const table: SystemTable = {
  name: 'dolt_schema_conflicts',
  open: (view) =>
    systemSource(view, 'dolt_schema_conflicts', COLUMNS, function* () {
      const { merge } = view.workingSet();
      if (merge === undefined) return;
      const { base, theirs } = otherSides(merge, view);
      const ours = view.headRoot();
      for (const name of merge.unmergableTables) {
        yield [
          name,
          base === undefined ? DELETED : textIn(base, name),
          textIn(ours, name),
          textIn(theirs, name),
          base === undefined ? UNKNOWN : descriptionOf(name, base, ours, theirs),
        ];
      }
    }),
};

const DELETED = '<deleted>';
const UNKNOWN = 'the schemas cannot be merged';

interface OtherSides {
  /** Undefined where the two have nothing in common. */
  readonly base: RootValue | undefined;
  readonly theirs: RootValue;
}

/** A picked commit is merged over its parent; a reverted one the other way round. */
function otherSides(
  { fromCommit, isCherryPick, isRevert }: MergeState,
  { repository, head }: DatabaseView,
): OtherSides {
  const theirs = repository.rootOfCommit(fromCommit);
  const base =
    isCherryPick || isRevert
      ? readCommit(repository.nodes, fromCommit).parents[0]
      : mergeBase(repository.nodes, head, fromCommit);
  const baseRoot = base === undefined ? undefined : repository.rootOfCommit(base);
  return isRevert && baseRoot !== undefined ? { base: theirs, theirs: baseRoot } : { base: baseRoot, theirs };
}

/** In the original's words. */
function descriptionOf(name: string, base: RootValue, ours: RootValue, theirs: RootValue): string {
  const plan = tablePlan(name, { base, ours, theirs });
  if (plan.kind === 'schemaConflicts') return plan.conflicts.join('\n');
  if (plan.kind !== 'removedAndChanged') return UNKNOWN;
  return `cannot merge a table deletion with ${plan.isSchemaChanged ? 'schema' : 'data'} modification`;
}

function textIn(root: RootValue, name: string): string {
  const stored = root.resolveTableName(name);
  if (stored === undefined) return DELETED;
  return `${createTableText(stored, root.table(stored)!, root.foreignKeys(), rootNames(root))};`;
}
