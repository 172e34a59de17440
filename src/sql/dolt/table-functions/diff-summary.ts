/** `dolt_diff_summary('from', 'to' [, 'table'])`: which tables changed, and how. */
import { byNewName, tableDeltas } from '../../../repo/table-deltas.ts';
import { diffSummary } from '../../../repo/table-diff.ts';
import { BOOLEAN, LONGTEXT, text } from '../../types/sql-type.ts';
import type { DoltTableFunction } from './list.ts';
import { diffArguments, sidesOf } from './revisions.ts';

export const tableFunction: DoltTableFunction = {
  open(args, scene) {
    const { from, to, fromMergeBase, table } = diffArguments('dolt_diff_summary', args, false);
    const { view, left, right } = sidesOf(scene, from, to, fromMergeBase);
    return {
      kind: 'virtual',
      database: view.name,
      name: 'dolt_diff_summary',
      columns: [
        { name: 'from_table_name', type: LONGTEXT, nullable: false },
        { name: 'to_table_name', type: LONGTEXT, nullable: false },
        { name: 'diff_type', type: text(), nullable: false },
        { name: 'data_change', type: BOOLEAN, nullable: false },
        { name: 'schema_change', type: BOOLEAN, nullable: false },
      ],
      *rows() {
        for (const delta of byNewName(tableDeltas(left.root, right.root))) {
          const { kind, fromName = '', toName = '', dataChange, schemaChange } = diffSummary(delta);
          const names = [fromName.toLowerCase(), toName.toLowerCase()];
          if (table !== undefined && !names.includes(table.toLowerCase())) continue;
          yield [fromName, toName, kind, dataChange ? 1 : 0, schemaChange ? 1 : 0];
        }
      },
    };
  },
};
