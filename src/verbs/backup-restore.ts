/** `backup restore`: makes a repository of a backup, in a folder of its own. */
import { DoltError } from '../base/errors.ts';
import { restoreBackup } from '../remote/backup.ts';
import { isUnfinishedClone } from '../remote/clone-folder.ts';
import { openRemote } from '../remote/open-remote.ts';
import { Config } from '../repo/config.ts';
import { absoluteRemoteUrl, BACKUP_HOST_KEY, cleanPath } from '../repo/remote-url.ts';
import { Repository } from '../repo/repository.ts';
import { waitFor } from '../repo/steps.ts';
import { parseArguments, UsageError } from './arguments.ts';
import { assertPrunes, backup } from './backup.ts';
import { cloneProgress } from './clone.ts';
import type { FolderVerb } from './folder-verb.ts';

export const backupRestore: FolderVerb<void> = {
  ...backup,
  *run({ environment, directory, announcer }, args) {
    const { url, name, force, user } = restoreArguments(args);
    const { disk } = environment;
    const stored = new Config(disk, undefined, environment.homeDirectory);
    const from = absoluteRemoteUrl(url, directory, stored.get(BACKUP_HOST_KEY));
    const target = name.startsWith('/') ? cleanPath(name) : cleanPath(`${directory}/${name}`);
    if (Repository.isRepository(disk, target) && !force && !isUnfinishedClone(disk, target))
      throw databaseIsThere(name);
    const store = openRemote(environment, from, { user });
    try {
      yield* waitFor(
        restoreBackup(environment, store, target, {
          replacing: force ? () => {} : undefined,
          progress: (progress) => announcer.progress(cloneProgress(progress)),
        }),
      );
    } finally {
      store.close();
    }
  },
};

export interface RestoreArguments {
  readonly url: string;
  readonly name: string;
  readonly force: boolean;
  readonly user: string | undefined;
}

/** Of `restore [--force] <url> <name>`. Throws `UsageError`. */
export function restoreArguments(args: readonly string[]): RestoreArguments {
  const parsed = parseArguments(backup, args);
  const [action, url, name, ...more] = parsed.positional;
  assertPrunes(parsed, action);
  if (url === undefined || name === undefined || more.length > 0) {
    throw new UsageError('error: dolt backup restore takes a url and a name');
  }
  return { url, name, force: parsed.has('force'), user: parsed.value('user') };
}

export const databaseIsThere = (name: string): DoltError =>
  new DoltError('conflict', `database '${name}' already exists, use '--force' to overwrite`);
