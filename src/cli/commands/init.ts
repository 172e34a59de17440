/** `dolt init`: makes the current folder a repository. */

import { DoltError } from '../../base/errors.ts';
import { Config } from '../../repo/config.ts';
import { parseDate } from '../../repo/dates.ts';
import { Repository } from '../../repo/repository.ts';
import { parseArguments } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  name: 'init',
  summary: 'Create an empty Dolt data repository.',
  synopsis: [''],
  positional: [],
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
      help: 'The branch name used to initialize this database. If not provided will be taken from init.defaultbranch in the global config.',
    },
  ],
  examples: ['dolt init --name "Ada" --email ada@example.com'],
  async run({ environment, directory, terminal }, args) {
    const parsed = parseArguments({ ...command, maxPositional: 0 }, args);
    const config = new Config(environment.disk, undefined, environment.homeDirectory);
    const name = parsed.value('name') ?? config.get('user.name');
    const email = parsed.value('email') ?? config.get('user.email');
    if (!name || !email) throw missingIdentity(!name ? 'user.name' : 'user.email');
    const date = parsed.value('date') ?? environment.variables['DOLT_COMMITTER_DATE'];
    const repository = Repository.init(environment, directory, {
      name,
      email,
      initialBranch: parsed.value('initial-branch') ?? config.get('init.defaultbranch') ?? 'main',
      date: date ? parseDate(date) : undefined,
    });
    try {
      const given = new Map<string, string>();
      for (const key of ['name', 'email']) if (parsed.has(key)) given.set(`user.${key}`, parsed.value(key)!);
      if (given.size > 0) repository.config.set('local', given);
    } finally {
      repository.close();
    }
    terminal.line(terminal.colors.cyan('Successfully initialized dolt data repository.'));
    return 0;
  },
};

function missingIdentity(key: string): DoltError {
  const example = key === 'user.name' ? 'FIRST LAST' : 'EMAIL_ADDRESS';
  return new DoltError(
    'invalid',
    `error: no ${key} is configured. Run: dolt config --global --add ${key} "${example}", or give --${key.slice(5)}`,
  );
}
