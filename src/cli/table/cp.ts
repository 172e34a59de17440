/** `dolt table cp`: copies a table with its rows and indexes. */
import { quoteName } from '../../sql/syntax/print-expression.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { forcedDrop, runStatements } from './run-statements.ts';

export const command: Command = {
  name: 'table cp',
  summary: 'Copies a table.',
  synopsis: ['[-f] <oldtable> <newtable>'],
  positional: [
    ['oldtable', 'The table to copy.'],
    ['newtable', 'The name of the copy.'],
  ],
  flags: [{ name: 'force', short: 'f', help: 'Replace a table that has the name of the copy.' }],
  examples: ['dolt table cp employees employees_before'],
  async run(context, args) {
    const parsed = parseArguments({ ...command, maxPositional: 2 }, args);
    const [from, to] = parsed.positional;
    if (from === undefined || to === undefined) throw new UsageError('expected the names of a table and of its copy');
    await runStatements(context, [
      ...forcedDrop(parsed, from, to),
      `create table ${quoteName(to)} like ${quoteName(from)}`,
      `insert into ${quoteName(to)} select * from ${quoteName(from)}`,
    ]);
    return 0;
  },
};
