/** `remote`: lists, adds and removes remotes. Removing one forgets its tracking refs. */
import { DoltError } from '../base/errors.ts';
import { paramsOfUser } from '../remote/open-remote.ts';
import { isValidRemoteName } from '../repo/ref-names.ts';
import { REMOTES, type RefName } from '../repo/refs.ts';
import { absoluteRemoteUrl, DEFAULT_HOST_KEY } from '../repo/remote-url.ts';
import { newRemote, type Remote } from '../repo/repo-state.ts';
import { remoteNamed, withoutRemote, withRemote } from '../repo/upstream.ts';
import { parseArguments, UsageError } from './arguments.ts';
import type { Verb } from './verb.ts';

export type RemoteResult =
  | { readonly kind: 'list'; readonly remotes: readonly Remote[]; readonly verbose: boolean }
  | { readonly kind: 'added' | 'removed'; readonly name: string };

export const remote: Verb<RemoteResult> = {
  name: 'remote',
  summary: 'Manage set of tracked repositories.',
  synopsis: ['[-v | --verbose]', 'add [--user <user>] <name> <url>', 'remove <name>'],
  positional: [
    ['name', 'The name of the remote.'],
    ['url', 'Where it is: file:///path, http(s)://host/owner/database, or owner/database on remotes.default_host.'],
  ],
  flags: [
    { name: 'verbose', short: 'v', help: 'When printing the list of remotes adds additional details.' },
    {
      name: 'user',
      value: 'user',
      help: 'Adding a remote: the user that it is asked as. Gets password from the environment variable DOLT_REMOTE_PASSWORD.',
    },
  ],
  *run(workspace, args) {
    const parsed = parseArguments(remote, args);
    const [action, given = '', url, ...more] = parsed.positional;
    const name = given.trim();
    const { repository } = workspace;
    if (action === undefined) {
      if (workspace.isSession) {
        throw new UsageError("error: invalid argument, use 'dolt_remotes' system table to list remotes");
      }
      const remotes = [...repository.state().remotes.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
      return { kind: 'list', remotes, verbose: parsed.has('verbose') };
    }
    if (action === 'add') {
      if (url === undefined || more.length > 0) throw new UsageError('error: invalid argument');
      const defaultHost = repository.config.get(DEFAULT_HOST_KEY);
      const absolute = absoluteRemoteUrl(url, repository.directory, defaultHost);
      if (!isValidRemoteName(name)) throw new DoltError('invalid', `error: invalid remote name: ${name}`);
      repository.updateState((state) => {
        if (state.remotes.has(name)) {
          throw new DoltError(
            'conflict',
            `error: a remote named '${name}' already exists.\nremove it before running this command again`,
          );
        }
        return withRemote(state, newRemote(name, absolute, paramsOfUser(parsed.value('user'))));
      });
      return { kind: 'added', name };
    }
    if (action === 'remove' || action === 'rm') {
      if (name === '' || url !== undefined) throw new UsageError('error: invalid argument');
      remoteNamed(repository.state(), name);
      const edits = new Map<RefName, undefined>();
      for (const [ref] of workspace.refs().entries(`${REMOTES}${name}/`)) edits.set(ref, undefined);
      if (edits.size > 0) yield* workspace.updateHeads({ refs: [], edits: () => edits }, 'remote remove');
      repository.updateState((state) => withoutRemote(state, name));
      return { kind: 'removed', name };
    }
    throw new UsageError('error: invalid argument');
  },
};
