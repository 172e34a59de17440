/**
 * What an account was granted: globally, on databases, tables, columns and routines. A set never changes; a change gives
 * another set that shares what stayed. Members without privileges are left out, so a set is empty when it has none.
 */
import type { Privileges } from './privilege.ts';

export interface ColumnPrivileges {
  readonly name: string;
  readonly privileges: Privileges;
}

export interface TablePrivileges {
  readonly name: string;
  readonly privileges: Privileges;
  /** By lower-case name. */
  readonly columns: ReadonlyMap<string, ColumnPrivileges>;
}

export interface RoutinePrivileges {
  readonly name: string;
  readonly isProcedure: boolean;
  readonly privileges: Privileges;
}

export interface DatabasePrivileges {
  /** As it was granted: `%` and `_` stand for other characters, for what is granted on the database as a whole. */
  readonly name: string;
  readonly privileges: Privileges;
  /** By lower-case name. */
  readonly tables: ReadonlyMap<string, TablePrivileges>;
  /** By `routineKey`. */
  readonly routines: ReadonlyMap<string, RoutinePrivileges>;
}

export interface PrivilegeSet {
  readonly global: Privileges;
  /** By lower-case name: whether it may be passed on. */
  readonly dynamic: ReadonlyMap<string, boolean>;
  /** By lower-case name. */
  readonly databases: ReadonlyMap<string, DatabasePrivileges>;
}

export const EMPTY_SET: PrivilegeSet = { global: 0, dynamic: new Map(), databases: new Map() };

/** What privileges are on. */
export type PrivilegeLevel =
  | { readonly kind: 'global' }
  | { readonly kind: 'database'; readonly database: string }
  | { readonly kind: 'table'; readonly database: string; readonly table: string }
  | { readonly kind: 'column'; readonly database: string; readonly table: string; readonly column: string }
  | { readonly kind: 'routine'; readonly database: string; readonly routine: string; readonly isProcedure: boolean };

export function routineKey(name: string, isProcedure: boolean): string {
  return `${isProcedure ? 'procedure' : 'function'} ${name.toLowerCase()}`;
}

type Change = (now: Privileges) => Privileges;

/** The set with other privileges on a level. */
export function withPrivileges(set: PrivilegeSet, level: PrivilegeLevel, change: Change): PrivilegeSet {
  if (level.kind === 'global') return { ...set, global: change(set.global) };
  const name = level.database;
  const before = set.databases.get(name.toLowerCase()) ?? {
    name,
    privileges: 0,
    tables: new Map(),
    routines: new Map(),
  };
  const after = changedDatabase(before, level, change);
  const isEmpty = after.privileges === 0 && after.tables.size === 0 && after.routines.size === 0;
  return { ...set, databases: replaced(set.databases, name.toLowerCase(), isEmpty ? undefined : after) };
}

function changedDatabase(
  database: DatabasePrivileges,
  level: Exclude<PrivilegeLevel, { kind: 'global' }>,
  change: Change,
): DatabasePrivileges {
  switch (level.kind) {
    case 'database':
      return { ...database, privileges: change(database.privileges) };
    case 'routine': {
      const { routine: name, isProcedure } = level;
      const key = routineKey(name, isProcedure);
      const before = database.routines.get(key) ?? { name, isProcedure, privileges: 0 };
      const after = { ...before, privileges: change(before.privileges) };
      return { ...database, routines: replaced(database.routines, key, after.privileges === 0 ? undefined : after) };
    }
    default: {
      const key = level.table.toLowerCase();
      const before = database.tables.get(key) ?? { name: level.table, privileges: 0, columns: new Map() };
      const after =
        level.kind === 'table'
          ? { ...before, privileges: change(before.privileges) }
          : { ...before, columns: changedColumns(before.columns, level.column, change) };
      const isEmpty = after.privileges === 0 && after.columns.size === 0;
      return { ...database, tables: replaced(database.tables, key, isEmpty ? undefined : after) };
    }
  }
}

function changedColumns(
  columns: TablePrivileges['columns'],
  name: string,
  change: Change,
): ReadonlyMap<string, ColumnPrivileges> {
  const before = columns.get(name.toLowerCase()) ?? { name, privileges: 0 };
  const after = { ...before, privileges: change(before.privileges) };
  return replaced(columns, name.toLowerCase(), after.privileges === 0 ? undefined : after);
}

/** In the order of names. */
function replaced<T>(map: ReadonlyMap<string, T>, key: string, value: T | undefined): ReadonlyMap<string, T> {
  const next = new Map(map);
  next.delete(key);
  if (value !== undefined) next.set(key, value);
  return new Map([...next].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The set with a dynamic privilege, or without it (`undefined`). */
export function withDynamic(set: PrivilegeSet, name: string, withGrant: boolean | undefined): PrivilegeSet {
  return { ...set, dynamic: replaced(set.dynamic, name.toLowerCase(), withGrant) };
}

export function privilegesOn(set: PrivilegeSet, level: PrivilegeLevel): Privileges {
  if (level.kind === 'global') return set.global;
  const database = set.databases.get(level.database.toLowerCase());
  switch (level.kind) {
    case 'database':
      return database?.privileges ?? 0;
    case 'routine':
      return database?.routines.get(routineKey(level.routine, level.isProcedure))?.privileges ?? 0;
    default: {
      const table = database?.tables.get(level.table.toLowerCase());
      if (level.kind === 'table') return table?.privileges ?? 0;
      return table?.columns.get(level.column.toLowerCase())?.privileges ?? 0;
    }
  }
}

/** The union of all column privileges of a table. */
export function anyColumnPrivileges(table: TablePrivileges): Privileges {
  let all = 0;
  for (const { privileges } of table.columns.values()) all |= privileges;
  return all;
}
