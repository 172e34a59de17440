/** The changed rows of a table between two roots, in the columns of given schemas. */

import type { RootValue } from '../../repo/root-value.ts';
import type { TableDelta } from '../../repo/table-deltas.ts';
import { PrimaryKeyChangedError, rowChanges } from '../../repo/table-diff.ts';
import type { TableSchema } from '../../table/schema.ts';
import { withoutSystemColumns } from '../../table/shown-columns.ts';
import type { Value } from '../../tuple/value.ts';
import { type MapRow, rowMapping } from './row-mapping.ts';

/** One side: what the columns `…_commit` and `…_commit_date` say, and where its rows are. */
export interface DiffSide {
  readonly root: RootValue;
  readonly commit: string;
  readonly date: Value;
}

/** The stored name of a table on each side; undefined where it is not. */
export interface SideNames {
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** The names of a table that is called the same on both sides. */
export function sideNames(table: string, from: DiffSide, to: DiffSide): SideNames {
  return { from: from.root.resolveTableName(table), to: to.root.resolveTableName(table) };
}

/** Nothing when the table is the same on both sides, or on neither. Rows cannot be paired when the primary key changed. */
export function* diffRows(
  { from: fromName, to: toName }: SideNames,
  from: DiffSide,
  to: DiffSide,
  schemas: { readonly from: TableSchema; readonly to: TableSchema },
  onUnpaired: (error: PrimaryKeyChangedError) => void,
): Generator<Value[], void> {
  if (fromName === undefined && toName === undefined) return;
  const [before, after] = [fromName && from.root.tableAddress(fromName), toName && to.root.tableAddress(toName)];
  if (before === after) return;
  const delta: TableDelta = {
    kind: fromName === undefined ? 'added' : toName === undefined ? 'dropped' : 'modified',
    fromName,
    toName,
    fromRoot: from.root,
    toRoot: to.root,
  };
  const mapped = (name: string | undefined, root: RootValue, target: TableSchema): MapRow =>
    rowMapping(name === undefined ? target : withoutSystemColumns(root.table(name)!.schema), target);
  const mapFrom = mapped(fromName, from.root, schemas.from);
  const mapTo = mapped(toName, to.root, schemas.to);
  try {
    for (const change of rowChanges(delta)) {
      yield [...mapTo(change.to), to.commit, to.date, ...mapFrom(change.from), from.commit, from.date, change.kind];
    }
  } catch (error) {
    if (!(error instanceof PrimaryKeyChangedError)) throw error;
    onUnpaired(error);
  }
}
