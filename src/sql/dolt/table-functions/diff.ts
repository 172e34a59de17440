/**
 * `dolt_diff('from', 'to', 'table')`, `dolt_diff('from..to', 'table')`: changed rows, in each side's own columns. `--skinny`
 * leaves out the columns that are the same in all of them; `--include-cols=a,b` takes some of these in again.
 */

import { type TableDelta, tableDeltas } from '../../../repo/table-deltas.ts';
import { PrimaryKeyChangedError } from '../../../repo/table-diff.ts';
import type { Value } from '../../../tuple/value.ts';
import {
  type ChangedRow,
  changedRows,
  type DiffColumn,
  diffColumns as pairedColumns,
  skinnyColumns,
} from '../../catalog/changed-rows.ts';
import { SqlError } from '../../types/sql-error.ts';
import { diffColumns } from '../diff-columns.ts';
import { type DiffSide, diffRows, type SideNames, sideNames } from '../diff-rows.ts';
import type { DoltTableFunction } from './list.ts';
import { diffArguments, schemaIn, sidesOf } from './revisions.ts';

export const tableFunction: DoltTableFunction = {
  open(given, scene) {
    const { skinny, included, args } = optionsOf(given);
    const { from, to, fromMergeBase, table } = diffArguments('dolt_diff', args, true);
    const { view, left, right } = sidesOf(scene, from, to, fromMergeBase);
    const names = namesIn(table!, left, right);
    const [before, after] = [schemaIn(left.root, names.from), schemaIn(right.root, names.to)];
    const leftSchema = before ?? after;
    const rightSchema = after ?? before;
    if (rightSchema === undefined || leftSchema === undefined) throw scene.noTable(table!);
    const columns = diffColumns(rightSchema, leftSchema);
    const rows = (): Iterable<Value[]> =>
      diffRows(names, left, right, { from: leftSchema, to: rightSchema }, ({ message }) =>
        scene.functions.warn({ level: 'Warning', code: 1105, message }),
      );
    const source = { kind: 'virtual', database: view.name, name: 'dolt_diff' } as const;
    if (!skinny) return { ...source, columns, rows };
    const isShown = changedColumns(names, left, right, included);
    const shown = columns.flatMap(({ name }, i) => (isShown(name) ? [i] : []));
    return {
      ...source,
      columns: shown.map((i) => columns[i]!),
      *rows() {
        for (const row of rows()) yield shown.map((i) => row[i]!);
      },
    };
  },
};

/** Takes the options out of the arguments. */
function optionsOf(given: readonly Value[]) {
  let skinny = false;
  const included: string[] = [];
  const args = given.filter((arg) => {
    const [, option, value] = (typeof arg === 'string' && /^--([\w-]+)(?:=(.*))?$/.exec(arg)) || [];
    if (option === undefined) return true;
    if (option === 'skinny') skinny = true;
    else if (option === 'include-cols' && value !== undefined) included.push(...value.split(','));
    else throw new SqlError(1105, 'HY000', `error: unknown option \`${option}'`);
    return false;
  });
  return { skinny, included, args };
}

/** Rows up to where they cannot be paired. */
function* pairedRows(delta: TableDelta, columns: readonly DiffColumn[]): Generator<ChangedRow> {
  try {
    yield* changedRows(delta, columns);
  } catch (error) {
    if (!(error instanceof PrimaryKeyChangedError)) throw error;
  }
}

/** Whether a column of the result is to be shown: commits, keys, and what differs in some row. */
function changedColumns(names: SideNames, left: DiffSide, right: DiffSide, included: readonly string[]) {
  const { from: fromName, to: toName } = names;
  const found = tableDeltas(left.root, right.root).find((d) => d.fromName === fromName && d.toName === toName);
  const delta: TableDelta = found ?? { kind: 'modified', fromName, toName, fromRoot: left.root, toRoot: right.root };
  const columns = pairedColumns(delta);
  const changed = skinnyColumns(columns, found === undefined ? [] : pairedRows(found, columns), included);
  const hidden = new Set<string>();
  columns.forEach(({ name, fromName: old }, i) => {
    if (!changed.includes(i)) hidden.add(`to_${name.toLowerCase()}`).add(`from_${old.toLowerCase()}`);
  });
  return (name: string): boolean => !hidden.has(name.toLowerCase());
}

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
