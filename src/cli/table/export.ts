/** `dolt table export`: writes the rows of a table as CSV, PSV, JSON, JSONL or SQL, into a file or to standard output. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { DoltError } from '../../base/errors.ts';
import { openEngine } from '../../open.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { fileTypeOf } from './row-source.ts';
import { exportTable, intoFile } from './write-table.ts';

export const command: Command = {
  name: 'table export',
  summary: 'Export the contents of a table to a file.',
  synopsis: ['[-f] [--file-type <type>] <table> [<file>]'],
  positional: [
    ['table', 'The table being exported.'],
    ['file', 'The file being output to; standard output when absent.'],
  ],
  flags: [
    { name: 'force', short: 'f', help: 'Overwrite the file where it exists.' },
    {
      name: 'file-type',
      value: 'file_type',
      help: 'csv, psv, json, jsonl or sql, where the name of the file does not say.',
    },
  ],
  examples: ['dolt table export employees employees.csv', 'dolt table export --file-type sql employees'],
  async run({ environment, directory, workingDirectory, terminal }, args) {
    const parsed = parseArguments({ ...command, maxPositional: 2 }, args);
    const [table, file] = parsed.positional;
    if (table === undefined) throw new UsageError('expected the name of a table');
    const given = parsed.value('file-type');
    const type = file === undefined ? (given ?? 'csv').toLowerCase() : fileTypeOf(file, given);
    const path = file === undefined ? undefined : resolve(workingDirectory, file);
    if (path !== undefined && existsSync(path) && !parsed.has('force')) {
      throw new DoltError('conflict', `${file} already exists. Use -f to overwrite.`);
    }
    const opened = openEngine(environment, directory);
    try {
      const session = opened.engine.session({ database: opened.database, user: 'root@localhost' });
      try {
        if (path === undefined) await exportTable(session, table, type, (text, binary) => terminal.write(text, binary));
        else await intoFile(path, (write) => exportTable(session, table, type, write));
      } finally {
        await session.close();
      }
    } finally {
      opened.close();
    }
    terminal.error('Successfully exported data.');
    return 0;
  },
};
