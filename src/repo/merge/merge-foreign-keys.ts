/** Three-way merge of the foreign keys of two roots. Keys are matched by the columns they connect. */
import { DoltError } from '../../base/errors.ts';
import type { ForeignKeyMessage } from '../../serial/foreign-key-collection.ts';
import type { ForeignKeys } from '../foreign-keys.ts';
import type { RootValue } from '../root-value.ts';

/** The foreign keys of the merged root. Throws `conflict` where both sides changed a key. */
export function mergeForeignKeys(base: RootValue, ours: RootValue, theirs: RootValue, merged: RootValue): ForeignKeys {
  const [was, mine, their] = [base.foreignKeys(), ours.foreignKeys(), theirs.foreignKeys()];
  const result: ForeignKeyMessage[] = [];
  const add = (key: ForeignKeyMessage) => {
    const twin = result.find((other) => sameText(other.name, key.name));
    if (twin === undefined) result.push(key);
    else if (!sameDefinition(twin, key)) throw conflict();
  };
  for (const key of mine) {
    const other = matching(their, key, base, true);
    if (other === undefined) continue;
    if (sameDefinition(key, other)) {
      add(key);
      continue;
    }
    const before = matching(was, key, base, false);
    if (before !== undefined && sameDefinition(before, other)) add(key);
    else if (before !== undefined && sameDefinition(before, key)) add(other);
    else throw conflict();
  }
  const ourNew = mine.filter((key) => matching(was, key, base, false) === undefined);
  const theirNew = their.filter((key) => matching(was, key, base, false) === undefined);
  for (const key of ourNew) {
    for (const other of theirNew) {
      const sameColumns = isResolved(key) && sameNumbers(key.childColumns, other.childColumns);
      const clash = sameColumns && sameNumbers(key.parentColumns, other.parentColumns) && !isEqual(key, other);
      if (clash || (sameText(key.name, other.name) && !sameDefinition(key, other))) throw conflict();
    }
  }
  for (const key of [...ourNew, ...theirNew]) add(key);
  return result.filter((key) => isValidIn(merged, key));
}

const conflict = () => new DoltError('conflict', 'foreign key conflicts');

/** Columns known by their tags, not only by name. */
export function isResolved({ childColumns, parentColumns }: ForeignKeyMessage): boolean {
  return childColumns.length > 0 && parentColumns.length > 0;
}

const sameText = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

function sameNumbers(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((n, i) => n === b[i]);
}

function sameNames(a: readonly string[] = [], b: readonly string[] = []): boolean {
  return a.length === b.length && a.every((name, i) => name === b[i]);
}

function sameDefinition(a: ForeignKeyMessage, b: ForeignKeyMessage): boolean {
  return (
    sameNumbers(a.childColumns, b.childColumns) &&
    sameNumbers(a.parentColumns, b.parentColumns) &&
    a.name === b.name &&
    a.onUpdate === b.onUpdate &&
    a.onDelete === b.onDelete
  );
}

function isEqual(a: ForeignKeyMessage, b: ForeignKeyMessage): boolean {
  return (
    sameDefinition(a, b) &&
    a.childTable === b.childTable &&
    a.parentTable === b.parentTable &&
    a.childIndex === b.childIndex &&
    a.parentIndex === b.parentIndex
  );
}

/** The key among `keys` over the same columns as `key`. A key that only names its columns is looked up in `schemas`. */
function matching(
  keys: ForeignKeys,
  key: ForeignKeyMessage,
  schemas: RootValue,
  matchesResolved: boolean,
): ForeignKeyMessage | undefined {
  if (!isResolved(key)) {
    return keys.find(
      (other) =>
        (matchesResolved || !isResolved(other)) &&
        other.childTable === key.childTable &&
        other.parentTable === key.parentTable &&
        sameNames(other.unresolvedChildColumns, key.unresolvedChildColumns) &&
        sameNames(other.unresolvedParentColumns, key.unresolvedParentColumns),
    );
  }
  return keys.find((other) =>
    isResolved(other)
      ? sameNumbers(other.childColumns, key.childColumns) && sameNumbers(other.parentColumns, key.parentColumns)
      : sameNumbers(tagsOf(schemas, other.childTable, other.unresolvedChildColumns), key.childColumns) &&
        sameNumbers(tagsOf(schemas, other.parentTable, other.unresolvedParentColumns), key.parentColumns),
  );
}

function tagsOf(root: RootValue, table: string, names: readonly string[] = []): number[] {
  const schema = root.table(table)?.schema;
  return names.map((name) => schema?.columns[schema.columnPosition(name)]?.tag ?? -1);
}

/** Whether both tables and all columns of a key are still there. */
function isValidIn(root: RootValue, key: ForeignKeyMessage): boolean {
  const has = (name: string, tags: readonly number[]) => {
    const stored = root.resolveTableName(name);
    const columns = stored === undefined ? undefined : root.table(stored)!.schema.columns;
    return columns !== undefined && tags.every((tag) => columns.some((column) => column.tag === tag));
  };
  return has(key.parentTable, key.parentColumns) && has(key.childTable, key.childColumns);
}
