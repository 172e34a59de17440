/** `dolt_diff_summary('from', 'to' [, 'table'])`: which tables changed, and how. */
import { isIgnored } from '../../../repo/ignore-patterns.ts';
import { ignorePatterns } from '../../../repo/staging.ts';
import { byNewName, currentName, tableDeltas } from '../../../repo/table-deltas.ts';
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
        // Tables are ignored as long as they are not committed.
        const patterns = [from, to].some(isWorkingName) ? ignorePatterns(view.workingSet().working) : [];
        for (const delta of byNewName(tableDeltas(left.root, right.root))) {
          const { kind, fromName = '', toName = '', dataChange, schemaChange } = diffSummary(delta);
          const names = [fromName.toLowerCase(), toName.toLowerCase()];
          if (table !== undefined && !names.includes(table.toLowerCase())) continue;
          const comesOrGoes = kind === 'added' || kind === 'dropped';
          if (comesOrGoes && isIgnored(patterns, currentName(delta))) continue;
          yield [fromName, toName, kind, dataChange ? 1 : 0, schemaChange ? 1 : 0];
        }
      },
    };
  },
};

const isWorkingName = (revision: string): boolean => /^(working|staged)$/i.test(revision);
