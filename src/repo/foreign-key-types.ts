/**
 * Columns of a foreign key whose types differ. ENUMs and SETs refer to each other by the numbers of their members. DECIMALs of
 * another scale and moments of another kind or precision are taken, as Dolt and InnoDB take them, but no value of one is ever
 * found in the other.
 */
import type { TableSchema } from '../table/schema.ts';

/** Whether a value of a column of type `child` can be found in one of type `parent`; both are types that a key takes. */
export function canRefer(child: string, parent: string): boolean {
  return measureOf(child) === measureOf(parent);
}

/** Whether that holds for all columns of a key, given by their positions. */
export function canReferAll(
  child: TableSchema,
  childColumns: readonly number[],
  parent: TableSchema,
  parentColumns: readonly number[],
): boolean {
  return childColumns.every((column, i) =>
    canRefer(child.columns[column]!.sqlType, parent.columns[parentColumns[i]!]!.sqlType),
  );
}

/** What has to be the same: a decimal's scale, a moment's type; '' of other types. */
function measureOf(sqlType: string): string {
  const text = sqlType.toLowerCase();
  const scale = /^decimal\(\d+, ?(\d+)\)/.exec(text)?.[1];
  if (scale !== undefined) return scale;
  const moment = /^(date|time|datetime|timestamp)(?:\((\d+)\))?$/.exec(text);
  return moment === null ? '' : `${moment[1]} ${moment[2] ?? 0}`;
}
