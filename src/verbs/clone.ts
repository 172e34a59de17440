/** `clone`: makes a repository of a remote in a folder of its own. */
import { DoltError } from '../base/errors.ts';
import { withCommas } from '../base/with-commas.ts';
import { type CloneProgress, cloneInto } from '../remote/clone.ts';
import { openRemote, paramsOfUser } from '../remote/open-remote.ts';
import { Config } from '../repo/config.ts';
import { isValidRemoteName } from '../repo/ref-names.ts';
import { cleanPath, clonedUrl, DEFAULT_HOST_KEY, shownUrl } from '../repo/remote-url.ts';
import { waitFor } from '../repo/steps.ts';
import { generationsOf, parseArguments, UsageError } from './arguments.ts';
import { userFlag } from './fetch.ts';
import type { FolderVerb } from './folder-verb.ts';

export interface CloneResult {
  /** Absolute. */
  readonly directory: string;
  readonly url: string;
  readonly branch: string;
}

export const clone: FolderVerb<CloneResult> = {
  name: 'clone',
  summary: 'Clone from a remote data repository.',
  synopsis: ['[-remote <remote>] [-branch <branch>] <remote-url> <new-dir>'],
  positional: [
    [
      'remote-url',
      'Where to clone from: file:///path, http(s)://host/owner/database, or owner/database on remotes.default_host.',
    ],
    ['new-dir', "The folder to make; named after the url's last part when left out."],
  ],
  maxPositional: 2,
  flags: [
    {
      name: 'remote',
      value: 'name',
      help: "Name of the remote to be added to the cloned database. The default is 'origin'.",
    },
    {
      name: 'branch',
      short: 'b',
      value: 'branch',
      help: 'The branch to be cloned. If not specified all branches will be cloned.',
    },
    {
      name: 'depth',
      value: 'depth',
      help: 'Clone a single branch and limit history to the given commit depth.',
    },
    {
      name: 'single-branch',
      help: "Clone only the history leading to the tip of a single branch, either specified by --branch or the remote's HEAD (default).",
    },
    { ...userFlag, short: 'u' },
  ],
  *run({ environment, directory, announcer }, args) {
    const parsed = parseArguments(clone, args);
    const [given, into] = parsed.positional;
    if (given === undefined) throw new UsageError('error: invalid number of arguments: a remote url is needed');
    const depth = generationsOf(parsed, 'depth');
    const stored = new Config(environment.disk, undefined, environment.homeDirectory);
    const url = clonedUrl(given, directory, stored.get(DEFAULT_HOST_KEY));
    const remoteName = parsed.value('remote') ?? 'origin';
    if (!isValidRemoteName(remoteName)) throw new DoltError('invalid', `error: invalid remote name: ${remoteName}`);
    const target = cleanPath(`${directory}/${into ?? folderNameOf(url)}`);
    announcer.warn(`cloning ${shownUrl(url)}`);
    const user = parsed.value('user');
    const store = openRemote(environment, url, { user });
    try {
      const repository = yield* waitFor(
        cloneInto(environment, store, url, into?.startsWith('/') ? cleanPath(into) : target, {
          branch: parsed.value('branch'),
          remoteName,
          singleBranch: parsed.has('single-branch'),
          depth,
          params: paramsOfUser(user),
          defaultBranch: stored.get('init.defaultbranch'),
          progress: (progress) => announcer.progress(cloneProgress(progress)),
        }),
      );
      try {
        const branch = repository.state().head.replace(/^refs\/heads\//, '');
        return { directory: repository.directory, url, branch };
      } finally {
        repository.close();
      }
    } finally {
      store.close();
    }
  },
};

/** Dolt's words for how far a clone is. */
export function cloneProgress({ chunksDone, chunksTotal, chunksDownloading }: CloneProgress): string {
  const [done, total, now] = [chunksDone, chunksTotal, chunksDownloading].map(withCommas);
  return `${done} of ${total} chunks complete. ${now} chunks being downloaded currently.`;
}

/** What the folder of a clone is called, unless it is said. Throws `UsageError`. */
export function folderNameOf(url: string): string {
  const name = url
    .replace(/^[a-z][a-z0-9+.-]*:\/\//i, '')
    .split('/')
    .filter(Boolean)
    .at(-1);
  if (name) return name;
  throw new UsageError('Could not infer repo name.  Please explicitly define a directory for this url');
}
