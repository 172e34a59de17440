/** The flags before the command: where its databases and accounts are, or the server that has them. */
import { basename, resolve } from 'node:path';
import type { Disk } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { databaseName } from '../repo/database-name.ts';
import { type Environment, Repository } from '../repo/repository.ts';
import { type ParsedArguments, parseArguments, UsageError } from '../verbs/arguments.ts';
import type { Flag } from '../verbs/verb.ts';
import type { AccountFiles } from './command.ts';
import { DEFAULT_PROFILE, flagIn, type Profiles } from './profile/profiles.ts';

export const GLOBAL_FLAGS: readonly Flag[] = [
  {
    name: 'data-dir',
    value: 'directory',
    help: 'The folder of the databases, or of one; the current one unless told.',
  },
  {
    name: 'use-db',
    value: 'database',
    help: 'The database in that folder that the command works on; database/branch for one of its branches.',
  },
  { name: 'branch', value: 'branch', help: 'The branch that the command works on, instead of the one checked out.' },
  {
    name: 'doltcfg-dir',
    value: 'directory',
    help: 'The folder of accounts. Defaults to .doltcfg in the folder of the databases.',
  },
  {
    name: 'privilege-file',
    value: 'file',
    help: 'The file of accounts. Defaults to privileges.db in the folder of accounts.',
  },
  {
    name: 'branch-control-file',
    value: 'file',
    help: 'The file of branch permissions. Defaults to branch_control.db in the folder of accounts.',
  },
  { name: 'host', value: 'host', help: 'The server that the command works on, instead of a folder.' },
  { name: 'port', value: 'port', help: 'The port of that server; 3306 unless told.' },
  { name: 'no-tls', help: 'Connects to it without TLS.' },
  {
    name: 'user',
    short: 'u',
    value: 'user',
    help: 'The user of that server, or of the one that runs in the folder; DOLT_CLI_USER unless told.',
  },
  { name: 'password', short: 'p', value: 'password', help: "The user's password; DOLT_CLI_PASSWORD unless told." },
  { name: 'profile', value: 'profile', help: 'The profile whose flags count where they are not given (dolt profile).' },
];

export interface ServerAddress {
  readonly host: string;
  readonly port: number;
  readonly usesTls: boolean;
}

export interface UserFlags {
  readonly name: string;
  readonly password: string | undefined;
}

export interface GlobalFlags {
  /** As given. */
  readonly dataDirectory: string | undefined;
  readonly database: string | undefined;
  readonly branch: string | undefined;
  readonly accounts: AccountFiles;
  /** The server that is meant; undefined: the one that holds the folder, if one runs. */
  readonly host: ServerAddress | undefined;
  /** Who connects to it; undefined: whoever may by default. */
  readonly user: UserFlags | undefined;
  /** The command and what follows it. */
  readonly rest: readonly string[];
}

/** Throws `UsageError`, as the original words it, and `unsupported`. */
export function readGlobalFlags(
  args: readonly string[],
  workingDirectory: string,
  profiles: () => Profiles,
): GlobalFlags {
  const end = endOfFlags(args);
  const given = parse(args.slice(0, end));
  const rest = args.slice(end);
  if (rest.length === 0) throw failed("No valid dolt subcommand found. See 'dolt --help' for usage.");
  const parsed = withProfile(given, rest[0]!, profiles());
  const path = (flag: string): string | undefined => {
    const given = parsed.value(flag);
    return given === undefined ? undefined : resolve(workingDirectory, given);
  };
  return {
    dataDirectory: path('data-dir'),
    ...selectionOf(parsed),
    accounts: {
      configDirectory: path('doltcfg-dir'),
      privilegeFile: path('privilege-file'),
      branchControlFile: path('branch-control-file'),
    },
    host: hostOf(parsed),
    user: userOf(parsed),
    rest,
  };
}

/** Commands that a default profile does not reach, as in the original: what they work on is here, or named by themselves. */
const WITHOUT_DEFAULT_PROFILE: ReadonlySet<string> = new Set([
  'init',
  'clone',
  'docs',
  'read-tables',
  'creds',
  'sql-server',
  'hub',
  'version',
  'config',
  'profile',
]);

/** The flags with those of the profile behind them. */
function withProfile(given: ParsedArguments, command: string, profiles: Profiles): ParsedArguments {
  const named = given.value('profile');
  if (named === undefined && WITHOUT_DEFAULT_PROFILE.has(command)) return given;
  const profile = profiles.get(named ?? DEFAULT_PROFILE);
  if (profile === undefined) {
    if (named === undefined) return given;
    throw new DoltError('notFound', `Failed to inject profile arguments: profile ${named} not found`);
  }
  const value = (flag: string): string | undefined => given.value(flag) ?? flagIn(profile, flag);
  return { ...given, value, has: (flag) => value(flag) !== undefined };
}

function selectionOf(parsed: ParsedArguments): Pick<GlobalFlags, 'database' | 'branch'> {
  // An empty name is none: scripts pass what may be set.
  const [database, ...rest] = (parsed.value('use-db') || undefined)?.split('/') ?? [];
  const inName = rest.length > 0 ? rest.join('/') : undefined;
  const branch = parsed.value('branch');
  if (inName !== undefined && branch !== undefined) throw failed(`Ambiguous branch name: ${inName} or ${branch}`);
  return { database, branch: inName ?? branch };
}

const MYSQL_PORT = '3306';

function hostOf(parsed: ParsedArguments): ServerAddress | undefined {
  const host = parsed.value('host');
  const port = parsed.value('port') ?? MYSQL_PORT;
  if (host === undefined) {
    const idle = ['port', 'no-tls'].find((flag) => parsed.has(flag));
    if (idle !== undefined) throw failed(`The --${idle} flag is only meaningful with the --host flag.`);
    return undefined;
  }
  if (!/^\d{1,5}$/.test(port) || Number(port) > 0xffff) throw failed(`error: invalid port '${port}'`);
  return { host, port: Number(port), usesTls: !parsed.has('no-tls') };
}

function userOf(parsed: ParsedArguments): UserFlags | undefined {
  const name = parsed.value('user');
  const password = parsed.value('password');
  if (name !== undefined) return { name, password };
  if (password === undefined) return undefined;
  throw failed('When a password is provided, a user must also be provided. Use the --user flag to provide a username');
}

/** The position of the command: the first word that is neither a flag nor the value of the one before it. */
function endOfFlags(args: readonly string[]): number {
  let at = 0;
  while (at < args.length && args[at]!.startsWith('-')) {
    const word = args[at]!.replace(/^--?/, '');
    const flag = GLOBAL_FLAGS.find(({ name, short }) => name === word || short === word);
    at += flag?.value === undefined ? 1 : 2;
  }
  return Math.min(at, args.length);
}

function parse(args: readonly string[]) {
  try {
    return parseArguments({ name: 'dolt', flags: GLOBAL_FLAGS }, args);
  } catch (error) {
    throw error instanceof UsageError ? failed(error.message) : error;
  }
}

const failed = (message: string): UsageError => new UsageError(`Failed to parse global arguments: ${message}`);

/** Throws `notFound`. */
export function assertFolder(disk: Disk, directory: string): void {
  if (disk.stat(directory)?.kind === 'directory') return;
  throw new DoltError('notFound', `there is no folder ${directory} (--data-dir)`);
}

/** The folder of a database: the data folder itself, or one in it. Throws `notFound`. */
export function databaseDirectory(environment: Environment, directory: string, name: string): string {
  const { disk } = environment;
  const isMeant = (path: string): boolean => databaseName(basename(path), environment) === name;
  const folders = [directory, ...(disk.list(directory) ?? []).map((child) => `${directory}/${child}`)];
  const found = folders.find((path) => isMeant(path) && Repository.isRepository(disk, path));
  if (found === undefined) throw noSuchDatabase(name);
  return found;
}

/** With `--branch`. */
export function onNoBranch(command: string): DoltError {
  return new DoltError('unsupported', `dolt ${command} works on no branch (--branch, --use-db database/branch)`);
}

/** With `--user`. */
export function noServerOfUsers(directory: string): DoltError {
  return new DoltError('unsupported', `no server runs in ${directory}: without one only dolt sql knows users (--user)`);
}

/** With `--host`. */
export function needsFolder(command: string): DoltError {
  return new DoltError(
    'unsupported',
    `dolt ${command} works on a folder of this machine, and not on a server elsewhere (--host)`,
  );
}

export function noSuchDatabase(name: string): DoltError {
  return new DoltError('notFound', `The provided --use-db ${name} does not exist.`);
}
