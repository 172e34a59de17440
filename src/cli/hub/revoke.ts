/** `dolt hub revoke`: takes a right back. */
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { openHub, STORAGE_FLAGS } from './hub-flags.ts';
import { PLACE } from './place.ts';

export const command: Command = {
  name: 'hub revoke',
  summary: 'Takes a right back.',
  synopsis: ['<user> <owner>[/<database>]'],
  positional: [
    ['user', 'Who had it.'],
    ['place', PLACE],
  ],
  flags: STORAGE_FLAGS,
  examples: ['dolt hub revoke ada acme/shop'],
  hasNoBranch: true,
  async run(context, args) {
    const parsed = parseArguments({ ...command, maxPositional: 2 }, args);
    const [user, place] = parsed.positional;
    if (user === undefined || place === undefined) throw new UsageError('a user and a place are needed');
    const { book } = await openHub(context, parsed);
    await book.change((accounts) => accounts.withRight(user, place, undefined));
    return 0;
  },
};
