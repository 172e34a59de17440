/** `dolt hub key`: the public halves of key pairs (`dolt creds`) that let users in. */
import { DoltError } from '../../base/errors.ts';
import { keyIdOf } from '../../remote/key-pairs.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { actionOf } from './action.ts';
import { openHub, STORAGE_FLAGS } from './hub-flags.ts';

export const command: Command = {
  name: 'hub key',
  summary: 'Adds, lists and removes public keys of dolt creds, whose holders are a user.',
  synopsis: ['add <user> <public key>', 'ls [<user>]', 'rm <user> <key>'],
  positional: [
    ['action', 'add, ls or rm.'],
    ['user', 'Who holds the key pair.'],
    ['key', 'The public key, as dolt creds new and dolt creds ls show it; for rm its id will do.'],
  ],
  flags: STORAGE_FLAGS,
  examples: ['dolt hub key add ada 4n40bmhfe4bpq1mqj6o4jbm7rl63nn8fkl29vvgb5sel6mj6u5h0'],
  hasNoBranch: true,
  async run(context, args) {
    const parsed = parseArguments({ ...command, maxPositional: 3 }, args);
    const [word, user, key] = parsed.positional;
    const action = actionOf(word, ['add', 'ls', 'rm']);
    const { book } = await openHub(context, parsed);
    if (action === 'ls') {
      const accounts = await book.now();
      if (user !== undefined) accounts.mustGet(user);
      for (const [owner, { keys }] of accounts.users) {
        if (user !== undefined && user !== owner) continue;
        for (const { publicKey, id } of keys) context.terminal.line(`${owner}\t${publicKey}\t${id}`);
      }
      return 0;
    }
    if (user === undefined || key === undefined) throw new UsageError('a user and a public key are needed');
    const id = keyIdOf(key);
    if (action === 'rm') await book.change((accounts) => accounts.withoutKey(user, id ?? key));
    else if (id === undefined) throw new DoltError('invalid', `'${key}' is no public key; "dolt creds ls" shows yours`);
    else {
      const created = context.environment.clock.now();
      await book.change((accounts) => accounts.withKey(user, { id, publicKey: key, created }));
    }
    return 0;
  },
};
