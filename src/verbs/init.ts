/** `init`: makes an empty repository of the current folder. */
import { DoltError } from '../base/errors.ts';
import { Config } from '../repo/config.ts';
import { parseDate } from '../repo/dates.ts';
import type { Identity } from '../repo/identity.ts';
import { Repository } from '../repo/repository.ts';
import { type ParsedArguments, parseArguments } from './arguments.ts';
import type { FolderVerb } from './folder-verb.ts';

export interface InitResult {
  readonly directory: string;
  readonly branch: string;
}

export const init: FolderVerb<InitResult> = {
  name: 'init',
  summary: 'Create an empty Dolt data repository.',
  synopsis: [''],
  positional: [],
  maxPositional: 0,
  flags: [
    {
      name: 'name',
      value: 'name',
      help: 'The name used in commits to this repo. If not provided will be taken from user.name in the global config.',
    },
    {
      name: 'email',
      value: 'email',
      help: 'The email address used. If not provided will be taken from user.email in the global config.',
    },
    {
      name: 'date',
      value: 'date',
      help: 'Specify the date used in the initial commit. If not specified the current system time is used.',
    },
    {
      name: 'initial-branch',
      short: 'b',
      value: 'branch',
      help: "The branch name used to initialize this database. If not provided will be taken from init.defaultbranch in the global config. If unset, the default initialized branch will be named 'main'.",
    },
    { name: 'new-format', help: 'Specify this flag to use the new storage format (it is the only one).' },
    { name: 'fun', help: 'Nothing.' },
  ],
  // biome-ignore lint/correctness/useYield: it never waits
  *run({ environment, directory }, args) {
    const parsed = parseArguments(init, args);
    const stored = new Config(environment.disk, undefined, environment.homeDirectory);
    const branch = parsed.value('initial-branch') || stored.get('init.defaultbranch') || 'main';
    const date = parsed.value('date');
    const { name, email } = identityIn(stored, parsed);
    const repository = Repository.init(environment, directory, {
      name,
      email,
      initialBranch: branch,
      date: date === undefined ? undefined : parseDate(date),
    });
    try {
      // Who was named for this repository signs its later commits too.
      const given = new Map<string, string>();
      if (parsed.has('name')) given.set('user.name', name);
      if (parsed.has('email')) given.set('user.email', email);
      if (given.size > 0) repository.config.set('local', given);
    } finally {
      repository.close();
    }
    return { directory, branch };
  },
};

/** Who signs the first commit. Throws `invalid` with advice. */
export function identityIn(stored: Config, parsed?: ParsedArguments): Identity {
  const named = (flag: 'name' | 'email'): string => {
    const value = parsed?.value(flag) || stored.get(`user.${flag}`);
    if (value) return value;
    const parameter = parsed === undefined ? 'Set' : `Use the init parameter --${flag} or set`;
    throw new DoltError(
      'invalid',
      `Author identity unknown\nCould not determine user.${flag}. ${parameter} a global ${flag} using the config command: dolt config --global --add user.${flag} "${flag === 'name' ? 'FIRST LAST' : 'EMAIL_ADDRESS'}"`,
    );
  };
  return { name: named('name'), email: named('email') };
}
