/** `dolt_merge_status`: the merge under way. */
import { HEADS } from '../../../repo/refs.ts';
import { statusOf } from '../../../repo/status.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { BOOLEAN } from '../../types/sql-type.ts';
import { field } from './commit-columns.ts';

const COLUMNS = [
  field('is_merging', BOOLEAN),
  field('source', undefined, true),
  field('source_commit', undefined, true),
  field('target', undefined, true),
  field('unmerged_tables', undefined, true),
];

export const table: SystemTable = {
  name: 'dolt_merge_status',
  open: (view) =>
    systemSource(view, 'dolt_merge_status', COLUMNS, function* () {
      const { working, staged, merge } = view.workingSet();
      if (merge === undefined) {
        yield [0, null, null, null, null];
        return;
      }
      const { conflicts, schemaConflicts, violations } = statusOf({ head: view.headRoot(), working, staged }, merge);
      const open = [...new Set([...conflicts, ...schemaConflicts, ...violations])].join(', ');
      yield [1, merge.fromSpec, merge.fromCommit, view.branch === undefined ? null : `${HEADS}${view.branch}`, open];
    }),
};
