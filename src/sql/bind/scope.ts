/**
 * Names in sight of an expression: the columns of the tables in FROM, and behind them those of the enclosing queries.
 * Names compare without case. A column of an enclosing query is found by its id like any other; that it is not made
 * by the query's own tables is what makes the subquery correlated.
 */
import type { Value } from '../../tuple/value.ts';
import type { BaseTableSource } from '../catalog/catalog.ts';
import type { PlanColumn } from '../plan/plan.ts';
import { ambiguousColumn, notUniqueTable, SqlError, unknownColumn, unknownTable } from '../types/sql-error.ts';

/** Where a column of a table comes from, for result sets. */
export interface ColumnSource {
  readonly database: string;
  readonly table: string;
  readonly alias: string;
  readonly column: string;
}

export interface ScopeColumn {
  /** Alias or name of the table; undefined for a column that stands for two (USING). */
  readonly table: string | undefined;
  readonly database: string | undefined;
  readonly name: string;
  readonly column: PlanColumn;
  readonly source?: ColumnSource | undefined;
  /** Not part of `*`. */
  readonly hidden?: boolean;
  /** Made by the engine for an index: only a statement's own sake finds it. */
  readonly system?: boolean;
  /** Only found with its table's name: the other side of USING. */
  readonly qualifiedOnly?: boolean;
  /** Orders the columns of one table, where USING has changed the order of `*`. */
  readonly place?: number;
  /** Columns with values of their own that ON-conditions fix: see `functionally dependent` in bind-select.ts. */
  readonly key?: TableKey | undefined;
  /** Of a stored table. */
  readonly stored?: StoredTable | undefined;
  /** Why it may not be read. */
  readonly denial?: SqlError | undefined;
}

/** A stored table in FROM, as of when it is read; one for each time that it stands there. */
export interface StoredTable {
  readonly source: BaseTableSource;
  readonly asOf: Value | undefined;
}

/** The columns of a table with its primary key, for ONLY_FULL_GROUP_BY. */
export interface TableKey {
  readonly keyIds: readonly number[];
}

export interface ColumnName {
  readonly database?: string | undefined;
  readonly table?: string | undefined;
  readonly name: string;
  /** Read for the statement's own sake: it need not be allowed. */
  readonly unchecked?: boolean;
}

/** The value that the select list of an enclosing query calls so. */
export type FindAlias = (name: ColumnName) => ScopeColumn | undefined;

export const sameName = (left: string, right: string): boolean =>
  left === right || left.toLowerCase() === right.toLowerCase();

const textOf = (name: ColumnName): string =>
  [name.database, name.table, name.name].filter((p) => p !== undefined).join('.');

export class Scope {
  readonly columns: readonly ScopeColumn[];
  readonly parent: Scope | undefined;
  /** What messages call the place: `field list`, `where clause`, … */
  readonly clause: string;
  readonly #alias: FindAlias | undefined;

  constructor(columns: readonly ScopeColumn[], parent: Scope | undefined, clause = 'field list', alias?: FindAlias) {
    this.columns = columns;
    this.parent = parent;
    this.clause = clause;
    this.#alias = alias;
  }

  /** `alias`: what subqueries there find where no column has the name. */
  in(clause: string, alias?: FindAlias): Scope {
    return new Scope(this.columns, this.parent, clause, alias);
  }

  /** Throws 1052 when two columns of one level match, 1054 when none of any level does. */
  resolve(name: ColumnName): ScopeColumn {
    for (let scope: Scope | undefined = this; scope; scope = scope.parent) {
      const found = scope.find(name) ?? (scope === this ? undefined : scope.#alias?.(name));
      if (found) return found;
    }
    throw unknownColumn(textOf(name), this.clause);
  }

  /** In this level only. */
  find(name: ColumnName): ScopeColumn | undefined {
    const { table, database } = name;
    let found: ScopeColumn | undefined;
    for (const column of this.columns) {
      if (!sameName(column.name, name.name) || (column.system && !name.unchecked)) continue;
      if (table === undefined ? column.qualifiedOnly : !isTable(column, table, database)) continue;
      if (found && found.column.id !== column.column.id) throw ambiguousColumn(textOf(name), this.clause);
      found ??= column;
    }
    if (found?.denial !== undefined && !name.unchecked) throw found.denial;
    return found;
  }

  /** The columns of `*` or `t.*`. Throws 1051 when there is no such table, 1096 when there is none at all. */
  star(table: string | undefined, database: string | undefined): readonly ScopeColumn[] {
    if (table === undefined && this.columns.length === 0) throw noTablesUsed();
    if (table === undefined) return allowed(this.columns.filter((c) => !c.hidden && !c.qualifiedOnly));
    const columns = this.columns.filter((c) => isTable(c, table, database));
    if (columns.length === 0) throw unknownTable(table);
    return allowed(columns.filter((c) => !c.hidden).sort((a, b) => (a.place ?? 0) - (b.place ?? 0)));
  }
}

function allowed(columns: readonly ScopeColumn[]): readonly ScopeColumn[] {
  for (const { denial } of columns) if (denial !== undefined) throw denial;
  return columns;
}

function isTable(column: ScopeColumn, table: string, database: string | undefined): boolean {
  if (column.table === undefined || !sameName(column.table, table)) return false;
  return database === undefined || column.database === undefined || sameName(column.database, database);
}

/** Throws 1066 when two tables of one FROM have the same name. */
export function checkUniqueTables(left: readonly ScopeColumn[], right: readonly ScopeColumn[]): void {
  const names = new Set(left.map((c) => `${c.database?.toLowerCase()}.${c.table?.toLowerCase()}`));
  for (const column of right) {
    if (column.table === undefined) continue;
    if (names.has(`${column.database?.toLowerCase()}.${column.table.toLowerCase()}`))
      throw notUniqueTable(column.table);
  }
}

const noTablesUsed = (): SqlError => new SqlError(1096, 'HY000', 'No tables used');

/** As messages name it: with its database and table, where it is one of a table. */
export function fullName({ source, name, table }: ScopeColumn): string {
  if (source) return `${source.database}.${source.alias}.${name}`;
  return table === undefined ? name : `${table}.${name}`;
}
