/** `dolt config`: reads and writes the local and global configuration. */
import { DoltError } from '../../base/errors.ts';
import { DOLT_VARIABLES } from '../../replication/settings.ts';
import { Config, type ConfigScope } from '../../repo/config.ts';
import { Repository } from '../../repo/repository.ts';
import { type ParsedArguments, parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { nearest } from '../nearest.ts';

const SERVER_PREFIX = 'sqlserver.global.';

export const command: Command = {
  name: 'config',
  summary: 'Get and set repository or global options',
  synopsis: [
    '[--global|--local] --list',
    '[--global|--local] --add <name> <value>',
    '[--global|--local] --set <name> <value>',
    '[--global|--local] --get <name>',
    '[--global|--local] --unset <name>...',
  ],
  positional: [],
  flags: [
    { name: 'global', help: 'Use global config (~/.dolt/config).' },
    { name: 'local', help: 'Use repository local config (.dolt/config).' },
    { name: 'add', help: 'Set the value of one or more config parameters.' },
    { name: 'set', help: 'Set the value of one or more config parameters.' },
    { name: 'list', help: 'List the values of all config parameters.' },
    { name: 'get', help: 'Get the value of one or more config parameters.' },
    { name: 'unset', help: 'Unset the value of one or more config parameters.' },
  ],
  examples: [
    'dolt config --global --add user.name "Ada"',
    'dolt config --add --local sqlserver.global.dolt_replicate_to_remote origin',
    'dolt config --unset --local sqlserver.global.dolt_replicate_to_remote',
  ],
  async run(context, args) {
    const parsed = parseArguments(command, args);
    const scope = scopeOf(parsed);
    const operations = ['add', 'set', 'list', 'get', 'unset'].filter((name) => parsed.has(name));
    if (operations.length !== 1)
      throw new UsageError('Exactly one of --add, --set, --get, --unset, --list must be set.');
    const config = openConfig(context, scope);
    switch (operations[0]) {
      case 'list':
        for (const [key, value] of config.entries(scope)) context.terminal.line(`${key} = ${value}`);
        return 0;
      case 'get':
        return get(context, config, parsed.positional, scope);
      case 'unset':
        if (parsed.positional.length === 0) throw new UsageError('error: --unset needs the name of a config parameter');
        config.unset(scope ?? 'local', parsed.positional);
        break;
      default:
        config.set(scope ?? 'local', pairs(parsed.positional));
    }
    context.terminal.line('Config successfully updated.');
    return 0;
  },
};

function scopeOf(parsed: ParsedArguments): ConfigScope | undefined {
  if (parsed.has('global') && parsed.has('local')) {
    throw new UsageError('error: Specify only one of --local and --global');
  }
  if (parsed.has('global')) return 'global';
  return parsed.has('local') ? 'local' : undefined;
}

function openConfig({ environment, directory }: CommandContext, scope: ConfigScope | undefined): Config {
  const isRepository = Repository.isRepository(environment.disk, directory);
  if (!isRepository && scope === 'local') {
    throw new DoltError(
      'notFound',
      `error: ${directory} is no repository, so it has no local configuration; use --global`,
    );
  }
  return new Config(environment.disk, isRepository ? `${directory}/.dolt` : undefined, environment.homeDirectory);
}

function get(
  { terminal }: CommandContext,
  config: Config,
  keys: readonly string[],
  scope: ConfigScope | undefined,
): number {
  const [key, ...more] = keys;
  if (key === undefined || more.length > 0) throw new UsageError('error: --get needs the name of one config parameter');
  const value = config.get(key, scope);
  if (value === undefined) return 1;
  terminal.line(value);
  return 0;
}

function pairs(words: readonly string[]): ReadonlyMap<string, string> {
  if (words.length === 0 || words.length % 2 !== 0) {
    throw new UsageError('error: names and values of config parameters come in pairs: <name> <value>');
  }
  const values = new Map<string, string>();
  for (let i = 0; i < words.length; i += 2) {
    checkKey(words[i]!);
    values.set(words[i]!, words[i + 1]!);
  }
  return values;
}

/** A misspelt replication variable would silently replicate nothing. */
function checkKey(key: string): void {
  const name = key.toLowerCase();
  if (!name.startsWith(`${SERVER_PREFIX}dolt_`)) return;
  const variable = name.slice(SERVER_PREFIX.length);
  if (DOLT_VARIABLES.includes(variable)) return;
  const near = nearest(variable, DOLT_VARIABLES);
  throw new DoltError(
    'invalid',
    `error: '${key}' is not a system variable${near ? `; did you mean '${SERVER_PREFIX}${near}'?` : ''}`,
  );
}
