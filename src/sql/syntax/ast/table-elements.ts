/** The syntax of what a table's definition is made of: columns, indexes, foreign keys, checks and options. */
import type { DataType } from './data-type.ts';
import type { Expression } from './expression.ts';
import type { Node, TableName } from './node.ts';

/** A key part: a column with a prefix length, or an expression. */
export interface KeyPart extends Node {
  readonly column?: string;
  readonly length?: number;
  readonly expression?: Expression;
  readonly descending: boolean;
}

export interface IndexOptions {
  readonly using?: 'btree' | 'hash' | 'rtree';
  readonly comment?: string;
  readonly visible?: boolean;
  readonly keyBlockSize?: number;
  readonly parser?: string;
}

export interface IndexSyntax extends Node {
  readonly kind: 'index';
  readonly type: 'primary' | 'unique' | 'index' | 'fulltext' | 'spatial' | 'vector';
  /** The index's name, or the constraint's where only that was given. */
  readonly name?: string;
  readonly parts: readonly KeyPart[];
  readonly options: IndexOptions;
}

export type ReferenceAction = 'restrict' | 'cascade' | 'set null' | 'no action' | 'set default';

export interface References extends Node {
  readonly table: TableName;
  /** Empty when none were written. */
  readonly columns: readonly string[];
  readonly match?: 'simple' | 'full' | 'partial';
  readonly onDelete?: ReferenceAction;
  readonly onUpdate?: ReferenceAction;
}

export interface ForeignKeySyntax extends Node {
  readonly kind: 'foreignKey';
  /** CONSTRAINT name. */
  readonly name?: string;
  readonly indexName?: string;
  readonly columns: readonly string[];
  readonly references: References;
}

export interface CheckSyntax extends Node {
  readonly kind: 'check';
  readonly name?: string;
  /** The column that it was written behind. */
  readonly column?: string;
  readonly expression: Expression;
  readonly enforced: boolean;
}

export interface ColumnSyntax extends Node {
  readonly kind: 'column';
  readonly name: string;
  readonly type: DataType;
  /** Undefined when neither NULL nor NOT NULL was written. */
  readonly nullable?: boolean;
  readonly default?: DefaultSyntax;
  readonly onUpdate?: Expression;
  readonly autoIncrement: boolean;
  readonly key?: 'primary' | 'unique';
  readonly comment?: string;
  readonly generated?: { readonly expression: Expression; readonly stored: boolean };
  readonly checks: readonly CheckSyntax[];
  /** MySQL ignores these; Dolt makes a foreign key of them. */
  readonly references?: References;
  readonly visible?: boolean;
}

export interface DefaultSyntax extends Node {
  readonly expression: Expression;
  /** Written in parentheses: an expression default, evaluated for each row. */
  readonly parenthesised: boolean;
}

export type TableElement = ColumnSyntax | IndexSyntax | ForeignKeySyntax | CheckSyntax;

/** A table option as written; `name` is lower case: `engine`, `charset`, `collate`, `comment`, `auto_increment` … */
export interface TableOption extends Node {
  readonly name: string;
  readonly value: string;
}
