/** The syntax of queries, from WITH to INTO. */
import type { Expression, OrderItem, WindowSpecification } from './expression.ts';
import type { Node, TableName } from './node.ts';
import type { TableReference } from './table-reference.ts';

/**
 * A whole query: what stands in a subquery, a view, a union's parentheses. ORDER BY, LIMIT, INTO and locks of a union
 * without parentheses are the union's; of a plain SELECT, its own: in both cases they are here.
 */
export interface Query extends Node {
  readonly kind: 'query';
  readonly with?: With;
  readonly body: QueryBody;
  readonly orderBy: readonly OrderItem[];
  readonly limit?: Limit;
  readonly locks: readonly LockClause[];
  readonly into?: Into;
}

/** A nested Query is one in parentheses. */
export type QueryBody = Select | SetOperation | ValuesBody | TableBody | Query;

export interface With extends Node {
  readonly recursive: boolean;
  readonly tables: readonly CommonTable[];
}

export interface CommonTable extends Node {
  readonly name: string;
  readonly columns?: readonly string[];
  readonly query: Query;
}

export interface Select extends Node {
  readonly kind: 'select';
  readonly distinct: boolean;
  /** STRAIGHT_JOIN, SQL_CALC_FOUND_ROWS, SQL_NO_CACHE, HIGH_PRIORITY …, lower case. */
  readonly options: readonly string[];
  readonly items: readonly SelectItem[];
  /** Comma-separated; empty without FROM and for FROM DUAL. */
  readonly from: readonly TableReference[];
  readonly where?: Expression;
  readonly groupBy: readonly OrderItem[];
  readonly rollup: boolean;
  readonly having?: Expression;
  readonly windows: readonly NamedWindow[];
}

/** `*`, `t.*`, `db.t.*`. */
export interface Star extends Node {
  readonly kind: 'star';
  readonly database?: string;
  readonly table?: string;
}

/** Without an alias the column is named `label`: the source text (outer parentheses included), or the column's name. */
export interface SelectExpression extends Node {
  readonly kind: 'expression';
  readonly expression: Expression;
  readonly alias?: string;
  readonly label: string;
}

export type SelectItem = Star | SelectExpression;

export interface NamedWindow extends Node {
  readonly name: string;
  readonly window: WindowSpecification;
}

/** Left-associative; INTERSECT binds tighter. */
export interface SetOperation extends Node {
  readonly kind: 'setOperation';
  readonly operator: 'union' | 'intersect' | 'except';
  readonly all: boolean;
  readonly left: QueryBody;
  readonly right: QueryBody;
}

/** `VALUES ROW(1, 2), ROW(3, 4)`. */
export interface ValuesBody extends Node {
  readonly kind: 'values';
  readonly rows: readonly (readonly Expression[])[];
}

/** `TABLE t`. */
export interface TableBody extends Node {
  readonly kind: 'table';
  readonly table: TableName;
}

export interface Limit extends Node {
  readonly count: Expression;
  readonly offset?: Expression;
}

export interface LockClause extends Node {
  readonly strength: 'update' | 'share';
  readonly tables: readonly string[];
  readonly wait?: 'nowait' | 'skip locked';
}

export type Into = { readonly kind: 'variables'; readonly targets: readonly IntoTarget[] } | IntoFile;

export type IntoFile =
  | { readonly kind: 'outfile'; readonly path: string; readonly format: FileFormat }
  | { readonly kind: 'dumpfile'; readonly path: string };

/** `@name`, or a routine's local variable. */
export interface IntoTarget extends Node {
  readonly kind: 'user' | 'local';
  readonly name: string;
}

/** FIELDS … LINES … of LOAD DATA and INTO OUTFILE; absent parts have MySQL's defaults. */
export interface FileFormat {
  readonly charset?: string;
  readonly fieldsTerminatedBy?: string;
  readonly enclosedBy?: string;
  readonly optionallyEnclosed?: boolean;
  readonly escapedBy?: string;
  readonly linesStartingBy?: string;
  readonly linesTerminatedBy?: string;
}
