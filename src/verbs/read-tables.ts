/** `read-tables`: tables of a remote as a commit has them, in a repository of their own. */

import { EMPTY_ADDRESS } from '../base/address.ts';
import { DoltError } from '../base/errors.ts';
import { withCommas } from '../base/with-commas.ts';
import { defaultBranchOf } from '../remote/clone.ts';
import { openRemote } from '../remote/open-remote.ts';
import { readTablesInto } from '../remote/read-tables.ts';
import { readRemoteRefs } from '../remote/remote-refs.ts';
import { Config } from '../repo/config.ts';
import { cleanPath, clonedUrl, DEFAULT_HOST_KEY, shownUrl } from '../repo/remote-url.ts';
import { waitFor } from '../repo/steps.ts';
import { parseArguments, UsageError } from './arguments.ts';
import { folderNameOf } from './clone.ts';
import { userFlag } from './fetch.ts';
import type { FolderVerb } from './folder-verb.ts';
import { identityIn } from './init.ts';

export interface ReadTablesResult {
  readonly tables: readonly string[];
}

export const readTables: FolderVerb<ReadTablesResult> = {
  name: 'read-tables',
  summary: 'Fetch table(s) at a specific commit into a new dolt repo',
  synopsis: ['[--dir <directory>] <remote-url> <commit> [<table>...]'],
  positional: [
    ['remote-url', 'Remote repository to retrieve data from'],
    ['commit', 'Branch, tag or commit hash representing a point in time to retrieve tables from'],
    ['table', 'Optional tables to retrieve. If omitted, all tables are retrieved.'],
  ],
  flags: [
    {
      name: 'dir',
      short: 'd',
      value: 'directory',
      help: 'Directory to create and put retrieved table data.',
    },
    userFlag,
  ],
  *run({ environment, directory, announcer }, args) {
    const parsed = parseArguments(readTables, args);
    const [given, commit, ...tables] = parsed.positional;
    if (given === undefined || commit === undefined) throw new UsageError('Missing required arguments');
    const stored = new Config(environment.disk, undefined, environment.homeDirectory);
    const url = clonedUrl(given, directory, stored.get(DEFAULT_HOST_KEY));
    const into = parsed.value('dir') ?? folderNameOf(url);
    if (into === '') throw new UsageError('parameter dir has an invalid value of ""');
    const identity = identityIn(stored);
    announcer.warn(`cloning ${shownUrl(url)}`);
    const store = openRemote(environment, url, { user: parsed.value('user') });
    try {
      const refs = yield* waitFor(readRemoteRefs(store));
      if (refs.root === EMPTY_ADDRESS) {
        throw new DoltError('notFound', `Failed to find commit '${commit}': the remote contains no Dolt data`);
      }
      const target = cleanPath(into.startsWith('/') ? into : `${directory}/${into}`);
      const names = yield* waitFor(
        readTablesInto(environment, store, refs, target, {
          ...identity,
          initialBranch: defaultBranchOf(refs, stored.get('init.defaultbranch')) ?? 'main',
          commit,
          tables: tables.length > 0 ? tables : undefined,
          progress:
            (table) =>
            ({ chunksDone, bytes }) =>
              announcer.progress(`${table}: downloaded ${withCommas(chunksDone)} chunks, ${withCommas(bytes)} bytes`),
        }),
      );
      return { tables: names };
    } finally {
      store.close();
    }
  },
};
