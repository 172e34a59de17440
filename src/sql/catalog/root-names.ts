/** Names of columns by tag in the tables of a root. */
import type { RootValue } from '../../repo/root-value.ts';
import type { TableNames } from './describe-table.ts';

export function rootNames(root: RootValue): TableNames {
  return {
    columns(table, tags) {
      const stored = root.resolveTableName(table);
      const known = stored === undefined ? [] : root.table(stored)!.schema.columns;
      return tags.map((tag) => known.find((column) => column.tag === tag)?.name ?? '');
    },
  };
}
