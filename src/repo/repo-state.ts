/**
 * `repo_state.json`: the branch the folder is on, remotes, backups and upstreams, as Dolt lays it out (FORMAT.md §7).
 * Reading gives a plain value; writing replaces the file atomically.
 */
import type { Disk } from '../base/disk.ts';
import { AssertionError } from '../base/errors.ts';

export interface Remote {
  readonly name: string;
  readonly url: string;
  readonly fetchSpecs: readonly string[];
  readonly params: Readonly<Record<string, string>>;
}

export interface BranchUpstream {
  /** Full name of the remote's ref, such as `refs/heads/main`. */
  readonly head: string;
  readonly remote: string;
}

export interface RepoState {
  /** Full ref of the current branch, such as `refs/heads/main`. */
  readonly head: string;
  readonly remotes: ReadonlyMap<string, Remote>;
  readonly backups: ReadonlyMap<string, Remote>;
  /** Upstreams by branch name. */
  readonly branches: ReadonlyMap<string, BranchUpstream>;
}

export function readRepoState(_disk: Disk, _doltDirectory: string): RepoState {
  throw new AssertionError('not built');
}

export function writeRepoState(_disk: Disk, _doltDirectory: string, _state: RepoState): void {
  throw new AssertionError('not built');
}
