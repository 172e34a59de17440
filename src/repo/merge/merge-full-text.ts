/**
 * Full-text indexes in a merge: their tables follow the table that they are of. Where that is one side's, so are they;
 * where both sides changed it and its words, the words of the merged rows are counted anew.
 */

import { fullTextTables } from '../../table/full-text/full-text-tables.ts';
import type { Table } from '../../table/table.ts';
import { withoutForeignWords, withWordsOf } from '../full-text.ts';
import type { RootValue } from '../root-value.ts';
import type { MergeExpressions } from './merge-expressions.ts';
import type { RootSides } from './table-plan.ts';

/** `merged` has the tables of full-text indexes as ours has them, and every other table as it is to be. */
export function withMergedFullText(
  merged: RootValue,
  { ours, theirs }: RootSides,
  expressions: MergeExpressions | undefined,
): RootValue {
  let root = merged;
  for (const name of merged.tableNames()) {
    const parts = fullTextTables(merged.table(name)!.schema);
    if (parts.length === 0 || merged.tableAddress(name) === ours.tableAddress(name)) continue;
    if (merged.tableAddress(name) === theirs.tableAddress(name)) {
      root = root.withTables(new Map(parts.map((part) => [part, theirs.tableAddress(part)])));
      continue;
    }
    if (parts.every((part) => ours.tableAddress(part) === theirs.tableAddress(part))) continue;
    const missing = parts.filter((part) => !root.hasTable(part));
    root = root.withTables(new Map(missing.map((part) => [part, theirs.table(part) as Table])));
    root = withWordsOf(root, name, expressions);
  }
  return withoutForeignWords(root);
}
