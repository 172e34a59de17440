/** Tags for the new columns of a table (FORMAT.md appendix D.1): drawn so that none is taken in the working root or HEAD. */
import type { RootValue } from '../../repo/root-value.ts';
import { columnKind, newColumnTags } from '../../table/column-tags.ts';
import type { ColumnDefinition } from '../../table/schema.ts';

/**
 * `added` with their tags. A table that is made anew takes the tags of the columns that HEAD's table of that name has
 * with the same name and kind, as the original does for a table that is dropped and created again.
 */
export function tagged(
  added: readonly ColumnDefinition[],
  table: string,
  existing: readonly ColumnDefinition[],
  working: RootValue,
  head: RootValue,
): ColumnDefinition[] {
  const taken = new Set<number>();
  for (const root of [head, working]) {
    for (const name of root.tableNames()) for (const { tag } of root.table(name)!.schema.columns) taken.add(tag);
  }
  const known = existing.length > 0 ? existing : sharedColumns(added, table, head);
  const reused = added.map((column) => known.find((other) => isSame(column, other))?.tag);
  const fresh = added.filter((_, i) => reused[i] === undefined);
  const tags = newColumnTags(table, known, fresh, taken)[Symbol.iterator]();
  return added.map((column, i) => ({ ...column, tag: reused[i] ?? tags.next().value! }));
}

function sharedColumns(
  added: readonly ColumnDefinition[],
  table: string,
  head: RootValue,
): readonly ColumnDefinition[] {
  const name = head.resolveTableName(table);
  if (name === undefined) return [];
  return head.table(name)!.schema.columns.filter((column) => added.some((other) => isSame(other, column)));
}

function isSame(a: ColumnDefinition, b: ColumnDefinition): boolean {
  return a.name.toLowerCase() === b.name.toLowerCase() && columnKind(a) === columnKind(b);
}
