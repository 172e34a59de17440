/**
 * Checks the files of `.dolt` that people and programs edit: `repo_state.json` and the local configuration. What they
 * say must be readable, known, and agree with the refs.
 */
import type { Disk } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { readText } from './atomic-file.ts';
import { Config } from './config.ts';
import type { IntegrityProblem } from './integrity.ts';
import { isValidRemoteName } from './ref-names.ts';
import { HEADS, type Refs } from './refs.ts';
import { type Remote, readRepoState, repoStatePath } from './repo-state.ts';

/** Beside what is written today, keys of older versions, which mean nothing any more. */
const STATE_KEYS = new Set(['head', 'remotes', 'backups', 'branches', 'staged', 'working', 'merge']);
const REMOTE_KEYS = new Set(['name', 'url', 'fetch_specs', 'params']);
const UPSTREAM_KEYS = new Set(['head', 'remote']);

/** `refs`: undefined where they cannot be read. */
export function* checkRepoState(
  disk: Disk,
  doltDirectory: string,
  refs: Refs | undefined,
): Generator<IntegrityProblem, void> {
  const place = repoStatePath(doltDirectory);
  const problem = (message: string): IntegrityProblem => ({ place, message });
  try {
    const { head, remotes, backups, branches } = readRepoState(disk, doltDirectory);
    if (!head.startsWith(HEADS)) yield problem(`its head '${head}' is not a branch`);
    else if (refs && refs.get(head) === undefined)
      yield problem(`its head '${head}' does not exist; name a branch of "dolt branch"`);
    for (const [name, remote] of [...remotes, ...backups])
      for (const fault of remoteFaults(name, remote)) yield problem(fault);
    for (const [branch, upstream] of branches) {
      if (!upstream.head.startsWith(HEADS))
        yield problem(`branch '${branch}' follows '${upstream.head}', which is not a branch`);
      if (upstream.remote !== '' && !remotes.has(upstream.remote))
        yield problem(`branch '${branch}' follows the remote '${upstream.remote}', which is not there`);
    }
    for (const key of unknownKeys(readText(disk, place) ?? '')) yield problem(`it has the unknown key '${key}'`);
  } catch (error) {
    yield problem(messageOf(error));
  }
}

export function* checkConfig(disk: Disk, doltDirectory: string): Generator<IntegrityProblem, void> {
  try {
    new Config(disk, doltDirectory, undefined).entries('local');
  } catch (error) {
    yield { place: `${doltDirectory}/config`, message: messageOf(error) };
  }
}

function* remoteFaults(name: string, { url, fetchSpecs, name: stored }: Remote): Generator<string, void> {
  if (stored !== name || !isValidRemoteName(name)) yield `remote '${name}' has the name '${stored}'`;
  if (!/^[a-z][a-z0-9+.-]*:\/\/./i.test(url)) yield `remote '${name}' has the url '${url}'; set it anew`;
  for (const spec of fetchSpecs) {
    if (!/^\+?refs\/[^:]+:refs\/[^:]+$/.test(spec)) yield `remote '${name}' has the fetch spec '${spec}'`;
  }
}

function unknownKeys(text: string): string[] {
  const state = JSON.parse(text) as Record<string, Record<string, object> | null>;
  const unknown = Object.keys(state).filter((key) => !STATE_KEYS.has(key));
  for (const [part, keys] of [
    ['remotes', REMOTE_KEYS],
    ['backups', REMOTE_KEYS],
    ['branches', UPSTREAM_KEYS],
  ] as const) {
    for (const [name, fields] of Object.entries(state[part] ?? {})) {
      for (const key of Object.keys(fields)) if (!keys.has(key)) unknown.push(`${part}.${name}.${key}`);
    }
  }
  return unknown;
}

function messageOf(error: unknown): string {
  if (error instanceof DoltError) return error.message;
  throw error;
}
