/** `dolt_diff_stat('from', 'to' [, 'table'])`: how many rows and cells changed, by table. */
import { currentName, tableDeltas } from '../../../repo/table-deltas.ts';
import { diffStat, PrimaryKeyChangedError } from '../../../repo/table-diff.ts';
import { BIGINT, LONGTEXT } from '../../types/sql-type.ts';
import type { DoltTableFunction } from './list.ts';
import { diffArguments, sidesOf } from './revisions.ts';

const COUNTS =
  'rows_unmodified rows_added rows_deleted rows_modified cells_added cells_deleted cells_modified old_row_count new_row_count old_cell_count new_cell_count';

export const tableFunction: DoltTableFunction = {
  open(args, scene) {
    const { from, to, fromMergeBase, table } = diffArguments('dolt_diff_stat', args, false);
    const { view, left, right } = sidesOf(scene, from, to, fromMergeBase);
    return {
      kind: 'virtual',
      database: view.name,
      name: 'dolt_diff_stat',
      columns: [
        { name: 'table_name', type: LONGTEXT, nullable: false },
        ...COUNTS.split(' ').map((name) => ({ name, type: BIGINT, nullable: true })),
      ],
      *rows() {
        for (const delta of tableDeltas(left.root, right.root)) {
          const name = currentName(delta);
          if (table !== undefined && name.toLowerCase() !== table.toLowerCase()) continue;
          try {
            const stat = diffStat(delta);
            const known = !stat.keyless;
            if (stat.rowsAdded + stat.rowsDeleted + stat.rowsModified + stat.cellsAdded + stat.cellsDeleted === 0)
              continue;
            yield [
              name,
              known ? stat.rowsUnmodified : null,
              stat.rowsAdded,
              stat.rowsDeleted,
              ...(known
                ? [
                    stat.rowsModified,
                    stat.cellsAdded,
                    stat.cellsDeleted,
                    stat.cellsModified,
                    stat.oldRowCount,
                    stat.newRowCount,
                    stat.oldCellCount,
                    stat.newCellCount,
                  ]
                : [null, null, null, null, null, null, null, null]),
            ];
          } catch (error) {
            if (!(error instanceof PrimaryKeyChangedError)) throw error;
            scene.functions.warn({ level: 'Warning', code: 1105, message: error.message });
          }
        }
      },
    };
  },
};
