/** `dolt_schema_diff('from', 'to' [, 'table'])`: tables whose CREATE TABLE differs, with both texts. */
import type { RootValue } from '../../../repo/root-value.ts';
import { byNewName, tableDeltas } from '../../../repo/table-deltas.ts';
import { createTableText } from '../../catalog/describe-table.ts';
import { rootNames } from '../../catalog/root-names.ts';
import { LONGTEXT, text } from '../../types/sql-type.ts';
import type { DoltTableFunction } from './list.ts';
import { diffArguments, sidesOf } from './revisions.ts';

export const tableFunction: DoltTableFunction = {
  open(args, scene) {
    const { from, to, fromMergeBase, table } = diffArguments('dolt_schema_diff', args, false);
    const { view, left, right } = sidesOf(scene, from, to, fromMergeBase);
    const textOf = (root: RootValue, name: string): string => {
      const stored = name === '' ? undefined : root.table(name);
      return stored === undefined ? '' : `${createTableText(name, stored, root.foreignKeys(), rootNames(root))};`;
    };
    return {
      kind: 'virtual',
      database: view.name,
      name: 'dolt_schema_diff',
      columns: [
        { name: 'from_table_name', type: LONGTEXT, nullable: false },
        { name: 'to_table_name', type: LONGTEXT, nullable: false },
        { name: 'from_create_statement', type: text(), nullable: false },
        { name: 'to_create_statement', type: text(), nullable: false },
      ],
      *rows() {
        for (const { fromName = '', toName = '' } of byNewName(tableDeltas(left.root, right.root))) {
          const names = [fromName.toLowerCase(), toName.toLowerCase()];
          if (table !== undefined && !names.includes(table.toLowerCase())) continue;
          const [before, after] = [textOf(left.root, fromName), textOf(right.root, toName)];
          if (before !== after) yield [fromName, toName, before, after];
        }
      },
    };
  },
};
