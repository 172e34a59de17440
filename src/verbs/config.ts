/** `config`: reads and sets configuration, of this repository or of the user. */
import { DoltError } from '../base/errors.ts';
import { Config, type ConfigScope } from '../repo/config.ts';
import { DOLT_VARIABLES, VARIABLE_PREFIX } from '../repo/dolt-variables.ts';
import { Repository } from '../repo/repository.ts';
import { parseArguments, UsageError } from './arguments.ts';
import type { FolderVerb } from './folder-verb.ts';
import { nearest } from './nearest.ts';

export type ConfigResult =
  | { readonly kind: 'list'; readonly entries: ReadonlyMap<string, string> }
  /** Undefined: not set, which is no error but exit status 1. */
  | { readonly kind: 'value'; readonly value: string | undefined }
  | { readonly kind: 'updated' };

/** Keys of the command line; all others must be variables of SQL, below `sqlserver.global.`. */
const OPTIONS = [
  'user.email',
  'user.name',
  'user.creds',
  'user.signingkey',
  'core.editor',
  'init.defaultbranch',
  'remotes.default_host',
  'remotes.default_port',
  'backups.default_host',
  'creds.add_url',
  'doltlab.insecure',
  'metrics.disabled',
  'metrics.host',
  'metrics.port',
  'metrics.insecure',
  'push.autosetupremote',
  'branch.autosetupmerge',
  'remotesapi.credential_helper',
  'profile',
  'versioncheck.disabled',
  'sqlserver.host',
];

const OPERATIONS = ['add', 'set', 'list', 'get', 'unset'] as const;

export const config: FolderVerb<ConfigResult> = {
  name: 'config',
  summary: 'Dolt configuration.',
  synopsis: [
    '[--global|--local] --list',
    '[--global|--local] --add <name> <value>',
    '[--global|--local] --set <name> <value>',
    '[--global|--local] --get <name>',
    '[--global|--local] --unset <name>...',
  ],
  positional: [
    ['name', 'A key, such as user.name or sqlserver.global.dolt_replicate_to_remote.'],
    ['value', 'Its value.'],
  ],
  flags: [
    { name: 'global', help: 'Use global config.' },
    { name: 'local', help: 'Use repository local config.' },
    { name: 'add', help: 'Set the value of one or more config parameters' },
    { name: 'set', help: 'Set the value of one or more config parameters' },
    { name: 'list', help: 'List the values of all config parameters.' },
    { name: 'get', help: 'Get the value of one or more config parameters.' },
    { name: 'unset', help: 'Unset the value of one or more config parameters.' },
  ],
  *run({ environment, directory }, args) {
    const parsed = parseArguments(config, args);
    const { positional } = parsed;
    const operations = OPERATIONS.filter((name) => parsed.has(name));
    const [operation, ...others] = operations;
    if (parsed.has('global') && parsed.has('local')) {
      throw new UsageError('Specifying both -local and -global is not valid. Exactly one may be set');
    }
    if (operation === undefined || others.length > 0) {
      throw new UsageError('Exactly one of the -add, -set, -get, -unset, -list flags must be set.');
    }
    const scope: ConfigScope | undefined = parsed.has('global') ? 'global' : parsed.has('local') ? 'local' : undefined;
    const inRepository = Repository.isRepository(environment.disk, directory);
    if (scope === 'local' && !inRepository) {
      throw new DoltError('notFound', 'there is no repository here for local configuration; use --global');
    }
    const doltDirectory = inRepository ? `${directory === '/' ? '' : directory}/.dolt` : undefined;
    const stored = new Config(environment.disk, doltDirectory, environment.homeDirectory);
    switch (operation) {
      case 'list':
        if (positional.length > 0) throw new UsageError('error: wrong number of arguments');
        return { kind: 'list', entries: stored.entries(scope) };
      case 'get':
        if (positional.length !== 1) throw new UsageError('error: wrong number of arguments');
        return { kind: 'value', value: stored.get(positional[0]!, scope) };
      case 'unset':
        if (positional.length === 0) throw new UsageError('error: wrong number of arguments');
        stored.unset(scope ?? 'local', positional);
        return { kind: 'updated' };
      case 'add':
      case 'set': {
        if (positional.length === 0 || positional.length % 2 !== 0) {
          throw new UsageError('error: wrong number of arguments');
        }
        const values = new Map<string, string>();
        for (let i = 0; i < positional.length; i += 2) {
          values.set(assertKnownKey(positional[i]!), positional[i + 1]!);
        }
        stored.set(scope ?? 'local', values);
        return { kind: 'updated' };
      }
    }
  },
};

function assertKnownKey(key: string): string {
  const name = key.toLowerCase();
  if (name.startsWith(VARIABLE_PREFIX)) {
    const variable = name.slice(VARIABLE_PREFIX.length);
    if (!variable.startsWith('dolt_') || DOLT_VARIABLES.includes(variable)) return name;
    const known = nearest(variable, DOLT_VARIABLES);
    const hint = known === undefined ? '' : `; did you mean '${known}'?`;
    throw new DoltError('invalid', `error: unknown variable '${variable}'${hint}`);
  }
  if (OPTIONS.includes(name)) return name;
  const known = nearest(name, OPTIONS);
  const hint = known === undefined ? '' : `\n'${key}' is none; did you mean '${known}'?`;
  throw new DoltError(
    'invalid',
    `error: invalid config option, use dolt config --help to check valid configuration variables${hint}`,
  );
}
