/** `dolt query-diff`: what the results of two queries differ in. */
import { quoteString } from '../../sql/syntax/print-expression.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { command as sql } from './sql.ts';

export const command: Command = {
  name: 'query-diff',
  summary: 'Shows table diff between two queries.',
  synopsis: ['<query1> <query2>'],
  positional: [['query', 'A SELECT.']],
  flags: [],
  examples: [`dolt query-diff "select * from employees as of 'v1'" "select * from employees"`],
  async run(context, args) {
    const { positional } = parseArguments(command, args);
    if (positional.length !== 2) throw new UsageError('please provide exactly two queries');
    return await sql.run(context, ['-q', `select * from dolt_query_diff(${positional.map(quoteString).join(', ')})`]);
  },
};
