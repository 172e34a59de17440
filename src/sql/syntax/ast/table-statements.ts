/** The syntax of statements that define tables and indexes. */
import type { OrderItem } from './expression.ts';
import type { Node, TableName } from './node.ts';
import type { Query } from './query.ts';
import type {
  CheckSyntax,
  ColumnSyntax,
  DefaultSyntax,
  ForeignKeySyntax,
  IndexSyntax,
  TableElement,
  TableOption,
} from './table-elements.ts';

export interface CreateTableStatement extends Node {
  readonly kind: 'createTable';
  readonly temporary: boolean;
  readonly ifNotExists: boolean;
  readonly table: TableName;
  readonly elements: readonly TableElement[];
  readonly options: readonly TableOption[];
  readonly like?: TableName;
  /** CREATE TABLE … [AS] SELECT. */
  readonly query?: Query;
  readonly duplicates?: 'replace' | 'ignore';
  /** PARTITION BY …, as written: it changes nothing. */
  readonly partitioning?: Node;
}

export interface ColumnPosition {
  readonly first: boolean;
  readonly after?: string;
}

export type AlterAction =
  | {
      readonly kind: 'addColumn';
      readonly column: ColumnSyntax;
      readonly position?: ColumnPosition;
      readonly ifNotExists: boolean;
    }
  | { readonly kind: 'addIndex'; readonly index: IndexSyntax }
  | { readonly kind: 'addForeignKey'; readonly foreignKey: ForeignKeySyntax }
  | { readonly kind: 'addCheck'; readonly check: CheckSyntax }
  | { readonly kind: 'dropColumn'; readonly name: string; readonly ifExists: boolean }
  | { readonly kind: 'dropIndex'; readonly name: string; readonly ifExists: boolean }
  | { readonly kind: 'dropPrimaryKey' }
  | { readonly kind: 'dropForeignKey'; readonly name: string }
  | { readonly kind: 'dropCheck'; readonly name: string }
  /** DROP CONSTRAINT: a check, a foreign key or a unique index, whichever has the name. */
  | { readonly kind: 'dropConstraint'; readonly name: string }
  /** MODIFY is CHANGE with the same name. */
  | {
      readonly kind: 'changeColumn';
      readonly name: string;
      readonly column: ColumnSyntax;
      readonly position?: ColumnPosition;
    }
  | { readonly kind: 'renameColumn'; readonly from: string; readonly to: string }
  | { readonly kind: 'setDefault'; readonly name: string; readonly default: DefaultSyntax }
  | { readonly kind: 'dropDefault'; readonly name: string }
  | { readonly kind: 'setColumnVisible'; readonly name: string; readonly visible: boolean }
  | { readonly kind: 'setIndexVisible'; readonly name: string; readonly visible: boolean }
  | { readonly kind: 'setCheckEnforced'; readonly name: string; readonly enforced: boolean }
  | { readonly kind: 'renameTable'; readonly to: TableName }
  | { readonly kind: 'renameIndex'; readonly from: string; readonly to: string }
  | { readonly kind: 'convertCharset'; readonly charset: string; readonly collation?: string }
  | { readonly kind: 'orderBy'; readonly columns: readonly OrderItem[] }
  | { readonly kind: 'options'; readonly options: readonly TableOption[] }
  | { readonly kind: 'enableKeys'; readonly enable: boolean }
  /** ALGORITHM, LOCK, FORCE, VALIDATION, partition and tablespace forms: accepted, nothing to do. */
  | { readonly kind: 'ignored'; readonly text: string };

export interface AlterTableStatement extends Node {
  readonly kind: 'alterTable';
  readonly table: TableName;
  readonly actions: readonly AlterAction[];
}

export interface DropTableStatement extends Node {
  readonly kind: 'dropTable';
  readonly temporary: boolean;
  readonly ifExists: boolean;
  readonly tables: readonly TableName[];
}

export interface RenameTableStatement extends Node {
  readonly kind: 'renameTable';
  readonly renames: readonly { readonly from: TableName; readonly to: TableName }[];
}

export interface TruncateStatement extends Node {
  readonly kind: 'truncate';
  readonly table: TableName;
}

export interface CreateIndexStatement extends Node {
  readonly kind: 'createIndex';
  readonly table: TableName;
  readonly index: IndexSyntax;
  readonly ifNotExists: boolean;
}

export interface DropIndexStatement extends Node {
  readonly kind: 'dropIndex';
  readonly table: TableName;
  /** `PRIMARY` is the primary key. */
  readonly name: string;
  readonly ifExists: boolean;
}

export type TableStatement =
  | CreateTableStatement
  | AlterTableStatement
  | DropTableStatement
  | RenameTableStatement
  | TruncateStatement
  | CreateIndexStatement
  | DropIndexStatement;
