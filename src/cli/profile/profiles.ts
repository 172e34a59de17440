/**
 * Profiles: flags before the command by a name. They stand in the global configuration as Dolt has them there, under `profile`
 * as JSON in base64, so that either program reads what the other has written.
 */
import { DoltError } from '../../base/errors.ts';
import { Config } from '../../repo/config.ts';
import type { Environment } from '../../repo/repository.ts';

/** The members that say the flag's name; '' where it is not given. */
export const VALUE_FLAGS = [
  'user',
  'password',
  'host',
  'port',
  'data-dir',
  'doltcfg-dir',
  'privilege-file',
  'branch-control-file',
  'use-db',
] as const;

export type Profile = Readonly<Record<(typeof VALUE_FLAGS)[number], string>> & {
  /** A password may be empty. */
  readonly 'has-password': boolean;
  readonly 'no-tls': boolean;
};

export type Profiles = ReadonlyMap<string, Profile>;

/** The name of the profile that counts where none is named. */
export const DEFAULT_PROFILE = 'default';

const KEY = 'profile';

const configOf = ({ disk, homeDirectory }: Environment): Config => new Config(disk, undefined, homeDirectory);

/** Throws `corrupt` for what is none. */
export function readProfiles(environment: Environment): Profiles {
  const stored = configOf(environment).get(KEY, 'global');
  if (stored === undefined || stored === '') return new Map();
  let members: unknown;
  try {
    members = JSON.parse(Buffer.from(stored, 'base64').toString('utf8'));
  } catch (cause) {
    throw damaged(cause);
  }
  if (typeof members !== 'object' || members === null || Array.isArray(members)) throw damaged();
  return new Map(Object.entries(members as Record<string, unknown>).map(([name, member]) => [name, profileOf(member)]));
}

export function writeProfiles(environment: Environment, profiles: Profiles): void {
  const config = configOf(environment);
  if (profiles.size === 0) {
    try {
      config.unset('global', [KEY]);
      return;
    } catch (error) {
      // In Dolt's own file they stay, and an empty list stands before them.
      if (!(error instanceof DoltError) || error.kind !== 'denied') throw error;
    }
  }
  const text = JSON.stringify(Object.fromEntries(profiles));
  config.set('global', new Map([[KEY, Buffer.from(text, 'utf8').toString('base64')]]));
}

/** `value` answers what the flag of a name says. */
export function newProfile(value: (flag: string) => string | undefined): Profile {
  const said = (flag: string): string => value(flag) ?? '';
  return {
    user: said('user'),
    password: said('password'),
    'has-password': value('password') !== undefined,
    host: said('host'),
    port: said('port'),
    'no-tls': value('no-tls') !== undefined,
    'data-dir': said('data-dir'),
    'doltcfg-dir': said('doltcfg-dir'),
    'privilege-file': said('privilege-file'),
    'branch-control-file': said('branch-control-file'),
    'use-db': said('use-db'),
  };
}

function profileOf(member: unknown): Profile {
  if (typeof member !== 'object' || member === null) throw damaged();
  const stored = member as Record<string, unknown>;
  return newProfile((flag) => {
    if (flag === 'no-tls') return stored[flag] === true ? '' : undefined;
    const text = stored[flag];
    if (flag === 'password' && stored['has-password'] !== true) return undefined;
    return typeof text === 'string' ? text : undefined;
  });
}

/** What a flag says by the profile; undefined where it is not given. */
export function flagIn(profile: Profile, flag: string): string | undefined {
  if (flag === 'no-tls') return profile['no-tls'] ? '' : undefined;
  if (flag === 'password') return profile['has-password'] ? profile.password : undefined;
  const name = VALUE_FLAGS.find((each) => each === flag);
  return name === undefined ? undefined : profile[name] || undefined;
}

const damaged = (cause?: unknown): DoltError =>
  new DoltError('corrupt', `the profiles in the global configuration (${KEY}) are damaged`, { cause });
