/**
 * Tables that are computed: Dolt's own. One file defines one; its name is either whole (`dolt_log`) or a prefix that a
 * user table's name follows (`dolt_diff_`).
 */
import type { RoleStatus } from '../../repo/replication-status.ts';
import type { Value } from '../../tuple/value.ts';
import type { SessionView } from '../expressions/session-view.ts';
import type { SourceColumn, VirtualRequest, VirtualSource } from './catalog.ts';
import type { DatabaseView } from './database-view.ts';

export interface SystemColumn extends SourceColumn {
  /** What DESCRIBE prints under Key. */
  readonly key?: 'PRI' | 'UNI' | 'MUL';
}

export interface SystemTable {
  readonly name: string;
  /** `view` is what the statement sees; `suffix` what follows a prefix. Undefined: there is no such table. */
  open(view: DatabaseView, suffix: string, scene: SystemTableScene): SystemTableSource | undefined;
}

/** What a system table may ask besides the database. */
export interface SystemTableScene {
  readonly session: SessionView;
  /** A system variable as text. */
  variable(name: string): string;
  /** How replication stands, for each role that the database has in it. */
  replication(): readonly RoleStatus[];
  /** How the database's branches are used; undefined where nobody keeps that. */
  branchUse(): BranchUse | undefined;
  /** Rules about branches; undefined where nobody keeps any. */
  branchRules(name: 'access' | 'namespace'): RuleTable | undefined;
}

/** Rows that belong to the server, not to a database. */
export interface RuleTable {
  rows(): Iterable<readonly Value[]>;
  writer(): SystemTableWriter;
}

/** When branches were used, in milliseconds; undefined: not since `since`. */
export interface BranchUse {
  readonly since: number;
  lastRead(branch: string): number | undefined;
  lastWrite(branch: string): number | undefined;
  /** How many sessions are on it. */
  sessions(branch: string): number;
}

/** A source that may also be written. */
export interface SystemTableSource extends VirtualSource {
  readonly columns: readonly SystemColumn[];
  readonly write?: SystemTableWriter;
}

export interface SystemTableWriter {
  insert?(row: readonly Value[]): void;
  update?(from: readonly Value[], to: readonly Value[]): void;
  delete?(row: readonly Value[]): void;
  /** In place of `delete`, where it changes rows of a stored table that foreign keys bind to others. */
  readonly reverts?: RowReverts | undefined;
  /** Called once after all rows. */
  finish?(): void;
}

export interface RowReverts {
  readonly table: string;
  of(row: readonly Value[]): RowRevert;
}

export interface RowRevert {
  /** Of the row in the stored table; undefined in a keyless one, where it is as `now`. */
  readonly key: readonly Value[] | undefined;
  readonly now: readonly Value[] | undefined;
  /** What it becomes; undefined: it goes. */
  readonly before: readonly Value[] | undefined;
}

export function systemSource(
  view: DatabaseView,
  name: string,
  columns: readonly SystemColumn[],
  rows: (request: VirtualRequest) => Iterable<readonly Value[]>,
): SystemTableSource {
  return { kind: 'virtual', database: view.name, name, columns, rows };
}
