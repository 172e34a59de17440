/** Dolt's own tables by name, loaded when a statement names one. One file each; a test compares this with the folder. */
import type { SystemTable } from '../../catalog/system-table.ts';

const part = async (module: Promise<{ readonly table: SystemTable }>): Promise<SystemTable> => (await module).table;

export const systemTables: Readonly<Record<string, () => Promise<SystemTable>>> = {
  dolt_backups: () => part(import('./backups.ts')),
  dolt_branches: () => part(import('./branches.ts')),
  dolt_commit_ancestors: () => part(import('./commit-ancestors.ts')),
  dolt_commits: () => part(import('./commits.ts')),
  dolt_conflicts: () => part(import('./conflicts.ts')),
  dolt_constraint_violations: () => part(import('./constraint-violations.ts')),
  dolt_diff: () => part(import('./diff.ts')),
  dolt_log: () => part(import('./log.ts')),
  dolt_merge_status: () => part(import('./merge-status.ts')),
  dolt_remote_branches: () => part(import('./remote-branches.ts')),
  dolt_remotes: () => part(import('./remotes.ts')),
  dolt_status: () => part(import('./status.ts')),
  dolt_tags: () => part(import('./tags.ts')),
};

/** Names that a user table's name follows; longer ones before those they begin with. */
export const systemTablePrefixes: readonly string[] = [];
