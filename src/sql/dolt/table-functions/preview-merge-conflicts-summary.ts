/** `dolt_preview_merge_conflicts_summary('ours', 'theirs')`: tables in which a merge would have conflicts, and how many. */
import { previewConflicts } from '../../../repo/merge/preview-conflicts.ts';
import { text, UNSIGNED_BIGINT } from '../../types/sql-type.ts';
import type { DoltTableFunction } from './list.ts';
import { invalid, mergePreview, previewArguments } from './merge-preview.ts';

const NAME = 'dolt_preview_merge_conflicts_summary';

export const tableFunction: DoltTableFunction = {
  open(args, scene) {
    const [ours, theirs] = previewArguments(NAME, args, 2) as [string, string];
    if (ours === '') throw invalid('left branch name cannot be empty');
    if (theirs === '') throw invalid('right branch name cannot be empty');
    const preview = mergePreview(scene, ours, theirs);
    return {
      kind: 'virtual',
      database: preview.database,
      name: NAME,
      columns: [
        { name: 'table', type: text(), nullable: false },
        { name: 'num_data_conflicts', type: UNSIGNED_BIGINT, nullable: true },
        { name: 'num_schema_conflicts', type: UNSIGNED_BIGINT, nullable: true },
      ],
      *rows() {
        for (const { table, count, of } of previewConflicts(preview)) {
          yield of === 'rows' ? [table, count, 0] : [table, null, count];
        }
      },
    };
  },
};
