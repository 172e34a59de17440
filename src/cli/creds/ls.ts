/** `dolt creds ls`: the public keys, the one in use with a star. */
import { parseArguments } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { chosenKeyId, keyPairsOf } from './chosen-key.ts';

const HEADING = [
  '  public key (used on dolthub settings page)              key id (user.creds in dolt config)',
  '  ----------------------------------------------------    ---------------------------------------------',
];

export const command: Command = {
  name: 'creds ls',
  summary: 'List keypairs available for authenticating with remotes.',
  synopsis: ['[-v | --verbose]'],
  positional: [],
  flags: [{ name: 'verbose', short: 'v', help: 'Verbose output, including key id.' }],
  examples: ['dolt creds ls', 'dolt creds ls -v'],
  async run(context, args) {
    const verbose = parseArguments({ ...command, maxPositional: 0 }, args).has('verbose');
    const { terminal } = context;
    const chosen = chosenKeyId(context);
    const pairs = keyPairsOf(context).list();
    if (verbose && pairs.length > 0) for (const line of HEADING) terminal.line(line);
    for (const pair of pairs) {
      if ('path' in pair) terminal.line(`Corrupted creds file: ${pair.path}`);
      else {
        const more = verbose ? `    ${pair.keyId}` : '';
        terminal.line(`${pair.keyId === chosen ? '*' : ' '} ${pair.publicKey}${more}`);
      }
    }
    return 0;
  },
};
