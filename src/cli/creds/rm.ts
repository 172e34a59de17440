/** `dolt creds rm`: forgets key pairs. Those that are not there are said; the others go. */
import { DoltError } from '../../base/errors.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { keyPairsOf } from './chosen-key.ts';

export const command: Command = {
  name: 'creds rm',
  summary: 'Remove a stored public/private keypair.',
  synopsis: ['<public_key_as_appears_in_ls>...'],
  positional: [['public_key', 'The public key, or the key id.']],
  flags: [],
  examples: ['dolt creds rm eak95022q3vskvumn2fcrpibdnheq1dtr8t2a1pojmba5b4p4e9g'],
  async run(context, args) {
    const { positional } = parseArguments(command, args);
    if (positional.length === 0) throw new UsageError('error: expected the public keys or key ids to remove');
    const pairs = keyPairsOf(context);
    let status = 0;
    for (const text of positional) {
      try {
        pairs.remove(pairs.find(text));
      } catch (error) {
        if (!(error instanceof DoltError)) throw error;
        context.terminal.error(`failed to delete ${text}: ${error.message}`);
        status = 1;
      }
    }
    return status;
  },
};
