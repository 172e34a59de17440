/** `dolt creds use`: chooses the key pair that remotes are asked with. */
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { keyPairsOf, useKey } from './chosen-key.ts';

export const command: Command = {
  name: 'creds use',
  summary: 'Select an existing credential for authenticating with remotes.',
  synopsis: ['<public_key_as_appears_in_ls | public_key_id_as_appears_in_ls>'],
  positional: [['public_key', 'The public key, or the key id.']],
  flags: [],
  examples: ['dolt creds use eak95022q3vskvumn2fcrpibdnheq1dtr8t2a1pojmba5b4p4e9g'],
  async run(context, args) {
    const [text, ...more] = parseArguments(command, args).positional;
    if (text === undefined || more.length > 0) {
      throw new UsageError('error: expected exactly one credential public key or key id as argument');
    }
    useKey(context, keyPairsOf(context).find(text));
    return 0;
  },
};
