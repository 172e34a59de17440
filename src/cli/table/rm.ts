/** `dolt table rm`: deletes tables. */
import { quoteName } from '../../sql/syntax/print-expression.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { runStatements } from './run-statements.ts';

export const command: Command = {
  name: 'table rm',
  summary: 'Deletes tables of the working set.',
  synopsis: ['<table>...'],
  positional: [['table', 'The tables to delete.']],
  flags: [],
  examples: ['dolt table rm employees'],
  async run(context, args) {
    const { positional } = parseArguments(command, args);
    if (positional.length === 0) throw new UsageError('expected the names of tables');
    await runStatements(context, [`drop table ${positional.map(quoteName).join(', ')}`]);
    return 0;
  },
};
