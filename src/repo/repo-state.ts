/**
 * `repo_state.json`: the branch the folder is on, remotes, backups and upstreams, laid out as Dolt does (FORMAT.md §7).
 * Reading gives a plain value; writing replaces the file atomically.
 */
import type { Disk } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { readText, replaceFile } from './atomic-file.ts';

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

/** A remote with the fetch specs that `remote add` gives it. */
export function newRemote(name: string, url: string, params: Readonly<Record<string, string>> = {}): Remote {
  return { name, url, fetchSpecs: [`refs/heads/*:refs/remotes/${name}/*`], params };
}

export function initialRepoState(branchRef: string): RepoState {
  return { head: branchRef, remotes: new Map(), backups: new Map(), branches: new Map() };
}

export const repoStatePath = (doltDirectory: string): string => `${doltDirectory}/repo_state.json`;

const REMEDY = 'restore it from a backup, or write {"head":"refs/heads/main"} into it and add the remotes again';

/** What V8 says about JSON quotes some of it. */
const oneLine = (text: string): string => text.replace(/\s+/g, ' ');

/** Every transaction reads the file, and it is nearly always as before. */
let lastRead: { readonly text: string; readonly state: RepoState } | undefined;

export function readRepoState(disk: Disk, doltDirectory: string): RepoState {
  const path = repoStatePath(doltDirectory);
  const text = readText(disk, path);
  if (text === undefined) throw new DoltError('corrupt', `${path} is missing; ${REMEDY}`);
  try {
    if (lastRead?.text !== text) lastRead = { text, state: parseRepoState(text) };
    return lastRead.state;
  } catch (cause) {
    throw new DoltError('corrupt', `${path} is damaged: ${oneLine((cause as Error).message)}; ${REMEDY}`, { cause });
  }
}

export function writeRepoState(disk: Disk, doltDirectory: string, state: RepoState): void {
  replaceFile(disk, 'repo-state', repoStatePath(doltDirectory), repoStateText(state));
}

interface StoredRemote {
  name?: unknown;
  url?: unknown;
  fetch_specs?: unknown;
  params?: unknown;
}

function parseRepoState(text: string): RepoState {
  const stored = JSON.parse(text) as {
    head?: unknown;
    remotes?: Record<string, StoredRemote> | null;
    backups?: Record<string, StoredRemote> | null;
    branches?: Record<string, { head?: unknown; remote?: unknown }> | null;
  };
  if (typeof stored.head !== 'string') throw new TypeError('it names no head');
  const upstreams = Object.entries(stored.branches ?? {});
  return {
    head: stored.head,
    remotes: remotesOf(stored.remotes),
    backups: remotesOf(stored.backups),
    branches: new Map(
      upstreams.map(([branch, { head, remote }]) => [branch, { head: String(head), remote: String(remote) }]),
    ),
  };
}

function remotesOf(stored: Record<string, StoredRemote> | null | undefined): ReadonlyMap<string, Remote> {
  const remotes = new Map<string, Remote>();
  for (const [key, remote] of Object.entries(stored ?? {})) {
    if (typeof remote.url !== 'string') throw new TypeError(`remote '${key}' has no url`);
    remotes.set(key, {
      name: typeof remote.name === 'string' ? remote.name : key,
      url: remote.url,
      fetchSpecs: Array.isArray(remote.fetch_specs) ? remote.fetch_specs.map(String) : newRemote(key, '').fetchSpecs,
      params: Object.fromEntries(Object.entries(remote.params ?? {}).map(([name, value]) => [name, String(value)])),
    });
  }
  return remotes;
}

/** Go's MarshalIndent: keys of maps sorted, `<`, `>` and `&` escaped, no newline at the end. */
function repoStateText(state: RepoState): string {
  const remote = ({ name, url, fetchSpecs, params }: Remote) => ({
    name,
    url,
    fetch_specs: fetchSpecs,
    params: sortedRecord(Object.entries(params), (value) => value),
  });
  const content = {
    head: state.head,
    remotes: sortedRecord(state.remotes, remote),
    backups: sortedRecord(state.backups, remote),
    branches: sortedRecord(state.branches, ({ head, remote }) => ({ head, remote })),
  };
  return JSON.stringify(content, undefined, 2).replace(/[<>&\u2028\u2029]/g, (c) => {
    return `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function sortedRecord<T, S>(entries: Iterable<readonly [string, T]>, stored: (value: T) => S): Record<string, S> {
  const sorted = [...entries].sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  return Object.fromEntries(sorted.map(([key, value]) => [key, stored(value)]));
}
