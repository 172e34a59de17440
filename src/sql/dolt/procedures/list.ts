/** Every procedure by what follows `dolt_`, loaded when called. One file each; a test compares this list with the folder. */
import type { Procedure } from './procedure.ts';

const part = async (module: Promise<{ readonly procedure: Procedure }>): Promise<Procedure> => (await module).procedure;

export const procedures: Readonly<Record<string, () => Promise<Procedure>>> = {
  add: () => part(import('./add.ts')),
  backup: () => part(import('./backup.ts')),
  branch: () => part(import('./branch.ts')),
  checkout: () => part(import('./checkout.ts')),
  cherry_pick: () => part(import('./cherry-pick.ts')),
  clean: () => part(import('./clean.ts')),
  clone: () => part(import('./clone.ts')),
  command_line: () => part(import('./command-line.ts')),
  commit: () => part(import('./commit.ts')),
  commit_hash_out: () => part(import('./commit-hash-out.ts')),
  conflicts_resolve: () => part(import('./conflicts-resolve.ts')),
  count_commits: () => part(import('./count-commits.ts')),
  demote: () => part(import('./demote.ts')),
  fetch: () => part(import('./fetch.ts')),
  gc: () => part(import('./gc.ts')),
  merge: () => part(import('./merge.ts')),
  promote: () => part(import('./promote.ts')),
  pull: () => part(import('./pull.ts')),
  purge_dropped_databases: () => part(import('./purge-dropped-databases.ts')),
  push: () => part(import('./push.ts')),
  rebase: () => part(import('./rebase.ts')),
  remote: () => part(import('./remote.ts')),
  reset: () => part(import('./reset.ts')),
  revert: () => part(import('./revert.ts')),
  rm: () => part(import('./rm.ts')),
  squash_history: () => part(import('./squash-history.ts')),
  stash: () => part(import('./stash.ts')),
  tag: () => part(import('./tag.ts')),
  undrop: () => part(import('./undrop.ts')),
  update_column_tag: () => part(import('./update-column-tag.ts')),
  verify_constraints: () => part(import('./verify-constraints.ts')),
};
