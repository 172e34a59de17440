/** `backup`: lists, adds and removes backups, and brings one up to date. Restoring one makes a repository: restore.ts. */
import { DoltError } from '../base/errors.ts';
import { syncBackup } from '../remote/backup.ts';
import { askingAs, openRemote, paramsOfUser } from '../remote/open-remote.ts';
import { isValidRemoteName } from '../repo/ref-names.ts';
import { absoluteRemoteUrl, BACKUP_HOST_KEY } from '../repo/remote-url.ts';
import { newRemote, type Remote } from '../repo/repo-state.ts';
import { type Steps, waitFor } from '../repo/steps.ts';
import { backupNamed, withBackup, withoutBackup } from '../repo/upstream.ts';
import { type ParsedArguments, parseArguments, UsageError } from './arguments.ts';
import { transferFlags, transferProgress } from './fetch.ts';
import type { Verb } from './verb.ts';
import type { Workspace } from './workspace.ts';

export type BackupResult =
  | { readonly kind: 'list'; readonly backups: readonly Remote[]; readonly verbose: boolean }
  | { readonly kind: 'done' };

export const backup: Verb<BackupResult> = {
  name: 'backup',
  summary: 'Manage a set of server backups.',
  synopsis: [
    '[-v | --verbose]',
    'add <name> <url>',
    'remove <name>',
    'restore [--force] <url> <name>',
    'sync <name>',
    'sync-url <url>',
  ],
  positional: [
    ['name', 'The name of the backup; restoring, that of the folder to make.'],
    ['url', 'Where it is: file:///path, http(s)://host/owner/database, or owner/database on backups.default_host.'],
  ],
  flags: [
    { name: 'verbose', short: 'v', help: 'When printing the list of backups adds additional details.' },
    { name: 'force', short: 'f', help: 'When restoring a backup, overwrite the database of the same name.' },
    ...transferFlags,
  ],
  *run(workspace, args) {
    const parsed = parseArguments(backup, args);
    const [action, first, second, ...more] = parsed.positional;
    const { repository } = workspace;
    if (action === undefined) {
      if (workspace.isSession) throw new UsageError("use 'dolt_backups' table to list backups");
      const backups = [...repository.state().backups.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      return { kind: 'list', backups, verbose: parsed.has('verbose') };
    }
    const counts: Readonly<Record<string, number>> = { add: 2, remove: 1, rm: 1, sync: 1, 'sync-url': 1 };
    const given = [first, second, ...more].filter((each) => each !== undefined);
    if (!Object.hasOwn(counts, action)) throw new UsageError(`unrecognized dolt_backup parameter: ${action}`);
    if (given.length !== counts[action])
      throw new UsageError(`error: dolt backup ${action} takes ${counts[action]} argument(s)`);
    const [name, url] = [first!, second];
    const absolute = (text: string): string =>
      absoluteRemoteUrl(text, repository.directory, repository.config.get(BACKUP_HOST_KEY));
    switch (action) {
      case 'add':
        if (!isValidRemoteName(name)) throw new DoltError('invalid', `error: invalid backup name: ${name}`);
        repository.updateState((state) =>
          withBackup(state, newRemote(name, absolute(url!), paramsOfUser(parsed.value('user')))),
        );
        break;
      case 'sync':
        yield* sync(workspace, backupNamed(repository.state(), name), parsed);
        break;
      case 'sync-url':
        yield* sync(workspace, newRemote(name, absolute(name)), parsed);
        break;
      default:
        repository.updateState((state) => withoutBackup(state, name));
    }
    return { kind: 'done' };
  },
};

function* sync(workspace: Workspace, to: Remote, parsed: ParsedArguments): Steps<void> {
  const { repository } = workspace;
  const asking = askingAs(repository, to, parsed.value('user'));
  const store = openRemote(repository.environment, to.url, { create: true, ...asking });
  try {
    yield* waitFor(syncBackup(repository, store, transferProgress(workspace, 'Uploaded', parsed)));
  } finally {
    store.close();
  }
}
