/** `dolt hub grant`: gives a user a right. */
import { RIGHTS } from '../../hub/accounts/accounts.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { openHub, STORAGE_FLAGS } from './hub-flags.ts';
import { PLACE } from './place.ts';

export const command: Command = {
  name: 'hub grant',
  summary: 'Gives a user a right in a repository, or in all repositories of an owner; without arguments, lists rights.',
  synopsis: ['<user> reader|writer|owner <owner>[/<database>]', ''],
  positional: [
    ['user', 'Who gets it.'],
    ['right', 'reader: clone, fetch, the page; writer: push, too; owner: of an owner, makes repositories there, too.'],
    ['place', PLACE],
  ],
  flags: STORAGE_FLAGS,
  examples: ['dolt hub grant ada owner acme', 'dolt hub grant replica reader acme/shop'],
  hasNoBranch: true,
  async run(context, args) {
    const parsed = parseArguments({ ...command, maxPositional: 3 }, args);
    const [user, word, place] = parsed.positional;
    if (user === undefined) {
      const { book } = await openHub(context, parsed);
      for (const each of (await book.now()).grants()) {
        context.terminal.line(`${each.user}\t${each.right}\t${each.place}`);
      }
      return 0;
    }
    const right = RIGHTS.find((each) => each === word);
    if (right === undefined) {
      throw new UsageError(`the right is one of ${RIGHTS.join(', ')}${word === undefined ? '' : `, not '${word}'`}`);
    }
    if (place === undefined) throw new UsageError(`a place is needed: ${PLACE}`);
    const { book } = await openHub(context, parsed);
    await book.change((accounts) => accounts.withRight(user, place, right));
    return 0;
  },
};
