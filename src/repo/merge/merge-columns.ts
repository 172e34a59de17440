/**
 * Three-way merge of a table's columns. Columns are matched by tag, else by name. The result has our columns in our
 * order, then the ones that only they added.
 */
import type { ColumnDefinition, TableSchema } from '../../table/schema.ts';
import { UnmergeableError } from './merge-error.ts';
import { typeChange } from './type-change.ts';

export interface MergedColumns {
  readonly columns: readonly ColumnDefinition[];
  /** Descriptions of what could not be merged. */
  readonly conflicts: readonly string[];
  /** A type changed in a way that indexes must be built anew. */
  readonly rebuildsIndexes: boolean;
}

interface Mapping {
  readonly base: ColumnDefinition | undefined;
  readonly ours: ColumnDefinition | undefined;
  readonly theirs: ColumnDefinition | undefined;
}

export function mergeColumns(table: string, base: TableSchema, ours: TableSchema, theirs: TableSchema): MergedColumns {
  const mappings = mapColumns(base, ours, theirs);
  const conflicts = mappings.flatMap((mapping) => conflictOf(mapping, base, ours, theirs) ?? []);
  assertNewColumnsHaveValues(table, mappings);
  const columns: ColumnDefinition[] = [];
  let rebuildsIndexes = false;
  for (const mapping of mappings) {
    const { ours: mine, theirs: their, base: was } = mapping;
    if (mine === undefined || their === undefined) {
      // Added on one side; a column that the base has was dropped on the other.
      if (was === undefined) columns.push((mine ?? their)!);
      continue;
    }
    if (was === undefined) {
      if (isSame(mine, ours, their, theirs)) columns.push(mine);
      continue;
    }
    const weChanged = !isSame(was, base, mine, ours);
    const theyChanged = !isSame(was, base, their, theirs);
    if (weChanged && theyChanged) {
      if (isSame(mine, ours, their, theirs)) columns.push(their);
      continue;
    }
    if (!weChanged && !theyChanged) {
      columns.push(mine);
      continue;
    }
    const [from, to] = theyChanged ? [mine, their] : [their, mine];
    const change = typeChange(from.sqlType, to.sqlType);
    rebuildsIndexes ||= change.rebuildsIndexes;
    if (change.compatible) columns.push(to);
    else conflicts.push(incompatibleTypes(mine, their));
  }
  return { columns, conflicts: [...conflicts, ...collisions(columns)], rebuildsIndexes };
}

/** The definition of a column for the original's comparison, which leaves out comments, generation and ON UPDATE. */
function isSame(a: ColumnDefinition, aSchema: TableSchema, b: ColumnDefinition, bSchema: TableSchema): boolean {
  return a.tag === b.tag && isSameButTag(a, aSchema, b, bSchema);
}

function isSameButTag(a: ColumnDefinition, aSchema: TableSchema, b: ColumnDefinition, bSchema: TableSchema): boolean {
  return (
    a.name === b.name &&
    isInKey(a, aSchema) === isInKey(b, bSchema) &&
    a.sqlType === b.sqlType &&
    a.defaultValue === b.defaultValue &&
    a.nullable === b.nullable
  );
}

function isInKey(column: ColumnDefinition, schema: TableSchema): boolean {
  return schema.primaryKey.some((position) => schema.columns[position] === column);
}

function byTagOrName(schema: TableSchema, { tag, name }: ColumnDefinition): ColumnDefinition | undefined {
  const position = schema.columnPosition(name);
  return schema.columns.find((column) => column.tag === tag) ?? (position < 0 ? undefined : schema.columns[position]);
}

function mapColumns(base: TableSchema, ours: TableSchema, theirs: TableSchema): Mapping[] {
  const left = new Set(theirs.columns);
  const mappings: Mapping[] = ours.columns.map((column) => {
    const their = byTagOrName(theirs, column);
    if (their !== undefined) left.delete(their);
    return { base: byTagOrName(base, column), ours: column, theirs: their };
  });
  for (const column of left) mappings.push({ base: byTagOrName(base, column), ours: undefined, theirs: column });
  return mappings;
}

function conflictOf(
  { base: was, ours: mine, theirs: their }: Mapping,
  base: TableSchema,
  ours: TableSchema,
  theirs: TableSchema,
): string | undefined {
  if (mine !== undefined && their !== undefined) {
    if (isSame(mine, ours, their, theirs)) return undefined;
    if (was === undefined) return incompatibleTypes(mine, their);
    const both = !isSame(was, base, mine, ours) && !isSame(was, base, their, theirs);
    return both ? `different column definitions for our column ${mine.name} and their column ${their.name}` : undefined;
  }
  const kept = mine ?? their!;
  if (was === undefined || isSameButTag(was, base, kept, mine === undefined ? theirs : ours)) return undefined;
  const [changed, dropped] = mine === undefined ? ['theirs', 'ours'] : ['ours', 'theirs'];
  return `column '${kept.name}' was modified in ${changed} and dropped in ${dropped}`;
}

function incompatibleTypes(mine: ColumnDefinition, their: ColumnDefinition): string {
  return `incompatible column types for column '${mine.name}': ${mine.sqlType} and ${their.sqlType}`;
}

function collisions(columns: readonly ColumnDefinition[]): string[] {
  const found: string[] = [];
  const names = new Map<string, ColumnDefinition>();
  const tags = new Map<number, ColumnDefinition>();
  for (const column of columns) {
    const name = column.name.toLowerCase();
    const sameName = names.get(name);
    if (sameName !== undefined) found.push(incompatibleTypes(column, sameName));
    const sameTag = tags.get(column.tag);
    if (sameTag !== undefined) {
      found.push(`different column definitions for our column ${column.name} and their column ${sameTag.name}`);
    }
    names.set(name, column);
    tags.set(column.tag, column);
  }
  return found;
}

function assertNewColumnsHaveValues(table: string, mappings: readonly Mapping[]): void {
  for (const { base: was, ours: mine, theirs: their } of mappings) {
    if (was !== undefined || (mine !== undefined && their !== undefined)) continue;
    const added = (mine ?? their)!;
    if (added.nullable || added.defaultValue !== '' || added.generated !== '' || added.hidden) continue;
    throw new UnmergeableError(
      table,
      `Unable to merge new column \`${added.name}\` in table \`${table}\` because it is not-nullable and has no default value, so existing rows can't be updated automatically. To complete this merge, either manually add this new column to the target branch of the merge and update any existing rows, or change the column's definition on the other branch of the merge so that it is nullable or has a default value.`,
    );
  }
}
