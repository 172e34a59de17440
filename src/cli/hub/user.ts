/** `dolt hub user`: who may log in. */
import { hashPassword } from '../../hub/accounts/passwords.ts';
import { type ParsedArguments, parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { actionOf } from './action.ts';
import { openHub, STORAGE_FLAGS } from './hub-flags.ts';
import { newPassword } from './new-password.ts';

export const command: Command = {
  name: 'hub user',
  summary: 'Makes, lists and removes users, and changes their passwords. A hub that runs sees it at once.',
  synopsis: ['add <name> [--no-password]', 'passwd <name> [--no-password]', 'rm <name>', 'ls'],
  positional: [
    ['action', 'add, passwd, rm or ls.'],
    ['name', 'The user. The repositories <name>/… are theirs.'],
  ],
  flags: [...STORAGE_FLAGS, { name: 'no-password', help: 'Only tokens and key pairs let them in.' }],
  examples: ['dolt hub user add ada --data-dir /srv/hub', 'DOLT_HUB_PASSWORD=… dolt hub user passwd ada'],
  hasNoBranch: true,
  async run(context, args) {
    const parsed = parseArguments({ ...command, maxPositional: 2 }, args);
    const [action, name] = parsed.positional;
    switch (actionOf(action, ['add', 'passwd', 'rm', 'ls'])) {
      case 'add':
      case 'passwd':
        await setPassword(context, parsed, action === 'add', named(name));
        return 0;
      case 'rm': {
        const user = named(name);
        const { book } = await openHub(context, parsed);
        await book.change((accounts) => accounts.withoutUser(user));
        return 0;
      }
      case 'ls': {
        const { book } = await openHub(context, parsed);
        for (const [user, { password, tokens, keys }] of (await book.now()).users) {
          const ways = [
            ...(password === undefined ? [] : ['password']),
            ...(tokens.length === 0 ? [] : [`${tokens.length} token${tokens.length === 1 ? '' : 's'}`]),
            ...(keys.length === 0 ? [] : [`${keys.length} key${keys.length === 1 ? '' : 's'}`]),
          ];
          context.terminal.line(`${user}\t${ways.join(', ')}`.trimEnd());
        }
        return 0;
      }
    }
  },
};

async function setPassword(context: CommandContext, parsed: ParsedArguments, isNew: boolean, user: string) {
  const { book } = await openHub(context, parsed);
  // What is wrong is told before anybody types.
  const now = await book.now();
  if (isNew) now.withUser(user, undefined);
  else now.mustGet(user);
  const hash = parsed.has('no-password') ? undefined : await hashPassword(await newPassword(context, user));
  await book.change((accounts) => (isNew ? accounts.withUser(user, hash) : accounts.withPassword(user, hash)));
}

function named(name: string | undefined): string {
  if (name === undefined) throw new UsageError('the name of a user is needed');
  return name;
}
