/** The syntax of SHOW, DESCRIBE and EXPLAIN. */
import type { Expression } from './expression.ts';
import type { Account, Node, TableName } from './node.ts';
import type { Limit } from './query.ts';
import type { Statement } from './statement.ts';
import type { AsOf } from './table-reference.ts';

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

export type InspectionStatement = ShowStatement | DescribeStatement | ExplainStatement;
