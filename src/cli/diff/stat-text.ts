/** The numbers of `diff --stat`, in Dolt's words. */
import { withCommas } from '../../base/with-commas.ts';
import type { DiffStat } from '../../repo/table-diff.ts';

export function statText(stat: DiffStat): string {
  const { rowsAdded, rowsDeleted, rowsModified, cellsAdded, cellsDeleted, cellsModified } = stat;
  if (rowsAdded + rowsDeleted + rowsModified + cellsAdded + cellsDeleted + cellsModified === 0) {
    return 'No data changes. See schema changes by using -s or --schema.\n';
  }
  if (stat.keyless) return `${counted(rowsAdded, 'Row')} Added\n${counted(rowsDeleted, 'Row')} Deleted\n`;
  const rows = share(stat.oldRowCount);
  const cells = share(stat.oldCellCount);
  return [
    `${counted(stat.rowsUnmodified, 'Row')} Unmodified ${rows(stat.rowsUnmodified)}`,
    `${counted(rowsAdded, 'Row')} Added ${rows(rowsAdded)}`,
    `${counted(rowsDeleted, 'Row')} Deleted ${rows(rowsDeleted)}`,
    `${counted(rowsModified, 'Row')} Modified ${rows(rowsModified)}`,
    `${counted(cellsAdded, 'Cell')} Added ${cells(cellsAdded)}`,
    `${counted(cellsDeleted, 'Cell')} Deleted ${cells(cellsDeleted)}`,
    `${counted(cellsModified, 'Cell')} Modified ${cells(cellsModified)}`,
    `(${entries(stat.oldRowCount)} vs ${entries(stat.newRowCount)})`,
    '',
    '',
  ].join('\n');
}

const counted = (count: number, what: string): string => `${withCommas(count)} ${what}${count === 1 ? '' : 's'}`;
const entries = (count: number): string => `${withCommas(count)} Row ${count === 1 ? 'Entry' : 'Entries'}`;
const share =
  (whole: number) =>
  (part: number): string => {
    if (whole === 0) return part === 0 ? '(0.00%)' : '(+Inf%)';
    return `(${((100 * part) / whole).toFixed(2)}%)`;
  };

/** The same numbers as a value of JSON. */
export function statObject(name: string, stat: DiffStat): unknown {
  return {
    name,
    stats: {
      rows_added: stat.rowsAdded,
      rows_deleted: stat.rowsDeleted,
      rows_modified: stat.rowsModified,
      rows_unmodified: stat.rowsUnmodified,
      cells_added: stat.cellsAdded,
      cells_deleted: stat.cellsDeleted,
      cells_modified: stat.cellsModified,
    },
  };
}
