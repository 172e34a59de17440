/** `dolt blame`: which commit changed each row last. */
import { quoteName, quoteString } from '../../sql/syntax/print-expression.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { command as sql } from './sql.ts';

export const command: Command = {
  name: 'blame',
  summary: 'Show what revision and author last modified each row of a table.',
  synopsis: ['[<rev>] <tablename>'],
  positional: [
    ['rev', 'Where to start; HEAD when left out.'],
    ['tablename', 'A table with a primary key.'],
  ],
  flags: [],
  examples: ['dolt blame employees', 'dolt blame v1 employees'],
  async run(context, args) {
    const { positional } = parseArguments({ ...command, maxPositional: 2 }, args);
    const table = positional.at(-1);
    if (table === undefined) throw new UsageError('dolt blame needs the name of a table');
    const revision = positional.length === 2 ? positional[0]! : 'HEAD';
    return await sql.run(context, [
      '-q',
      `select * from ${quoteName(`dolt_blame_${table}`)} as of ${quoteString(revision)}`,
    ]);
  },
};
