/**
 * The commands by name, in the order of the help. Each lives in a file of its own that is loaded when it is used:
 * adding a command is adding its file and its line here.
 */
import type { Command } from './command.ts';

export interface CommandEntry {
  readonly summary: string;
  load(): Promise<{ readonly command: Command }>;
}

export const commands: Readonly<Record<string, CommandEntry>> = {
  init: { summary: 'Create an empty Dolt data repository.', load: () => import('./commands/init.ts') },
  status: { summary: 'Show the working tree status.', load: () => import('./commands/status.ts') },
  add: { summary: 'Add table changes to the list of staged table changes.', load: () => import('./commands/add.ts') },
  reset: {
    summary: 'Remove table changes from the list of staged table changes.',
    load: () => import('./commands/reset.ts'),
  },
  clean: { summary: 'Remove untracked tables from working set.', load: () => import('./commands/clean.ts') },
  commit: { summary: 'Record changes to the repository.', load: () => import('./commands/commit.ts') },
  sql: { summary: 'Run a SQL query against tables in repository.', load: () => import('./commands/sql.ts') },
  'sql-server': { summary: 'Start a MySQL-compatible server.', load: () => import('./commands/sql-server.ts') },
  hub: { summary: 'Serve repositories to push to, clone and fetch from.', load: () => import('./commands/hub.ts') },
  log: { summary: 'Show commit logs.', load: () => import('./commands/log.ts') },
  show: {
    summary: 'Show information about a specific commit.',
    load: () => import('./commands/show.ts'),
  },
  diff: { summary: 'Diff a table.', load: () => import('./commands/diff.ts') },
  blame: {
    summary: 'Show what revision and author last modified each row of a table.',
    load: () => import('./commands/blame.ts'),
  },
  'filter-branch': {
    summary: 'Edits the commit history using the provided query.',
    load: () => import('./commands/filter-branch.ts'),
  },
  fsck: {
    summary: 'Verifies the contents of the database are not corrupted.',
    load: () => import('./commands/fsck.ts'),
  },
  conflicts: {
    summary: 'Commands for viewing and resolving merge conflicts.',
    load: () => import('./commands/conflicts.ts'),
  },
  constraints: {
    summary: 'Commands for handling constraints.',
    load: () => import('./commands/constraints.ts'),
  },
  ls: { summary: 'List tables in the working set.', load: () => import('./commands/ls.ts') },
  'cherry-pick': {
    summary: 'Apply the changes introduced by an existing commit.',
    load: () => import('./commands/cherry-pick.ts'),
  },
  revert: { summary: 'Undo the changes introduced in a commit.', load: () => import('./commands/revert.ts') },
  reflog: { summary: 'Show history of named refs.', load: () => import('./commands/reflog.ts') },
  'query-diff': {
    summary: 'Shows table diff between two queries.',
    load: () => import('./commands/query-diff.ts'),
  },
  rebase: {
    summary: 'Reapplies commits on top of another base tip',
    load: () => import('./commands/rebase.ts'),
  },
  branch: { summary: 'Create, list, edit, delete branches.', load: () => import('./commands/branch.ts') },
  checkout: {
    summary: 'Checkout a branch or overwrite a table from HEAD.',
    load: () => import('./commands/checkout.ts'),
  },
  merge: { summary: 'Merge a branch.', load: () => import('./commands/merge.ts') },
  'merge-base': {
    summary: 'Find the common ancestor of two commits.',
    load: () => import('./commands/merge-base.ts'),
  },
  clone: { summary: 'Clone from a remote data repository.', load: () => import('./commands/clone.ts') },
  'read-tables': {
    summary: 'Fetch table(s) at a specific commit into a new dolt repo',
    load: () => import('./commands/read-tables.ts'),
  },
  fetch: { summary: 'Update the database from a remote data repository.', load: () => import('./commands/fetch.ts') },
  pull: { summary: 'Fetch from a dolt remote data repository and merge.', load: () => import('./commands/pull.ts') },
  push: { summary: 'Push to a dolt remote.', load: () => import('./commands/push.ts') },
  config: { summary: 'Dolt configuration.', load: () => import('./commands/config.ts') },
  profile: {
    summary: 'Manage dolt profiles for CLI global options.',
    load: () => import('./commands/profile.ts'),
  },
  remote: { summary: 'Manage set of tracked repositories.', load: () => import('./commands/remote.ts') },
  login: { summary: 'Login to a dolt remote host.', load: () => import('./commands/login.ts') },
  creds: { summary: 'Commands for managing credentials.', load: () => import('./commands/creds.ts') },
  backup: { summary: 'Manage a set of server backups.', load: () => import('./commands/backup.ts') },
  tag: { summary: 'Create, list, delete tags.', load: () => import('./commands/tag.ts') },
  stash: {
    summary: 'Stash the changes in a dirty workspace away.',
    load: () => import('./commands/stash.ts'),
  },
  docs: { summary: 'Commands for working with Dolt documents.', load: () => import('./commands/docs.ts') },
  gc: { summary: 'Cleans up unreferenced data from the repository.', load: () => import('./commands/gc.ts') },
  dump: { summary: 'Export all tables.', load: () => import('./commands/dump.ts') },
  rm: { summary: 'Drops a table and removes it from tracking', load: () => import('./commands/rm.ts') },
  schema: { summary: 'Show and export the schemas of tables.', load: () => import('./commands/schema.ts') },
  table: { summary: 'Import, export, copy, rename and delete tables.', load: () => import('./commands/table.ts') },
  version: { summary: 'Displays the version.', load: () => import('./commands/version.ts') },
};
