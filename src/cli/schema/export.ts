/** `dolt schema export`: the CREATE TABLE statements of tables, into a file or to standard output. */
import { resolve } from 'node:path';
import { DoltError } from '../../base/errors.ts';
import { createStatement } from '../../sql/catalog/schema-statements.ts';
import { parseArguments } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { intoFile } from '../table/write-table.ts';
import { openWorkspace } from '../verb-command.ts';

export const command: Command = {
  name: 'schema export',
  summary: 'Writes the schemas of tables as SQL.',
  synopsis: ['[<table>] [<file>]', '<file>'],
  positional: [
    ['table', 'The table; all tables when left out.'],
    [
      'file',
      'The file to write; standard output when left out. Alone, it is told from a table by the dot in its name.',
    ],
  ],
  flags: [],
  examples: ['dolt schema export', 'dolt schema export employees schema.sql'],
  async run(context, args) {
    const [first, second] = parseArguments({ ...command, maxPositional: 2 }, args).positional;
    const { working } = openWorkspace(context, context.repository()).workingSet();
    const name = first === undefined ? undefined : working.resolveTableName(first);
    // As in the original, a single name with a dot is the file's, for all tables.
    const isFile = first !== undefined && name === undefined && second === undefined && first.includes('.');
    if (first !== undefined && name === undefined && !isFile) {
      throw new DoltError('notFound', `table not found: ${first}`);
    }
    const file = isFile ? first : second;
    const names = name === undefined ? working.tableNames().filter((each) => !each.startsWith('dolt_')) : [name];
    const text = names.map((each) => `${createStatement(working, each)}\n`).join('');
    if (file === undefined) context.terminal.write(text);
    else await intoFile(resolve(context.workingDirectory, file), async (write) => write(text));
    return 0;
  },
};
