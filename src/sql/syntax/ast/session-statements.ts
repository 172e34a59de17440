/** The syntax of statements about the session: its variables, transactions, locks and prepared statements. */
import type { ColumnReference, Expression, VariableScope } from './expression.ts';
import type { Account, Node, TableName } from './node.ts';

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

export type SessionStatement =
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
  | KillStatement;
