/** The columns of a table that is changed, for expressions over its rows: those that may not be read say so. */
import type { RowColumn } from '../../bind/bind-query.ts';
import { rowColumns } from '../row-expressions.ts';
import type { RowScene } from '../scene.ts';
import type { TargetTable } from '../target-table.ts';

export function readableColumns({ columns, handle, name }: TargetTable, alias: string, scene: RowScene): RowColumn[] {
  const all = rowColumns(columns, alias);
  const readable = scene.access?.readable(handle.name, name, false);
  if (readable === undefined) return all;
  return all.map((column) => ({ ...column, denial: readable.column(column.name) }));
}
