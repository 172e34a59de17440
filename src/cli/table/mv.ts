/** `dolt table mv`: renames a table. */
import { quoteName } from '../../sql/syntax/print-expression.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { forcedDrop, runStatements } from './run-statements.ts';

export const command: Command = {
  name: 'table mv',
  summary: 'Renames a table.',
  synopsis: ['[-f] <oldtable> <newtable>'],
  positional: [
    ['oldtable', 'The table to rename.'],
    ['newtable', 'Its new name.'],
  ],
  flags: [{ name: 'force', short: 'f', help: 'Replace a table that has the new name.' }],
  examples: ['dolt table mv employees people'],
  async run(context, args) {
    const parsed = parseArguments({ ...command, maxPositional: 2 }, args);
    const [from, to] = parsed.positional;
    if (from === undefined || to === undefined) throw new UsageError('expected the old and the new name of a table');
    await runStatements(context, [
      ...forcedDrop(parsed, from, to),
      `rename table ${quoteName(from)} to ${quoteName(to)}`,
    ]);
    return 0;
  },
};
