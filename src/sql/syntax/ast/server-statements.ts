/** The syntax of the upkeep of tables and servers, and of statements that nobody runs. */
import type { Node, TableName } from './node.ts';

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

export type ServerStatement = TableMaintenanceStatement | FlushStatement | ReplicationStatement | UnsupportedStatement;
