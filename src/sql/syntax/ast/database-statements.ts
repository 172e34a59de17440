/** The syntax of statements that define databases. */
import type { Node } from './node.ts';

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

export type DatabaseStatement = CreateDatabaseStatement | AlterDatabaseStatement | DropDatabaseStatement;
