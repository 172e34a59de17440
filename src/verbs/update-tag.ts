/**
 * `schema update-tag`: gives a column another tag, its identity across branches, so that a merge pairs it with the other side's
 * column of that tag. Foreign keys go with it.
 */
import { DoltError } from '../base/errors.ts';
import type { ForeignKeys } from '../repo/foreign-keys.ts';
import type { RootValue } from '../repo/root-value.ts';
import { parseArguments, UsageError } from './arguments.ts';
import type { Verb } from './verb.ts';

export const updateTag: Verb<void> = {
  name: 'schema update-tag',
  summary: "Update a column's tag",
  synopsis: ['<table> <column> <tag>'],
  positional: [
    ['table', 'The name of the table'],
    ['column', 'The name of the column'],
    ['tag', 'The new tag value'],
  ],
  maxPositional: 3,
  flags: [],
  *run(workspace, args) {
    const { positional } = parseArguments(updateTag, args);
    if (positional.length !== 3) throw new UsageError('must provide <table> <column> <tag>');
    const [table, column, text] = positional as [string, string, string];
    const tag = Number(text);
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(tag)) throw new UsageError(`failed to parse tag ${text}`);
    const workingSet = workspace.workingSet();
    const working = withColumnTag(workingSet.working, table, column, tag);
    if (!working.equals(workingSet.working)) {
      yield* workspace.setWorkingSet({ ...workingSet, working }, 'schema update-tag');
    }
  },
};

/** Throws `notFound`, and `conflict` where another column of the table has the tag. */
export function withColumnTag(root: RootValue, given: string, columnName: string, tag: number): RootValue {
  const name = root.resolveTableName(given);
  if (name === undefined) throw new DoltError('notFound', `table ${given} does not exist`);
  const table = root.table(name)!;
  const { schema } = table;
  const position = schema.columnPosition(columnName);
  if (position < 0) {
    throw new DoltError('notFound', `failed to update column tag: column ${columnName} does not exist`);
  }
  if (schema.columns.some((column, i) => i !== position && column.tag === tag)) {
    throw new DoltError('conflict', 'failed to update table schema: two different columns with the same tag');
  }
  const before = schema.columns[position]!;
  const columns = schema.columns.with(position, { ...before, tag });
  const changed = root.withTable(name, table.with({ schema: schema.with({ columns }) }));
  return changed.withForeignKeys(retagged(root.foreignKeys(), name, before.tag, tag));
}

function retagged(keys: ForeignKeys, table: string, from: number, to: number): ForeignKeys {
  const replaced = (tags: readonly number[]) => tags.map((tag) => (tag === from ? to : tag));
  const isTable = (name: string) => name.toLowerCase() === table.toLowerCase();
  return keys.map((key) => ({
    ...key,
    childColumns: isTable(key.childTable) ? replaced(key.childColumns) : key.childColumns,
    parentColumns: isTable(key.parentTable) ? replaced(key.parentColumns) : key.parentColumns,
  }));
}
