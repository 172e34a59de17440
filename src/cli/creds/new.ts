/** `dolt creds new`: makes a key pair and says its public half, which is given to whoever runs the remote. */
import { generateKeyPair } from '../../remote/key-pairs.ts';
import { parseArguments } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { keyPairsOf, useFirstKey } from './chosen-key.ts';

export const command: Command = {
  name: 'creds new',
  summary: 'Create a new public/private keypair for authenticating with remotes.',
  synopsis: [''],
  positional: [],
  flags: [],
  examples: ['dolt creds new'],
  async run(context, args) {
    parseArguments({ ...command, maxPositional: 0 }, args);
    const pair = generateKeyPair();
    keyPairsOf(context).add(pair);
    context.terminal.line('Credentials created successfully.');
    context.terminal.line(`pub key: ${pair.publicKey}`);
    useFirstKey(context, pair);
    return 0;
  },
};
