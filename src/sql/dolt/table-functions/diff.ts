/** `dolt_diff('from', 'to', 'table')`, `dolt_diff('from..to', 'table')`: changed rows, in each side's own columns. */
import { diffColumns } from '../diff-columns.ts';
import { diffRows } from '../diff-rows.ts';
import type { DoltTableFunction } from './list.ts';
import { diffArguments, schemaIn, sidesOf } from './revisions.ts';

export const tableFunction: DoltTableFunction = {
  open(args, scene) {
    const { from, to, fromMergeBase, table } = diffArguments('dolt_diff', args, true);
    const { view, left, right } = sidesOf(scene, from, to, fromMergeBase);
    const rightSchema = schemaIn(right.root, table!) ?? schemaIn(left.root, table!);
    const leftSchema = schemaIn(left.root, table!) ?? rightSchema;
    if (rightSchema === undefined || leftSchema === undefined) throw scene.noTable(table!);
    return {
      kind: 'virtual',
      database: view.name,
      name: 'dolt_diff',
      columns: diffColumns(rightSchema, leftSchema),
      rows: () =>
        diffRows(table!, left, right, { from: leftSchema, to: rightSchema }, ({ message }) =>
          scene.functions.warn({ level: 'Warning', code: 1105, message }),
        ),
    };
  },
};
