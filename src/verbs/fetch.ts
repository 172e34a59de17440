/** `fetch`: brings a remote's commits here and moves its tracking refs; branches stay where they are. */

import { DoltError } from '../base/errors.ts';
import { type FetchResult, fetchFrom } from '../remote/fetch.ts';
import { askingAs, openRemote } from '../remote/open-remote.ts';
import type { Deepening } from '../remote/shallow.ts';
import type { ReportProgress } from '../remote/transfer.ts';
import { type RefName, TAGS } from '../repo/refs.ts';
import { shownUrl } from '../repo/remote-url.ts';
import type { Remote } from '../repo/repo-state.ts';
import type { Repository } from '../repo/repository.ts';
import { waitFor } from '../repo/steps.ts';
import { defaultRemote } from '../repo/upstream.ts';
import { generationsOf, type ParsedArguments, parseArguments, UsageError } from './arguments.ts';
import type { Flag, Verb } from './verb.ts';
import type { Workspace } from './workspace.ts';

export interface FetchVerbResult extends FetchResult {
  readonly remote: Remote;
}

export const userFlag: Flag = {
  name: 'user',
  value: 'user',
  help: 'User name to use when authenticating with the remote. Gets password from the environment variable DOLT_REMOTE_PASSWORD.',
};
/** The flags of everything that talks to a remote. */
export const transferFlags: readonly Flag[] = [userFlag, { name: 'silent', help: 'Suppress progress information.' }];

export const fetch: Verb<FetchVerbResult> = {
  name: 'fetch',
  summary: 'Update the database from a remote data repository.',
  synopsis: ['[<remote>] [<refspec> ...]'],
  positional: [
    ['remote', 'The remote to fetch from; origin, or the only one, when left out.'],
    ['refspec', 'What to fetch, such as a branch; all branches when left out.'],
  ],
  flags: [
    {
      name: 'prune',
      short: 'p',
      help: "After fetching, remove any remote-tracking references that don't exist on the remote.",
    },
    {
      name: 'depth',
      value: 'depth',
      help: 'In a shallow clone: make the history of each branch at least so many commits long.',
    },
    {
      name: 'deepen',
      value: 'depth',
      help: 'In a shallow clone: make the history so many commits longer than it is.',
    },
    { name: 'unshallow', help: 'In a shallow clone: fetch all of the history, which makes it a complete one.' },
    ...transferFlags,
  ],
  *run(workspace, args) {
    const parsed = parseArguments(fetch, args);
    const [name, ...refSpecs] = parsed.positional;
    const remote = remoteToFetch(workspace, name);
    const { repository } = workspace;
    const store = openRemote(repository.environment, remote.url, askingAs(repository, remote, parsed.value('user')));
    try {
      const options = {
        refSpecs,
        prune: parsed.has('prune'),
        force: true,
        deepening: deepeningOf(repository, parsed),
        progress: transferProgress(workspace, 'Downloaded', parsed),
      };
      const result = yield* waitFor(fetchFrom(repository, store, remote, options));
      reportKeptTags(workspace, remote, result);
      return { ...result, remote };
    } finally {
      store.close();
    }
  },
};

/** Throws `UsageError` and `invalid`, with Git's words. A complete history stays as it is. */
function deepeningOf({ chunks }: Repository, parsed: ParsedArguments): Deepening | undefined {
  const given = ['depth', 'deepen', 'unshallow'].filter((name) => parsed.has(name));
  if (given.length > 1) throw new UsageError(`error: --${given[0]} and --${given[1]} cannot be used together`);
  const [flag] = given;
  if (flag === undefined) return undefined;
  const generations = flag === 'unshallow' ? undefined : generationsOf(parsed, flag);
  if (generations !== undefined) {
    return chunks.isShallow ? { from: flag === 'depth' ? 'tips' : 'end', generations } : undefined;
  }
  if (chunks.isShallow) return 'all';
  throw new DoltError('invalid', 'fatal: --unshallow on a complete repository does not make sense');
}

/** Tags that the remote has otherwise: a warning, and `conflict` for those that a refspec asked for. */
export function reportKeptTags(workspace: Workspace, { name, url }: Remote, { kept }: FetchResult): void {
  for (const { localRef, isAskedFor } of kept) {
    if (isAskedFor) continue;
    const tag = localRef.slice(TAGS.length);
    workspace.warn(
      `tag '${tag}' is another on remote '${name}' and was kept as it is here; 'dolt fetch ${name} +${localRef}' replaces it`,
    );
  }
  const refused = kept.filter(({ isAskedFor }) => isAskedFor);
  if (refused.length === 0) return;
  const short = (ref: RefName): string => ref.slice(TAGS.length);
  const lines = refused.map(({ remoteRef, localRef }) => {
    return ` ! [rejected]            ${short(remoteRef)} -> ${short(localRef)} (would clobber existing tag)`;
  });
  throw new DoltError(
    'conflict',
    `From ${shownUrl(url)}\n${lines.join('\n')}\nhint: a + before the refspec replaces the tag that is here`,
  );
}

/** Throws `notFound`, with Dolt's words. */
export function remoteToFetch(workspace: Workspace, name: string | undefined): Remote {
  const state = workspace.repository.state();
  if (state.remotes.size === 0) throw new DoltError('notFound', 'no remote');
  const remote = name === undefined ? defaultRemote(state) : state.remotes.get(name);
  if (remote) return remote;
  throw new DoltError(
    'notFound',
    `unknown remote; '${name ?? 'origin'}' does not appear to be a dolt database. could not read from the remote database. please make sure you have the correct access rights and the database exists`,
  );
}

/** Tells a workspace how far a transfer is, unless `--silent`. */
export function transferProgress(
  workspace: Workspace,
  verb: 'Downloaded' | 'Uploaded',
  parsed: ParsedArguments,
): ReportProgress | undefined {
  if (parsed.has('silent')) return undefined;
  return ({ chunksDone, chunksFound, bytes }) => {
    if (chunksFound === 0) return;
    workspace.progress(`${verb} ${chunksDone} of ${chunksFound} chunks, ${(bytes / 1e6).toFixed(1)} MB.`);
  };
}
