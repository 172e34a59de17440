/**
 * What a procedure needs on the branch that the session is on, before it does anything, by what follows `dolt_`: what the
 * original asks for. The others change no branch of their own accord, or ask by themselves (dolt_branch, dolt_checkout).
 */
import type { BranchNeed } from '../session/branch-rights.ts';

export const branchNeeds: Readonly<Record<string, BranchNeed>> = {
  add: 'write',
  backup: 'write',
  cherry_pick: 'write',
  clean: 'write',
  commit: 'merge',
  commit_hash_out: 'merge',
  conflicts_resolve: 'conflicts',
  fetch: 'write',
  gc: 'write',
  merge: 'merge',
  pull: 'write',
  push: 'write',
  rebase: 'write',
  remote: 'write',
  reset: 'write',
  revert: 'write',
  rm: 'write',
  squash_history: 'write',
  stash: 'write',
  update_column_tag: 'write',
  verify_constraints: 'write',
};

/** The same of a command over a verb. */
export function commandNeed(verb: string): BranchNeed | undefined {
  const short = VERBS[verb] ?? verb.replace(/[ -]/g, '_');
  return Object.hasOwn(branchNeeds, short) ? branchNeeds[short] : undefined;
}

/** Those that have another name than their procedure, or none. */
const VERBS: Readonly<Record<string, string>> = {
  'constraints verify': 'verify_constraints',
  'schema copy-tags': 'update_column_tag',
  'schema update-tag': 'update_column_tag',
};
