/** `dolt creds import`: takes a key pair from a file of its own, or from standard input. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DoltError } from '../../base/errors.ts';
import { parseKeyFile } from '../../remote/key-pairs.ts';
import { readText } from '../../repo/atomic-file.ts';
import { parseArguments } from '../../verbs/arguments.ts';
import type { Command, CommandContext } from '../command.ts';
import { keyPairsOf, useFirstKey } from './chosen-key.ts';

export const command: Command = {
  name: 'creds import',
  summary: 'Import a credential from an existing .jwk file.',
  synopsis: ['[--no-profile] [<jwk_filename>]'],
  positional: [['jwk_filename', 'The JWK file. If omitted, import operates on stdin.']],
  flags: [{ name: 'no-profile', help: 'Accepted and without effect: user.name and user.email are never changed.' }],
  examples: ['dolt creds import laptop.jwk'],
  async run(context, args) {
    const [name] = parseArguments({ ...command, maxPositional: 1 }, args).positional;
    const text = textOf(context, name);
    const pair = parseKeyFile(text);
    if (pair?.privateKey === undefined) {
      throw new DoltError('invalid', 'error: deserialized JWK was not valid: it should be a file of ~/.dolt/creds');
    }
    keyPairsOf(context).add(pair);
    context.terminal.line(`Imported credential: ${pair.publicKey}`);
    useFirstKey(context, pair);
    return 0;
  },
};

const STANDARD_INPUT = 0;

function textOf({ environment, workingDirectory }: CommandContext, name: string | undefined): string {
  if (name === undefined) return readFileSync(STANDARD_INPUT, 'utf8');
  const path = resolve(workingDirectory, name);
  const text = readText(environment.disk, path);
  if (text === undefined) throw new DoltError('notFound', `error: cannot open ${path}: there is no such file`);
  return text;
}
