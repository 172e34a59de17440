/** `dolt profile`: flags before the command that are kept under a name. */
import { DoltError } from '../../base/errors.ts';
import { type ParsedArguments, parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Flag } from '../../verbs/verb.ts';
import type { Command, CommandContext } from '../command.ts';
import { GLOBAL_FLAGS } from '../global-flags.ts';
import {
  DEFAULT_PROFILE,
  flagIn,
  newProfile,
  type Profile,
  readProfiles,
  VALUE_FLAGS,
  writeProfiles,
} from '../profile/profiles.ts';

const KEPT_FLAGS: readonly Flag[] = GLOBAL_FLAGS.filter(({ name }) => name !== 'profile' && name !== 'branch');

export const command: Command = {
  name: 'profile',
  summary: 'Manage dolt profiles for CLI global options.',
  synopsis: [
    '[-v | --verbose]',
    'add [-u <user>] [-p <password>] [--host <host>] [--port <port>] [--no-tls] [--data-dir <directory>] [--doltcfg-dir <directory>] [--privilege-file <file>] [--branch-control-file <file>] [--use-db <database>] <name>',
    '(remove | rm) <name>',
  ],
  positional: [['name', 'The profile to add or remove. The one named default counts where no other is named.']],
  flags: [...KEPT_FLAGS, { name: 'verbose', short: 'v', help: 'Shows what is in the profiles.' }],
  examples: ['dolt profile add --data-dir /srv/data prod', 'dolt --profile prod ls', 'dolt profile remove prod'],
  hasNoBranch: true,
  worksAnywhere: true,
  async run(context, args) {
    const parsed = parseArguments(command, args);
    const [action, ...names] = parsed.positional;
    if (action === undefined) list(context, parsed.has('verbose'));
    else if (action === 'add') add(context, nameOf(names), parsed);
    else if (action === 'remove' || action === 'rm') remove(context, nameOf(names));
    else throw new UsageError(`dolt profile has no '${action}': it is add, remove, or nothing`);
    return 0;
  },
};

function nameOf([name, ...more]: readonly string[]): string {
  if (name === undefined || more.length > 0) throw new UsageError('Only one profile name can be specified');
  return name.trim();
}

function add({ environment, terminal }: CommandContext, name: string, parsed: ParsedArguments): void {
  const profiles = readProfiles(environment);
  if (profiles.has(name)) {
    throw new DoltError(
      'conflict',
      `error: profile ${name} already exists, please delete this profile and re-add it if you want to edit any values.`,
    );
  }
  writeProfiles(environment, new Map([...profiles, [name, newProfile((flag) => parsed.value(flag))]]));
  if (name !== DEFAULT_PROFILE) return;
  terminal.line('Default profile has been added. All commands that take global flags use it until it is removed.');
  terminal.line('WARNING: They work on what it names, also in a folder with a repository.');
}

function remove({ environment }: CommandContext, name: string): void {
  const profiles = new Map(readProfiles(environment));
  if (profiles.size === 0) throw new DoltError('notFound', 'error: no existing profiles');
  if (!profiles.delete(name)) throw new DoltError('notFound', `error: profile ${name} does not exist`);
  writeProfiles(environment, profiles);
}

function list({ environment, terminal }: CommandContext, verbose: boolean): void {
  for (const [name, profile] of readProfiles(environment)) {
    terminal.line(name);
    if (verbose) terminal.line(detailsOf(profile));
  }
}

function detailsOf(profile: Profile): string {
  const flags = ['user', 'password', 'host', 'port', 'no-tls', ...VALUE_FLAGS.slice(4)];
  const shown = flags.filter((flag) => flag !== 'password' || profile['has-password']);
  const text = (flag: string): string =>
    flag === 'no-tls' ? String(profile['no-tls']) : (flagIn(profile, flag) ?? '');
  return shown.map((flag) => `\t${flag}: ${text(flag)}\n`).join('');
}
