/** What `dolt status` and the table `dolt_status` say: how working, staged and head differ, and what a merge left open. */

import { isFullTextTable } from '../table/full-text/full-text-tables.ts';
import { tablesWithConflicts, tablesWithViolations } from './artifacts.ts';
import { type IgnorePattern, isIgnored } from './ignore-patterns.ts';
import { IgnoreConflictError } from './repo-errors.ts';
import type { RootValue } from './root-value.ts';
import { ignorePatterns, type Roots } from './staging.ts';
import { currentName, isVisible, type TableDelta, tableDeltas } from './table-deltas.ts';
import type { MergeState } from './working-set.ts';

/** Dolt's words for how a table changed. */
export type TableStatus = 'new table' | 'deleted' | 'renamed' | 'modified';

export interface StatusEntry {
  /** `old -> new` for a renamed table. */
  readonly table: string;
  readonly status: TableStatus;
}

export interface Status {
  readonly staged: readonly StatusEntry[];
  /** Tracked tables whose working state differs from the staged one. */
  readonly unstaged: readonly StatusEntry[];
  /** New tables that are not staged, without the ignored ones. */
  readonly untracked: readonly StatusEntry[];
  /** New tables that `dolt_ignore` names. */
  readonly ignored: readonly StatusEntry[];
  /** New tables of which patterns of `dolt_ignore` say both; they are in neither list above. */
  readonly disputed: readonly StatusEntry[];
  readonly conflicts: readonly string[];
  readonly schemaConflicts: readonly string[];
  readonly violations: readonly string[];
  readonly merge: MergeState | undefined;
}

/** With the name of a database: stands for the database itself, its collation, among the names of tables. */
export const DATABASE_PREFIX = '__DATABASE__';

/** With a `database`, a change of its collation is told as one of a table. */
export function statusOf(roots: Roots, merge: MergeState | undefined, database?: string): Status {
  const ofDatabase = (from: RootValue, to: RootValue): StatusEntry[] =>
    database === undefined || from.collation === to.collation
      ? []
      : [{ table: DATABASE_PREFIX + database, status: 'modified' }];
  const violations = tablesWithViolations(roots.working);
  const shown = (delta: TableDelta): boolean => {
    const name = currentName(delta);
    return !violations.includes(name) && !isFullTextTable(name);
  };
  const staged = tableDeltas(roots.head, roots.staged).filter(shown);
  const unstaged = tableDeltas(roots.staged, roots.working).filter((delta) => isVisible(delta) && shown(delta));
  const patterns = ignorePatterns(roots.working);
  const isNew = (delta: TableDelta): boolean => delta.kind === 'added';
  const fates = unstaged.filter(isNew).map((delta) => ({ delta, fate: fateOf(patterns, delta.toName!) }));
  const ofFate = (wanted: Fate): StatusEntry[] =>
    fates.flatMap(({ delta, fate }) => (fate === wanted ? entryOf(delta) : []));
  return {
    staged: [...staged.map(entryOf), ...ofDatabase(roots.head, roots.staged)],
    unstaged: [...unstaged.filter((delta) => !isNew(delta)).map(entryOf), ...ofDatabase(roots.staged, roots.working)],
    untracked: ofFate('untracked'),
    ignored: ofFate('ignored'),
    disputed: ofFate('disputed'),
    conflicts: tablesWithConflicts(roots.working),
    schemaConflicts: merge?.unmergableTables ?? [],
    violations,
    merge,
  };
}

/** What patterns of `dolt_ignore` make of a new table. */
type Fate = 'untracked' | 'ignored' | 'disputed';

export function fateOf(patterns: readonly IgnorePattern[], table: string): Fate {
  try {
    return isIgnored(patterns, table) ? 'ignored' : 'untracked';
  } catch (error) {
    if (error instanceof IgnoreConflictError) return 'disputed';
    throw error;
  }
}

const words: Readonly<Record<TableDelta['kind'], TableStatus>> = {
  added: 'new table',
  dropped: 'deleted',
  renamed: 'renamed',
  modified: 'modified',
};

function entryOf(delta: TableDelta): StatusEntry {
  const table = delta.kind === 'renamed' ? `${delta.fromName} -> ${delta.toName}` : currentName(delta);
  return { table, status: words[delta.kind] };
}

/** Nothing that a commit would record, staged or not. */
export function isClean({ head, staged, working }: Roots): boolean {
  return head.address === staged.address && staged.address === working.address;
}
