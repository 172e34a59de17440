/**
 * `dolt_preview_merge_conflicts('ours', 'theirs', 'table')`: rows that a merge would leave in conflict, as
 * `dolt_conflicts_<t>`.
 */
import { previewRows } from '../../../repo/merge/preview-conflicts.ts';
import { conflictShape } from '../conflict-shape.ts';
import type { DoltTableFunction } from './list.ts';
import { invalid, mergePreview, previewArguments } from './merge-preview.ts';
import { schemaIn } from './revisions.ts';

const NAME = 'dolt_preview_merge_conflicts';

export const tableFunction: DoltTableFunction = {
  open(args, scene) {
    const [left, right, named] = previewArguments(NAME, args, 3) as [string, string, string];
    if (named === '') throw invalid('table name cannot be empty');
    const preview = mergePreview(scene, left, right);
    const roots = [preview.ours, preview.theirs, preview.base];
    const table = roots.map((root) => root.resolveTableName(named)).find((name) => name !== undefined);
    const [ours, theirs, base] = roots.map((root) => schemaIn(root, table));
    const any = ours ?? theirs ?? base;
    if (table === undefined || any === undefined) throw scene.noTable(named);
    const { columns, valuesOf } = conflictShape({
      base: base ?? any,
      ours: ours ?? any,
      theirs: theirs ?? any,
    });
    return {
      kind: 'virtual',
      database: preview.database,
      name: NAME,
      columns,
      *rows() {
        const conflicts = previewRows(table, preview, preview.theirsAddress);
        if (typeof conflicts === 'number') throw invalid(`schema conflicts found: ${conflicts}`);
        for (const conflict of conflicts) yield valuesOf(conflict);
      },
    };
  },
};
