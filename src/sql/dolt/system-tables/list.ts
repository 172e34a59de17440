/** Dolt's own tables by name, loaded when a statement names one. One file each; a test compares this with the folder. */
import type { SystemTable } from '../../catalog/system-table.ts';

const part = async (module: Promise<{ readonly table: SystemTable }>): Promise<SystemTable> => (await module).table;

export const systemTables: Readonly<Record<string, () => Promise<SystemTable>>> = {
  dolt_backups: () => part(import('./backups.ts')),
  dolt_blame_: () => part(import('./blame-of-table.ts')),
  dolt_branch_activity: () => part(import('./branch-activity.ts')),
  dolt_branch_control: () => part(import('./branch-control.ts')),
  dolt_branch_namespace_control: () => part(import('./branch-namespace-control.ts')),
  dolt_branches: () => part(import('./branches.ts')),
  dolt_column_diff: () => part(import('./column-diff.ts')),
  dolt_commit_ancestors: () => part(import('./commit-ancestors.ts')),
  dolt_commit_diff_: () => part(import('./commit-diff-of-table.ts')),
  dolt_commits: () => part(import('./commits.ts')),
  dolt_conflicts: () => part(import('./conflicts.ts')),
  dolt_conflicts_: () => part(import('./conflicts-of-table.ts')),
  dolt_constraint_violations: () => part(import('./constraint-violations.ts')),
  dolt_constraint_violations_: () => part(import('./constraint-violations-of-table.ts')),
  dolt_diff: () => part(import('./diff.ts')),
  dolt_diff_: () => part(import('./diff-of-table.ts')),
  dolt_help: () => part(import('./help.ts')),
  dolt_history_: () => part(import('./history-of-table.ts')),
  dolt_log: () => part(import('./log.ts')),
  dolt_merge_status: () => part(import('./merge-status.ts')),
  dolt_remote_branches: () => part(import('./remote-branches.ts')),
  dolt_remotes: () => part(import('./remotes.ts')),
  dolt_replication_status: () => part(import('./replication-status.ts')),
  dolt_schema_conflicts: () => part(import('./schema-conflicts.ts')),
  dolt_stashes: () => part(import('./stashes.ts')),
  dolt_status: () => part(import('./status.ts')),
  dolt_status_ignored: () => part(import('./status-ignored.ts')),
  dolt_tags: () => part(import('./tags.ts')),
  dolt_workspace_: () => part(import('./workspace-of-table.ts')),
};

/** Names that a user table's name follows; longer ones before those they begin with. */
export const systemTablePrefixes: readonly string[] = [
  'dolt_constraint_violations_',
  'dolt_commit_diff_',
  'dolt_conflicts_',
  'dolt_workspace_',
  'dolt_history_',
  'dolt_blame_',
  'dolt_diff_',
];

/** Stored tables that are empty until somebody writes them (statements/internal-tables.ts). */
export const internalTables: readonly string[] = [
  'dolt_docs',
  'dolt_ignore',
  'dolt_nonlocal_tables',
  'dolt_procedures',
  'dolt_query_catalog',
  'dolt_schemas',
  'dolt_tests',
];
