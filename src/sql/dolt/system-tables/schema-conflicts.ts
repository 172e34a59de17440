/** `dolt_schema_conflicts`: tables whose schemas a merge could not bring together. */
import { mergeBase } from '../../../repo/merge-base.ts';
import type { RootValue } from '../../../repo/root-value.ts';
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
      const { repository } = view;
      const base = mergeBase(repository.nodes, view.head, merge.fromCommit);
      const theirs = repository.rootOfCommit(merge.fromCommit);
      for (const name of merge.unmergableTables) {
        yield [
          name,
          base === undefined ? '<deleted>' : textIn(repository.rootOfCommit(base), name),
          textIn(view.headRoot(), name),
          textIn(theirs, name),
          'the schemas cannot be merged',
        ];
      }
    }),
};

function textIn(root: RootValue, name: string): string {
  const stored = root.resolveTableName(name);
  if (stored === undefined) return '<deleted>';
  return createTableText(stored, root.table(stored)!, root.foreignKeys(), rootNames(root));
}
