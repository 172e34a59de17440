/** `backup`: lists, adds and removes backups, and brings one up to date. Restoring one makes a repository: restore.ts. */
import { DoltError } from '../base/errors.ts';
import { syncBackup } from '../remote/backup.ts';
import { askingAs, openRemote, paramsOfUser } from '../remote/open-remote.ts';
import type { Pruned, RemoteStore } from '../remote/remote-store.ts';
import { isValidRemoteName } from '../repo/ref-names.ts';
import { absoluteRemoteUrl, BACKUP_HOST_KEY } from '../repo/remote-url.ts';
import { newRemote, type Remote } from '../repo/repo-state.ts';
import { type Steps, waitFor } from '../repo/steps.ts';
import { backupNamed, withBackup, withoutBackup } from '../repo/upstream.ts';
import { type ParsedArguments, parseArguments, UsageError } from './arguments.ts';
import { durationOf } from './duration.ts';
import { transferFlags, transferProgress } from './fetch.ts';
import type { Verb } from './verb.ts';
import type { Workspace } from './workspace.ts';

const PRUNE = 'prune-with-grace-period';
/** As in the original: longer than what a writer may do between two files. */
const LEAST_GRACE_MS = 600_000;

export type BackupResult =
  | { readonly kind: 'list'; readonly backups: readonly Remote[]; readonly verbose: boolean }
  | { readonly kind: 'done' }
  | { readonly kind: 'pruned'; readonly url: string; readonly grace: string; readonly pruned: Pruned };

export const backup: Verb<BackupResult> = {
  name: 'backup',
  summary: 'Manage a set of server backups.',
  synopsis: [
    '[-v | --verbose]',
    'add <name> <url>',
    'remove <name>',
    'restore [--force] <url> <name>',
    'sync [--prune-with-grace-period <duration>] <name>',
    'sync-url [--prune-with-grace-period <duration>] <url>',
  ],
  positional: [
    ['name', 'The name of the backup; restoring, that of the folder to make.'],
    ['url', 'Where it is: file:///path, http(s)://host/owner/database, or owner/database on backups.default_host.'],
  ],
  flags: [
    { name: 'verbose', short: 'v', help: 'When printing the list of backups adds additional details.' },
    { name: 'force', short: 'f', help: 'When restoring a backup, overwrite the database of the same name.' },
    {
      name: PRUNE,
      value: 'duration',
      help: 'With sync and sync-url, to a folder (file://): removes first what killed syncs have left there that long ago (1h, 30m), at least 10m. Nothing is removed where any file of the folder is younger. A day after it was written it goes with any sync.',
    },
    ...transferFlags,
  ],
  *run(workspace, args) {
    const parsed = parseArguments(backup, args);
    const [action, first, second, ...more] = parsed.positional;
    const { repository } = workspace;
    assertPrunes(parsed, action);
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
        return yield* sync(workspace, backupNamed(repository.state(), name), parsed);
      case 'sync-url':
        return yield* sync(workspace, newRemote(name, absolute(name)), parsed);
      default:
        repository.updateState((state) => withoutBackup(state, name));
    }
    return { kind: 'done' };
  },
};

function* sync(workspace: Workspace, to: Remote, parsed: ParsedArguments): Steps<BackupResult> {
  const { repository } = workspace;
  const grace = parsed.value(PRUNE);
  const graceMs = grace === undefined ? undefined : graceOf(grace);
  const asking = askingAs(repository, to, parsed.value('user'));
  const store = openRemote(repository.environment, to.url, { create: true, ...asking });
  try {
    const pruned = graceMs === undefined ? undefined : pruneFirst(workspace, store, graceMs);
    yield* waitFor(syncBackup(repository, store, transferProgress(workspace, 'Uploaded', parsed)));
    return pruned ? { kind: 'pruned', url: to.url, grace: grace!, pruned } : { kind: 'done' };
  } finally {
    store.close();
  }
}

/** What cannot be pruned is synced all the same. */
function pruneFirst(workspace: Workspace, store: RemoteStore, graceMs: number): Pruned | undefined {
  try {
    if (store.prune) return store.prune(graceMs);
    workspace.warn(`--${PRUNE} is not supported for ${store.url}; only file:// backups can be pruned`);
  } catch (error) {
    if (!(error instanceof DoltError)) throw error;
    workspace.warn(`${store.url} could not be pruned: ${error.message}`);
  }
  return undefined;
}

/** Throws `UsageError` where the flag of pruning was given to what does not. */
export function assertPrunes(parsed: ParsedArguments, action: string | undefined): void {
  if (!parsed.has(PRUNE) || action === undefined || action === 'sync' || action === 'sync-url') return;
  throw new UsageError(`--${PRUNE} is only supported with 'sync' and 'sync-url'`);
}

/** Milliseconds. Throws `UsageError`. */
function graceOf(text: string): number {
  const ms = durationOf(text);
  if (ms === undefined) throw new UsageError(`invalid value for --${PRUNE}: time: invalid duration "${text}"`);
  if (ms < LEAST_GRACE_MS) throw new UsageError(`--${PRUNE} must be at least 10m0s, got ${text}`);
  return ms;
}
