/** Three-way merge of table schemas: columns, indexes, checks, collation. */
import { TableSchema } from '../../table/schema.ts';
import { writeSchema } from '../../table/schema-message.ts';
import { mergeChecks } from './merge-checks.ts';
import { mergeColumns } from './merge-columns.ts';
import { UnmergeableError } from './merge-error.ts';
import { mergeIndexes } from './merge-indexes.ts';

export type MergedSchema =
  | {
      readonly conflicts: readonly [];
      readonly schema: TableSchema;
      /** Every secondary index has to be built anew. */
      readonly rebuildsIndexes: boolean;
    }
  /** What stands in the way, in words. */
  | { readonly conflicts: readonly [string, ...string[]] };

/** Throws `UnmergeableError` where there is nothing to resolve by choosing a side. */
export function mergeSchemas(table: string, base: TableSchema, ours: TableSchema, theirs: TableSchema): MergedSchema {
  if (equalButTags(base, ours) && equalButTags(base, theirs)) {
    return { conflicts: [], schema: ours, rebuildsIndexes: false };
  }
  if (!sameKeys(ours, theirs)) {
    throw new UnmergeableError(table, `error: cannot merge because table ${table} has different primary keys`);
  }
  if (!sameKeys(ours, base)) {
    throw new UnmergeableError(
      table,
      `error: cannot merge because table ${table} has different primary keys in its common ancestor`,
    );
  }
  const { columns, conflicts, rebuildsIndexes } = mergeColumns(table, base, ours, theirs);
  if (isSome(conflicts)) return { conflicts };
  const { indexes, conflicts: indexConflicts } = mergeIndexes(columns, base, ours, theirs);
  if (isSome(indexConflicts)) return { conflicts: indexConflicts };
  const collation = mergeCollation(table, base, ours, theirs);
  const { checks, conflicts: checkConflicts } = mergeChecks(columns, base, ours, theirs);
  if (isSome(checkConflicts)) return { conflicts: checkConflicts };
  const primaryKey = ours.primaryKey.map((position) => {
    const { tag } = ours.columns[position]!;
    return columns.findIndex((column) => column.tag === tag);
  });
  const { comment, targetRowSize } = ours;
  const schema = new TableSchema({ columns, primaryKey, indexes, checks, collation, comment, targetRowSize });
  return { conflicts: [], schema, rebuildsIndexes };
}

function isSome(conflicts: readonly string[]): conflicts is readonly [string, ...string[]] {
  return conflicts.length > 0;
}

/** Whether two schemas are the same stored schema. */
export function equalSchemas(a: TableSchema, b: TableSchema): boolean {
  return a === b || Buffer.compare(writeSchema(a), writeSchema(b)) === 0;
}

/** Tags tell of how a table came to its columns, by which the original's merge sets no store. */
export function equalButTags(a: TableSchema, b: TableSchema): boolean {
  return equalSchemas(a, b) || (a.columns.length === b.columns.length && equalSchemas(untagged(a), untagged(b)));
}

const untagged = (schema: TableSchema): TableSchema =>
  schema.with({ columns: schema.columns.map((column, tag) => ({ ...column, tag })) });

function sameKeys(a: TableSchema, b: TableSchema): boolean {
  return (
    a.primaryKey.length === b.primaryKey.length &&
    a.primaryKey.every((position, i) => {
      const mine = a.columns[position]!;
      const other = b.columns[b.primaryKey[i]!]!;
      return mine.tag === other.tag && mine.sqlType === other.sqlType;
    })
  );
}

function mergeCollation(table: string, base: TableSchema, ours: TableSchema, theirs: TableSchema): number {
  if (theirs.collation === base.collation) return ours.collation;
  if (ours.collation !== base.collation && ours.collation !== theirs.collation) {
    throw new UnmergeableError(
      table,
      `Unable to merge table '${table}', because its default collation setting has changed on both sides of the merge. Manually change the table's default collation setting on one of the sides of the merge and retry this merge.`,
    );
  }
  return theirs.collation;
}
