/** The syntax of statements that read and change rows: SELECT, INSERT, REPLACE, UPDATE, DELETE, LOAD DATA, DO and CALL. */
import type { ColumnReference, Expression, OrderItem } from './expression.ts';
import type { Name, Node, TableName } from './node.ts';
import type { FileFormat, IntoTarget, Limit, Query, SelectItem, With } from './query.ts';
import type { AsOf, TableReference } from './table-reference.ts';

export interface SelectStatement extends Node {
  readonly kind: 'select';
  readonly query: Query;
}

/** `column = value`; the value may be a Default. */
export interface ColumnAssignment extends Node {
  readonly column: ColumnReference;
  readonly value: Expression;
}

export type InsertSource =
  /** Also of INSERT … SET, as one row. A row of `()` is empty. Members may be Default. */
  | { readonly kind: 'rows'; readonly rows: readonly (readonly Expression[])[] }
  | { readonly kind: 'query'; readonly query: Query };

export interface RowAlias {
  readonly name: string;
  readonly columns?: readonly string[];
}

export interface InsertStatement extends Node {
  readonly kind: 'insert';
  readonly replace: boolean;
  readonly ignore: boolean;
  readonly table: TableName;
  readonly partitions: readonly string[];
  /** Absent when no list was written; an empty list is `()`. */
  readonly columns?: readonly Name[];
  readonly source: InsertSource;
  /** INSERT … VALUES … AS new(a, b). */
  readonly rowAlias?: RowAlias;
  /** ON DUPLICATE KEY UPDATE. */
  readonly onDuplicate: readonly ColumnAssignment[];
  /** RETURNING, which is Dolt's own. */
  readonly returning?: readonly SelectItem[];
  readonly with?: With;
}

export interface UpdateStatement extends Node {
  readonly kind: 'update';
  readonly with?: With;
  readonly ignore: boolean;
  /** One NamedTable for the single-table form. */
  readonly tables: readonly TableReference[];
  readonly assignments: readonly ColumnAssignment[];
  readonly where?: Expression;
  readonly orderBy: readonly OrderItem[];
  readonly limit?: Limit;
}

export interface DeleteStatement extends Node {
  readonly kind: 'delete';
  readonly with?: With;
  readonly ignore: boolean;
  /** Multi-table form: the tables that lose rows (`t.*` is `t`). Empty for the single-table form. */
  readonly targets: readonly TableName[];
  readonly from: readonly TableReference[];
  readonly where?: Expression;
  readonly orderBy: readonly OrderItem[];
  readonly limit?: Limit;
}

export interface LoadDataStatement extends Node {
  readonly kind: 'loadData';
  readonly local: boolean;
  readonly path: string;
  readonly duplicates?: 'replace' | 'ignore';
  readonly table: TableName;
  readonly format: FileFormat;
  readonly ignoreLines: number;
  /** Columns of the table and `@variables`, in file order. */
  readonly fields: readonly (ColumnReference | IntoTarget)[];
  readonly assignments: readonly ColumnAssignment[];
}

/** DO e, e. */
export interface DoStatement extends Node {
  readonly kind: 'do';
  readonly expressions: readonly Expression[];
}

export interface CallStatement extends Node {
  readonly kind: 'call';
  readonly database?: string;
  readonly name: string;
  readonly args: readonly Expression[];
  readonly asOf?: AsOf;
}

export type RowStatement =
  | SelectStatement
  | InsertStatement
  | UpdateStatement
  | DeleteStatement
  | LoadDataStatement
  | DoStatement
  | CallStatement;
