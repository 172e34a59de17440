/** `dolt schema tags`: the tags of columns in the working set. */
import { DoltError } from '../../base/errors.ts';
import { LONGTEXT, UNSIGNED_BIGINT } from '../../sql/types/sql-type.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { resultPrinter } from '../print/print-result.ts';
import { openWorkspace } from '../verb-command.ts';

const FORMATS = ['tabular', 'csv', 'json'] as const;

export const command: Command = {
  name: 'schema tags',
  summary: 'Shows the column tags of one or more tables.',
  synopsis: ['[-r <result format>] [<table>...]'],
  positional: [['table', 'table(s) whose tags will be displayed.']],
  flags: [
    {
      name: 'result-format',
      short: 'r',
      value: 'result output format',
      help: 'How to format result output. Valid values are tabular, csv, json. Defaults to tabular.',
    },
  ],
  examples: ['dolt schema tags', 'dolt schema tags -r csv employees'],
  async run(context, args) {
    const parsed = parseArguments(command, args);
    const wanted = parsed.value('result-format') ?? 'tabular';
    const format = FORMATS.find((name) => name === wanted.toLowerCase());
    if (format === undefined) {
      throw new UsageError(`Invalid argument for --result-format. Valid values are ${FORMATS.join(', ')}`);
    }
    const { terminal } = context;
    const { working } = openWorkspace(context, context.repository()).workingSet();
    const names =
      parsed.positional.length > 0 ? parsed.positional : working.tableNames().filter((name) => name !== 'dolt_docs');
    if (names.length === 0) {
      terminal.line('No tables in working set');
      return 0;
    }
    const rows = names.flatMap((given) => {
      const name = working.resolveTableName(given);
      if (name === undefined) throw new DoltError('notFound', `Can't find table ${given}.`);
      return working.table(name)!.schema.columns.map((column) => [name, column.name, column.tag]);
    });
    const printer = resultPrinter(format, (text, binary) => terminal.write(text, binary));
    printer.begin([
      { name: 'table', type: LONGTEXT },
      { name: 'column', type: LONGTEXT },
      { name: 'tag', type: UNSIGNED_BIGINT },
    ]);
    printer.batch({ length: rows.length, columns: [0, 1, 2].map((i) => rows.map((row) => row[i]!)) });
    printer.end();
    return 0;
  },
};
