/** The flags that say which hub is meant, and what they and the configuration file make of it. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DoltError } from '../../base/errors.ts';
import { AccountBook } from '../../hub/accounts/account-book.ts';
import { type HubConfig, hubConfig } from '../../hub/config.ts';
import { openStorage } from '../../hub/storage/open-storage.ts';
import type { RepositoryStorage } from '../../hub/storage/repository-storage.ts';
import type { ParsedArguments } from '../../verbs/arguments.ts';
import type { Flag } from '../../verbs/verb.ts';
import type { CommandContext } from '../command.ts';

export const STORAGE_FLAGS: readonly Flag[] = [
  { name: 'config', value: 'file', help: 'Takes the configuration from this YAML file; flags go before it.' },
  {
    name: 'data-dir',
    value: 'directory',
    help: 'The folder of the repositories, owner/database in it, and of the accounts. Defaults to the current one.',
  },
  {
    name: 'bucket',
    value: 's3 url',
    help: 'The bucket that has the repositories and the accounts: s3://bucket/prefix.',
  },
];

/** Keys of the configuration by the flag that sets them. */
const FLAG_KEYS: Readonly<Record<string, string>> = {
  'data-dir': 'data_dir',
  bucket: 'bucket',
  host: 'host',
  'grpc-port': 'grpc_port',
  'http-port': 'http_port',
  'public-url': 'public_url',
  'trusted-proxy': 'trusted_proxies',
  'tls-cert': 'tls.cert',
  'tls-key': 'tls.key',
  loglevel: 'log_level',
  logformat: 'log_format',
  'gc-every': 'gc.every',
  'gc-grace': 'gc.grace',
};
const SWITCH_KEYS: Readonly<Record<string, string>> = { open: 'open', 'require-tls': 'tls.required' };

/** Throws `notFound` for a file that is not there, and `invalid`. */
export function readHubConfig(context: CommandContext, parsed: ParsedArguments): HubConfig {
  const { workingDirectory, directory, environment } = context;
  const flags = new Map<string, readonly [string, string | boolean]>();
  for (const [flag, key] of Object.entries(FLAG_KEYS)) {
    const value = parsed.value(flag);
    if (value !== undefined) flags.set(key, [`--${flag}`, value]);
  }
  for (const [flag, key] of Object.entries(SWITCH_KEYS)) if (parsed.has(flag)) flags.set(key, [`--${flag}`, true]);
  const name = parsed.value('config');
  const path = name === undefined ? undefined : resolve(workingDirectory, name);
  const file = name === undefined || path === undefined ? undefined : { name, text: readConfigFile(path) };
  const config = hubConfig({ file, variables: environment.variables, flags });
  // What a flag names is found from where the command runs, what the file names from where it lies.
  const base = path === undefined || parsed.has('data-dir') ? directory : resolve(path, '..');
  const pem = (flag: string, value: string | undefined): string | undefined =>
    value && resolve(path === undefined || parsed.has(flag) ? workingDirectory : resolve(path, '..'), value);
  return {
    ...config,
    dataDirectory: resolve(base, config.dataDirectory),
    tlsCert: pem('tls-cert', config.tlsCert),
    tlsKey: pem('tls-key', config.tlsKey),
  };
}

function readConfigFile(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new DoltError('notFound', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
}

export interface AdministeredHub {
  readonly storage: RepositoryStorage;
  readonly book: AccountBook;
}

/** The hub, running or not, whose storage the flags name. Throws `notFound` without its folder. */
export async function openHub(context: CommandContext, parsed: ParsedArguments): Promise<AdministeredHub> {
  const storage = await openStorageOf(context, parsed);
  return { storage, book: new AccountBook(storage.accounts) };
}

/** Its storage alone. Throws `notFound` without its folder. */
export function openStorageOf(context: CommandContext, parsed: ParsedArguments): Promise<RepositoryStorage> {
  return openStorage(context.environment, readHubConfig(context, parsed));
}
