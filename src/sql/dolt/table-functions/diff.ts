/** `dolt_diff('from', 'to', 'table')`, `dolt_diff('from..to', 'table')`: changed rows, in each side's own columns. */
import { tableDeltas } from '../../../repo/table-deltas.ts';
import { diffColumns } from '../diff-columns.ts';
import { type DiffSide, diffRows, type SideNames, sideNames } from '../diff-rows.ts';
import type { DoltTableFunction } from './list.ts';
import { diffArguments, schemaIn, sidesOf } from './revisions.ts';

export const tableFunction: DoltTableFunction = {
  open(args, scene) {
    const { from, to, fromMergeBase, table } = diffArguments('dolt_diff', args, true);
    const { view, left, right } = sidesOf(scene, from, to, fromMergeBase);
    const names = namesIn(table!, left, right);
    const [before, after] = [schemaIn(left.root, names.from), schemaIn(right.root, names.to)];
    const leftSchema = before ?? after;
    const rightSchema = after ?? before;
    if (rightSchema === undefined || leftSchema === undefined) throw scene.noTable(table!);
    return {
      kind: 'virtual',
      database: view.name,
      name: 'dolt_diff',
      columns: diffColumns(rightSchema, leftSchema),
      rows: () =>
        diffRows(names, left, right, { from: leftSchema, to: rightSchema }, ({ message }) =>
          scene.functions.warn({ level: 'Warning', code: 1105, message }),
        ),
    };
  },
};

/** A table is found by its name on either side, so that a renamed one is compared with what it was. */
function namesIn(table: string, left: DiffSide, right: DiffSide): SideNames {
  const same = sideNames(table, left, right);
  if ((same.from === undefined) === (same.to === undefined)) return same;
  const stored = same.to ?? same.from;
  const delta = tableDeltas(left.root, right.root).find(({ fromName, toName }) => {
    return same.to === undefined ? fromName === stored : toName === stored;
  });
  return { from: delta?.fromName, to: delta?.toName };
}
