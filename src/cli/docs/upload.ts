/** `dolt docs upload`: a file becomes a document of the working set. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { DoltError } from '../../base/errors.ts';
import { quoteString } from '../../sql/syntax/print-expression.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { inOneTransaction } from '../one-transaction.ts';
import { assertDocumentName } from './document-name.ts';

export const command: Command = {
  name: 'docs upload',
  summary: 'Uploads Dolt Docs from the file system into the database',
  synopsis: ['<doc> <file>'],
  positional: [
    ['doc', 'Dolt doc name to be updated in the database.'],
    ['file', 'file to read Dolt doc from.'],
  ],
  flags: [],
  examples: ['dolt docs upload README.md README.md'],
  async run(context, args) {
    const { positional } = parseArguments({ ...command, maxPositional: 2 }, args);
    const [name, file] = positional;
    if (name === undefined || file === undefined) {
      throw new UsageError('dolt docs upload takes exactly two arguments');
    }
    assertDocumentName(name);
    const text = readText(resolve(context.workingDirectory, file));
    await inOneTransaction(context, async (session) => {
      await session.query(`replace into dolt_docs values (${quoteString(name)}, ${quoteString(text)})`);
    });
    return 0;
  },
};

function readText(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    throw new DoltError('notFound', `cannot read ${path}: ${(cause as Error).message}`, { cause });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw new DoltError('invalid', `${path} is no text in UTF-8`, { cause });
  }
}
