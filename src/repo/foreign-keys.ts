/**
 * The foreign keys of a root as a set: which belong to a table, which definitions are equal, and what becomes of them
 * when tables go or change their names. Names are compared without case, as SQL does.
 */
import { DoltError } from '../base/errors.ts';
import type { ForeignKeyMessage } from '../serial/foreign-key-collection.ts';

export type ForeignKeys = readonly ForeignKeyMessage[];

const sameName = (a: string, b: string): boolean => a === b || a.toLowerCase() === b.toLowerCase();

/** The keys that `table` declares, in order of their names. */
export function declaredBy(keys: ForeignKeys, table: string): ForeignKeys {
  const own = keys.filter((key) => sameName(key.childTable, table));
  return own.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The keys that point at `table`. */
export function referencing(keys: ForeignKeys, table: string): ForeignKeys {
  return keys.filter((key) => sameName(key.parentTable, table));
}

/** Every field equal. */
export function equalKeys(a: ForeignKeys, b: ForeignKeys): boolean {
  return a.length === b.length && identity(a) === identity(b);
}

function identity(keys: ForeignKeys): string {
  return JSON.stringify(keys, (_, value: unknown) => (typeof value === 'bigint' ? `${value}n` : value));
}

/** Without the keys that have the name, columns and actions of one of `removed`. */
export function withoutKeys(keys: ForeignKeys, removed: ForeignKeys): ForeignKeys {
  if (removed.length === 0) return keys;
  return keys.filter((key) => !removed.some((gone) => sameDefinition(gone, key)));
}

function sameDefinition(a: ForeignKeyMessage, b: ForeignKeyMessage): boolean {
  return (
    a.name === b.name &&
    a.onUpdate === b.onUpdate &&
    a.onDelete === b.onDelete &&
    sameColumns(a.childColumns, b.childColumns) &&
    sameColumns(a.parentColumns, b.parentColumns)
  );
}

const sameColumns = (a: readonly unknown[], b: readonly unknown[]): boolean =>
  a.length === b.length && a.every((tag, i) => tag === b[i]);

/**
 * Without the keys of tables that go. Throws `conflict` when a table stays that points at one that goes.
 */
export function withoutTables(keys: ForeignKeys, tables: readonly string[]): ForeignKeys {
  const goes = (name: string): boolean => tables.some((table) => sameName(table, name));
  for (const key of keys) {
    if (goes(key.parentTable) && !goes(key.childTable)) {
      throw new DoltError(
        'conflict',
        `unable to remove \`${key.parentTable}\` since it is referenced from table \`${key.childTable}\``,
      );
    }
  }
  return keys.filter((key) => !goes(key.childTable));
}
