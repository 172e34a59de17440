/** The syntax of what stands in FROM. */
import type { DataType } from './data-type.ts';
import type { Expression, JsonFallback } from './expression.ts';
import type { Node, TableName } from './node.ts';
import type { Query } from './query.ts';

export interface NamedTable extends Node {
  readonly kind: 'table';
  readonly table: TableName;
  readonly alias?: string;
  readonly asOf?: AsOf;
  readonly partitions: readonly string[];
  readonly hints: readonly IndexHint[];
  /** Rows of it are changed: that they are found reads nothing. Set by who makes a query of a statement. */
  readonly writes?: boolean;
}

/** AS OF 'main', AS OF TIMESTAMP('…'), FOR SYSTEM_TIME AS OF …; `until` of FOR VERSION … TO. */
export interface AsOf extends Node {
  readonly at: Expression;
}

export interface IndexHint extends Node {
  readonly action: 'use' | 'force' | 'ignore';
  readonly purpose?: 'join' | 'order by' | 'group by';
  readonly indexes: readonly string[];
}

export interface DerivedTable extends Node {
  readonly kind: 'derived';
  readonly query: Query;
  readonly lateral: boolean;
  readonly alias?: string;
  readonly columns?: readonly string[];
}

/** `dolt_diff('a', 'b', 't')` in FROM. */
export interface TableFunctionCall extends Node {
  readonly kind: 'tableFunction';
  readonly database?: string;
  /** Lower case. */
  readonly name: string;
  readonly args: readonly Expression[];
  readonly alias?: string;
  readonly columns?: readonly string[];
}

export interface JsonTable extends Node {
  readonly kind: 'jsonTable';
  readonly document: Expression;
  readonly path: string;
  readonly columns: readonly JsonTableColumn[];
  readonly alias: string;
}

export type JsonTableColumn =
  | { readonly kind: 'ordinality'; readonly name: string }
  | {
      readonly kind: 'path' | 'exists';
      readonly name: string;
      readonly type: DataType;
      readonly path: string;
      readonly onEmpty?: JsonFallback;
      readonly onError?: JsonFallback;
    }
  | { readonly kind: 'nested'; readonly path: string; readonly columns: readonly JsonTableColumn[] };

export interface Join extends Node {
  readonly kind: 'join';
  /** JOIN without a condition is `inner`, so is CROSS JOIN; `full` is Dolt's. */
  readonly type: 'inner' | 'left' | 'right' | 'full';
  readonly natural: boolean;
  /** STRAIGHT_JOIN: the left table is read first. */
  readonly straight: boolean;
  readonly left: TableReference;
  readonly right: TableReference;
  readonly on?: Expression;
  readonly using?: readonly string[];
}

/** `(t1, t2)` in parentheses: a cross join. */
export interface TableList extends Node {
  readonly kind: 'list';
  readonly tables: readonly TableReference[];
}

export type TableReference = NamedTable | DerivedTable | TableFunctionCall | JsonTable | Join | TableList;
