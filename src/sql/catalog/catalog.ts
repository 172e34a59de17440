/**
 * What the binder asks about names. A catalog answers for one statement: it stands on the session's snapshot, so the
 * same name gives the same source throughout, and a source may be read without a lock for as long as the plan lives.
 */
import type { Wait } from '../../repo/steps.ts';
import type { Table } from '../../table/table.ts';
import type { Value } from '../../tuple/value.ts';
import type { Expression as Syntax } from '../syntax/ast/expression.ts';
import type { AccountName } from '../types/account-name.ts';
import type { SqlType } from '../types/sql-type.ts';
import type { StoredRoutine } from './stored-programs.ts';

export interface SourceColumn {
  /** As created; names compare case-insensitively. */
  readonly name: string;
  readonly type: SqlType;
  readonly nullable: boolean;
  /** Not part of `*`. */
  readonly hidden?: boolean;
  /** Made by the engine for an index on an expression: hidden, and nobody may name it. */
  readonly system?: boolean;
  /** A VIRTUAL generated column: not stored, computed from the row by this expression. */
  readonly virtual?: Syntax;
  readonly comment?: string;
}

/** A stored table. `columns[i]` is the i-th column of `table.schema`. */
export interface BaseTableSource {
  readonly kind: 'table';
  readonly database: string;
  readonly name: string;
  readonly table: Table;
  readonly columns: readonly SourceColumn[];
}

/** A view: its body, to be parsed and bound in its own database. */
export interface ViewSource {
  readonly kind: 'view';
  readonly database: string;
  readonly name: string;
  /** The text after AS, to be read in the sql_mode that it was written in. */
  readonly text: string;
  readonly sqlMode: string;
  /** The column list of CREATE VIEW v (a, b). */
  readonly columnNames?: readonly string[];
  /** Whose rights count for what the body reads; undefined where nobody's do. */
  readonly rights: AccountName | 'invoker' | undefined;
  /** Resolves the names inside the body (AS OF carries over, the body's database is the default one). */
  readonly catalog: Catalog;
}

/** What a virtual table is told about the rows that are wanted; it may use all, some or none of it. */
export interface VirtualRequest {
  /** `column = one of values`, all of them AND-ed. Column is the index in `columns`. The filter is applied again. */
  readonly equalities: readonly { readonly column: number; readonly values: readonly Value[] }[];
  /** Which columns are read; others may be left undefined in the rows. */
  readonly used: readonly boolean[];
  /** No more rows than this are read (absent when filters or sorts stand in between). */
  readonly limit?: number;
}

/** Rows computed on demand: Dolt's system tables, information_schema, a temporary result. */
export interface VirtualSource {
  readonly kind: 'virtual';
  readonly database: string;
  readonly name: string;
  readonly columns: readonly SourceColumn[];
  /** For EXPLAIN and the join order; a guess is fine. */
  readonly estimatedRows?: number;
  /**
   * Each row has `columns.length` values in storage representation; what has to wait gives waits, too. A fresh iterator a
   * call.
   */
  rows(request: VirtualRequest): Iterable<readonly Value[] | Wait>;
}

export type TableSource = BaseTableSource | ViewSource | VirtualSource;

export interface TableName {
  /** As written: `db`, `db/branch`, `dolt_log`'s own database; undefined for the current one. */
  readonly database?: string | undefined;
  readonly name: string;
  /** The value of AS OF, already evaluated: a ref spec, or a time in microseconds. */
  readonly asOf?: Value | undefined;
}

/** A function in FROM: `dolt_diff('a', 'b', 't')`. Arguments are evaluated before binding goes on. */
export interface TableFunction {
  readonly name: string;
  /** The shape for these arguments; throws with MySQL's wording when they don't fit. */
  open(args: readonly Value[], catalog: Catalog): VirtualSource;
}

export interface StoredFunction {
  readonly database: string;
  readonly routine: StoredRoutine;
}

export interface Catalog {
  /** The database of unqualified names; undefined when none is selected. */
  readonly currentDatabase: string | undefined;
  /** Undefined when the database has no such table. Throws 1049 for an unknown database, 1046 when none is selected. */
  table(name: TableName): TableSource | undefined;
  tableFunction(name: string): TableFunction | undefined;
  /** A function that a database stores, with the database's name; none where there are only tables. */
  storedFunction?(database: string | undefined, name: string): StoredFunction | undefined;
}
