/**
 * The syntax tree of statements. As in ast.ts, nothing is resolved or checked beyond its shape; what MySQL accepts and
 * ignores (engine names, row formats, algorithm hints) is kept as written or left out where nobody can see it.
 */
import type {
  AsOf,
  ColumnReference,
  DataType,
  Expression,
  FileFormat,
  IntoTarget,
  Limit,
  Name,
  Node,
  OrderItem,
  Query,
  SelectItem,
  TableName,
  TableReference,
  VariableScope,
  With,
} from './ast.ts';
import type {
  AlterEventStatement,
  AlterRoutineStatement,
  BlockStatement,
  CaseStatement,
  CreateEventStatement,
  CreateRoutineStatement,
  CreateTriggerStatement,
  CursorStatement,
  DeclareConditionStatement,
  DeclareCursorStatement,
  DeclareHandlerStatement,
  DeclareVariablesStatement,
  DropObjectStatement,
  FetchStatement,
  GetDiagnosticsStatement,
  IfStatement,
  JumpStatement,
  LoopStatement,
  ReturnStatement,
  SignalStatement,
} from './routine-statements.ts';

// ---------------------------------------------------------------------------------------------------------------------
// Rows

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

// ---------------------------------------------------------------------------------------------------------------------
// Tables

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

// ---------------------------------------------------------------------------------------------------------------------
// Views, databases

/** `name@host`; undefined host is `%`. */
export interface Account extends Node {
  /** Undefined is CURRENT_USER. */
  readonly user?: string;
  readonly host?: string;
}

export interface CreateViewStatement extends Node {
  readonly kind: 'createView';
  readonly orReplace: boolean;
  readonly ifNotExists: boolean;
  readonly algorithm?: 'undefined' | 'merge' | 'temptable';
  readonly definer?: Account;
  /** Where DEFINER would stand. */
  readonly definerAt: number;
  readonly security?: 'definer' | 'invoker';
  readonly view: TableName;
  readonly columns?: readonly string[];
  /** Its span is the text after AS. */
  readonly query: Query;
  readonly checkOption?: 'cascaded' | 'local';
  /** ALTER VIEW. */
  readonly alter: boolean;
}
export interface DropViewStatement extends Node {
  readonly kind: 'dropView';
  readonly ifExists: boolean;
  readonly views: readonly TableName[];
}

export interface DatabaseOptions {
  readonly charset?: string;
  readonly collation?: string;
  readonly encryption?: string;
  readonly readOnly?: boolean;
}
export interface CreateDatabaseStatement extends Node {
  readonly kind: 'createDatabase';
  readonly ifNotExists: boolean;
  readonly name: string;
  readonly options: DatabaseOptions;
}
export interface AlterDatabaseStatement extends Node {
  readonly kind: 'alterDatabase';
  readonly name?: string;
  readonly options: DatabaseOptions;
}
export interface DropDatabaseStatement extends Node {
  readonly kind: 'dropDatabase';
  readonly ifExists: boolean;
  readonly name: string;
}

// ---------------------------------------------------------------------------------------------------------------------
// Session and transactions

export type SetItem =
  | { readonly kind: 'user'; readonly name: string; readonly value: Expression }
  /**
   * `SET x = 1` without scope sets a local variable of the routine, else the session's. `DEFAULT` is a Default. A bare
   * word (`SET sql_mode = ANSI`, `= ON`) is a ColumnReference.
   */
  | { readonly kind: 'system'; readonly scope?: VariableScope; readonly name: string; readonly value: Expression }
  /** SET NEW.x = … in a trigger. */
  | { readonly kind: 'column'; readonly column: ColumnReference; readonly value: Expression }
  /** SET NAMES x COLLATE y; `default` when absent. */
  | { readonly kind: 'names'; readonly charset?: string; readonly collation?: string }
  | { readonly kind: 'charset'; readonly charset?: string };

export interface SetStatement extends Node {
  readonly kind: 'set';
  readonly items: readonly SetItem[];
}
export interface SetTransactionStatement extends Node {
  readonly kind: 'setTransaction';
  readonly scope?: 'global' | 'session';
  readonly isolation?: 'read uncommitted' | 'read committed' | 'repeatable read' | 'serializable';
  readonly readOnly?: boolean;
}
export interface SetPasswordStatement extends Node {
  readonly kind: 'setPassword';
  readonly account?: Account;
  /** Undefined: a random one. */
  readonly password?: string;
}
export interface UseStatement extends Node {
  readonly kind: 'use';
  /** May be `db/branch`. */
  readonly database: string;
}
export interface BeginStatement extends Node {
  readonly kind: 'begin';
  readonly readOnly?: boolean;
  readonly consistentSnapshot: boolean;
}
/** COMMIT, ROLLBACK. */
export interface EndTransactionStatement extends Node {
  readonly kind: 'commit' | 'rollback';
  readonly chain: boolean;
  readonly release: boolean;
}
/** SAVEPOINT s, ROLLBACK TO s, RELEASE SAVEPOINT s. */
export interface SavepointStatement extends Node {
  readonly kind: 'savepoint' | 'rollbackTo' | 'releaseSavepoint';
  readonly name: string;
}
export interface LockTablesStatement extends Node {
  readonly kind: 'lockTables';
  readonly tables: readonly { readonly table: TableName; readonly alias?: string; readonly write: boolean }[];
}
export interface UnlockTablesStatement extends Node {
  readonly kind: 'unlockTables';
}
export interface PrepareStatement extends Node {
  readonly kind: 'prepare';
  readonly name: string;
  /** A string literal or a user variable. */
  readonly source: Expression;
}
export interface ExecuteStatement extends Node {
  readonly kind: 'execute';
  readonly name: string;
  readonly using: readonly string[];
}
export interface DeallocateStatement extends Node {
  readonly kind: 'deallocate';
  readonly name: string;
}
export interface KillStatement extends Node {
  readonly kind: 'kill';
  readonly query: boolean;
  readonly id: Expression;
}

// ---------------------------------------------------------------------------------------------------------------------
// Looking

/** What SHOW may be asked for; each has the filter and the names of its form. */
export type ShowSubject =
  | 'binary log status'
  | 'binary logs'
  | 'binlog events'
  | 'branches'
  | 'character set'
  | 'collation'
  | 'columns'
  | 'count errors'
  | 'count warnings'
  | 'create database'
  | 'create event'
  | 'create function'
  | 'create procedure'
  | 'create table'
  | 'create trigger'
  | 'create user'
  | 'create view'
  | 'databases'
  | 'engine'
  | 'engines'
  | 'errors'
  | 'events'
  | 'function code'
  | 'function status'
  | 'grants'
  | 'index'
  | 'open tables'
  | 'plugins'
  | 'privileges'
  | 'procedure code'
  | 'procedure status'
  | 'processlist'
  | 'profile'
  | 'profiles'
  | 'relaylog events'
  | 'replica status'
  | 'replicas'
  | 'status'
  | 'table status'
  | 'tables'
  | 'triggers'
  | 'variables'
  | 'warnings';

export interface ShowStatement extends Node {
  readonly kind: 'show';
  readonly subject: ShowSubject;
  readonly full: boolean;
  readonly extended: boolean;
  readonly scope?: 'global' | 'session';
  /** The object of SHOW CREATE …, COLUMNS, INDEX. */
  readonly name?: TableName;
  /** FROM db, IN db. */
  readonly database?: string;
  readonly like?: string;
  readonly where?: Expression;
  readonly asOf?: AsOf;
  readonly limit?: Limit;
  readonly ifNotExists: boolean;
  /** SHOW GRANTS FOR account, SHOW CREATE USER account. */
  readonly account?: Account;
  /** SHOW GRANTS … USING role, role. */
  readonly roles: readonly Account[];
}

/** DESCRIBE t [column]. */
export interface DescribeStatement extends Node {
  readonly kind: 'describe';
  readonly table: TableName;
  readonly asOf?: AsOf;
  readonly like?: string;
}
export interface ExplainStatement extends Node {
  readonly kind: 'explain';
  readonly analyze: boolean;
  readonly format?: string;
  /** EXPLAIN PLAN. */
  readonly plan: boolean;
  readonly statement: Statement;
}

// ---------------------------------------------------------------------------------------------------------------------
// Administration

/** ANALYZE, CHECK, CHECKSUM, OPTIMIZE, REPAIR TABLE. */
export interface TableMaintenanceStatement extends Node {
  readonly kind: 'maintenance';
  readonly action: 'analyze' | 'check' | 'checksum' | 'optimize' | 'repair';
  readonly tables: readonly TableName[];
  /** ANALYZE TABLE t UPDATE HISTOGRAM ON a, b …: the columns. */
  readonly histogram?: {
    readonly action: 'update' | 'drop';
    readonly columns: readonly string[];
    readonly data?: string;
  };
}
/** FLUSH …, RESET …: what, lower case. */
export interface FlushStatement extends Node {
  readonly kind: 'flush';
  readonly what: string;
}

export interface UserSpecification extends Node {
  readonly account: Account;
  readonly plugin?: string;
  readonly password?: string;
  /** IDENTIFIED BY RANDOM PASSWORD. */
  readonly hasRandomPassword?: boolean;
  /** IDENTIFIED WITH plugin AS 'hash'. */
  readonly authentication?: string;
}
export interface CreateUserStatement extends Node {
  readonly kind: 'createUser' | 'alterUser';
  readonly ifExists: boolean;
  readonly ifNotExists: boolean;
  readonly users: readonly UserSpecification[];
  /** DEFAULT ROLE; undefined when it was not written. CREATE USER has lists only. */
  readonly defaultRoles?: { readonly type: 'none' | 'all' | 'list'; readonly roles: readonly Account[] };
  /** REQUIRE, resource and password options, lock: as written. */
  readonly options: readonly string[];
}
export interface AccountsStatement extends Node {
  readonly kind: 'dropUser' | 'createRole' | 'dropRole';
  readonly ifExists: boolean;
  readonly ifNotExists: boolean;
  readonly accounts: readonly Account[];
}
export interface RenameUserStatement extends Node {
  readonly kind: 'renameUser';
  readonly renames: readonly { readonly from: Account; readonly to: Account }[];
}
export interface Privilege {
  /** Lower case: `select`, `all`, `create view`, or a dynamic privilege's name. */
  readonly name: string;
  readonly columns: readonly string[];
}
export interface GrantTarget {
  readonly type: 'table' | 'procedure' | 'function' | 'any';
  /** Undefined is the current database, `*` is all. */
  readonly database?: string;
  /** `*` is all. */
  readonly name: string;
}
/** GRANT, REVOKE of privileges (`on` is set) and of roles. */
export interface GrantStatement extends Node {
  readonly kind: 'grant' | 'revoke';
  readonly ifExists: boolean;
  readonly privileges: readonly Privilege[];
  readonly on?: GrantTarget;
  readonly roles: readonly Account[];
  /** PROXY ON account. */
  readonly proxy?: Account;
  readonly accounts: readonly Account[];
  /** REVOKE … IGNORE UNKNOWN USER. */
  readonly ignoreUnknown: boolean;
  /** WITH GRANT OPTION, WITH ADMIN OPTION. */
  readonly withGrant: boolean;
}
export interface SetRoleStatement extends Node {
  readonly kind: 'setRole' | 'setDefaultRole';
  readonly type: 'default' | 'none' | 'all' | 'all except' | 'list';
  readonly roles: readonly Account[];
  /** SET DEFAULT ROLE … TO. */
  readonly accounts: readonly Account[];
}
/** CHANGE REPLICATION SOURCE TO …, START REPLICA and their like: words only. */
export interface ReplicationStatement extends Node {
  readonly kind: 'replication';
  readonly action: 'change source' | 'change filter' | 'start replica' | 'stop replica' | 'reset replica';
  readonly options: readonly { readonly name: string; readonly value: string }[];
}
/** Statements that are recognised and that nobody runs (XA, HANDLER, CLONE, INSTALL …), by their first words. */
export interface UnsupportedStatement extends Node {
  readonly kind: 'unsupported';
  readonly words: string;
}

export type Statement =
  | SelectStatement
  | InsertStatement
  | UpdateStatement
  | DeleteStatement
  | LoadDataStatement
  | DoStatement
  | CallStatement
  | CreateTableStatement
  | AlterTableStatement
  | DropTableStatement
  | RenameTableStatement
  | TruncateStatement
  | CreateIndexStatement
  | DropIndexStatement
  | CreateViewStatement
  | DropViewStatement
  | CreateDatabaseStatement
  | AlterDatabaseStatement
  | DropDatabaseStatement
  | CreateTriggerStatement
  | CreateRoutineStatement
  | CreateEventStatement
  | AlterEventStatement
  | AlterRoutineStatement
  | DropObjectStatement
  | BlockStatement
  | DeclareVariablesStatement
  | DeclareCursorStatement
  | DeclareConditionStatement
  | DeclareHandlerStatement
  | IfStatement
  | CaseStatement
  | LoopStatement
  | JumpStatement
  | ReturnStatement
  | CursorStatement
  | FetchStatement
  | SignalStatement
  | GetDiagnosticsStatement
  | SetStatement
  | SetTransactionStatement
  | SetPasswordStatement
  | UseStatement
  | BeginStatement
  | EndTransactionStatement
  | SavepointStatement
  | LockTablesStatement
  | UnlockTablesStatement
  | PrepareStatement
  | ExecuteStatement
  | DeallocateStatement
  | KillStatement
  | ShowStatement
  | DescribeStatement
  | ExplainStatement
  | TableMaintenanceStatement
  | FlushStatement
  | CreateUserStatement
  | AccountsStatement
  | RenameUserStatement
  | GrantStatement
  | SetRoleStatement
  | ReplicationStatement
  | UnsupportedStatement;
