/** Remotes, backups and upstreams in `repo_state.json`: which remote a branch follows, and adding and removing them. */
import { DoltError } from '../base/errors.ts';
import { branchRef, HEADS, type RefName, trackingRef } from './refs.ts';
import type { BranchUpstream, Remote, RepoState } from './repo-state.ts';

/** `state` with a branch following `remote`'s branch `remoteBranch`. */
export function withUpstream(state: RepoState, branch: string, remote: string, remoteBranch: string): RepoState {
  const upstream: BranchUpstream = { head: branchRef(remoteBranch), remote };
  return { ...state, branches: new Map([...state.branches, [branch, upstream]]) };
}

/**
 * The ref that a branch follows: a tracking ref, or another branch of the repository, whose remote has no name. Undefined
 * when it follows none; a branch whose remote was removed seems to follow itself.
 */
export function upstreamRef(state: RepoState, branch: string): RefName | undefined {
  const upstream = state.branches.get(branch);
  if (!upstream) return undefined;
  const followed = upstream.head.replace(HEADS, '');
  if (upstream.remote === '') return followed === branch ? undefined : branchRef(followed);
  return trackingRef(upstream.remote, followed);
}

/** The remote that is meant when none is named: the only one, or `origin`; undefined when neither is there. */
export function defaultRemote(state: RepoState): Remote | undefined {
  const [first, ...others] = state.remotes.values();
  return others.length === 0 ? first : state.remotes.get('origin');
}

/** A remote by its URL. */
export function remoteAt(state: RepoState, url: string): Remote | undefined {
  return [...state.remotes.values()].find((each) => each.url === url);
}

/** Throws `notFound`. */
export function remoteNamed(state: RepoState, name: string): Remote {
  const remote = state.remotes.get(name);
  if (!remote) throw new DoltError('notFound', `error: unknown remote: '${name}'`);
  return remote;
}

export function withRemote(state: RepoState, remote: Remote): RepoState {
  return { ...state, remotes: new Map([...state.remotes, [remote.name, remote]]) };
}

/** Without a remote; branches that followed it follow nothing. */
export function withoutRemote(state: RepoState, name: string): RepoState {
  const remotes = new Map(state.remotes);
  remotes.delete(name);
  const branches = new Map(
    Array.from(state.branches, ([branch, upstream]) =>
      upstream.remote === name ? [branch, { ...upstream, remote: '' }] : [branch, upstream],
    ),
  );
  return { ...state, remotes, branches };
}

/** Throws `notFound`. */
export function backupNamed(state: RepoState, name: string): Remote {
  const backup = state.backups.get(name);
  if (!backup) throw new DoltError('notFound', `backup '${name}' not found`);
  return backup;
}

/** Throws `conflict`: a name and a URL belong to one backup, and a URL to no remote. */
export function withBackup(state: RepoState, backup: Remote): RepoState {
  if (state.backups.has(backup.name)) throw new DoltError('conflict', `backup '${backup.name}' already exists`);
  const taken = [...state.remotes.values(), ...state.backups.values()].find(({ url }) => url === backup.url);
  if (taken) {
    throw new DoltError('conflict', `address conflict with a remote: '${taken.name}' -> ${taken.url}`);
  }
  return { ...state, backups: new Map([...state.backups, [backup.name, backup]]) };
}

/** Throws `notFound`. */
export function withoutBackup(state: RepoState, name: string): RepoState {
  const backups = new Map(state.backups);
  backups.delete(backupNamed(state, name).name);
  return { ...state, backups };
}

/** `origin/main` split at its first slash; undefined where `text` names no remote of `state`. */
export function parseTracking(state: RepoState, text: string): { remote: string; branch: string } | undefined {
  const [, remote = '', branch = ''] = /^(?:(?:refs\/)?remotes\/)?([^/]+)\/(.+)$/.exec(text) ?? [];
  return state.remotes.has(remote) ? { remote, branch } : undefined;
}
