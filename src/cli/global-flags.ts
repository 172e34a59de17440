/**
 * The flags before the command: where its databases and accounts are. Those of a connection to a running server are known
 * and refused.
 */
import { resolve } from 'node:path';
import type { Disk } from '../base/disk.ts';
import { DoltError } from '../base/errors.ts';
import { Repository } from '../repo/repository.ts';
import { parseArguments, UsageError } from '../verbs/arguments.ts';
import type { Flag } from '../verbs/verb.ts';
import type { AccountFiles } from './command.ts';

export const GLOBAL_FLAGS: readonly Flag[] = [
  {
    name: 'data-dir',
    value: 'directory',
    help: 'The folder of the databases, or of one; the current one unless told.',
  },
  {
    name: 'use-db',
    value: 'database',
    help: 'The database in that folder that the command works on; database/branch for SQL.',
  },
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
];

/** Of the original; they need a client, or what there is none of here. */
const LATER: readonly Flag[] = [
  { name: 'profile', value: 'profile', help: '' },
  { name: 'user', short: 'u', value: 'user', help: '' },
  { name: 'password', short: 'p', value: 'password', help: '' },
  { name: 'host', value: 'host', help: '' },
  { name: 'port', value: 'port', help: '' },
  { name: 'no-tls', help: '' },
  { name: 'branch-control-file', value: 'file', help: '' },
  { name: 'branch', value: 'branch', help: '' },
];

export interface Selection {
  readonly name: string;
  readonly branch: string | undefined;
}

export interface GlobalFlags {
  /** As given. */
  readonly dataDirectory: string | undefined;
  readonly database: Selection | undefined;
  readonly accounts: AccountFiles;
  /** The command and what follows it. */
  readonly rest: readonly string[];
}

/** Throws `UsageError`, as the original words it, and `unsupported`. */
export function readGlobalFlags(args: readonly string[], workingDirectory: string): GlobalFlags {
  const end = endOfFlags(args);
  const parsed = parse(args.slice(0, end));
  const rest = args.slice(end);
  if (rest.length === 0) throw failed("No valid dolt subcommand found. See 'dolt --help' for usage.");
  for (const { name } of LATER) {
    if (parsed.has(name)) throw new DoltError('unsupported', `the global flag --${name} is not supported yet`);
  }
  const path = (flag: string): string | undefined => {
    const given = parsed.value(flag);
    return given === undefined ? undefined : resolve(workingDirectory, given);
  };
  const [name, ...branch] = parsed.value('use-db')?.split('/') ?? [];
  return {
    dataDirectory: path('data-dir'),
    database: name === undefined ? undefined : { name, branch: branch.length > 0 ? branch.join('/') : undefined },
    accounts: { configDirectory: path('doltcfg-dir'), privilegeFile: path('privilege-file') },
    rest,
  };
}

/** The position of the command: the first word that is neither a flag nor the value of the one before it. */
function endOfFlags(args: readonly string[]): number {
  let at = 0;
  while (at < args.length && args[at]!.startsWith('-')) {
    const word = args[at]!.replace(/^--?/, '');
    const flag = [...GLOBAL_FLAGS, ...LATER].find(({ name, short }) => name === word || short === word);
    at += flag?.value === undefined ? 1 : 2;
  }
  return Math.min(at, args.length);
}

function parse(args: readonly string[]) {
  try {
    return parseArguments({ name: 'dolt', flags: [...GLOBAL_FLAGS, ...LATER] }, args);
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
export function databaseDirectory(disk: Disk, directory: string, { name, branch }: Selection): string {
  if (branch !== undefined) {
    throw new DoltError('unsupported', `--use-db with a branch (${name}/${branch}) is supported for \`dolt sql\` only`);
  }
  const isOne = Repository.isRepository(disk, directory);
  const found = isOne && directory.split('/').at(-1) === name ? directory : `${directory}/${name}`;
  if (isOne ? found === directory : Repository.isRepository(disk, found)) return found;
  throw noSuchDatabase(name);
}

export function noSuchDatabase(name: string): DoltError {
  return new DoltError('notFound', `The provided --use-db ${name} does not exist.`);
}
