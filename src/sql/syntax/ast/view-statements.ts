/** The syntax of statements that define views. */
import type { Account, Node, TableName } from './node.ts';
import type { Query } from './query.ts';

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

export type ViewStatement = CreateViewStatement | DropViewStatement;
