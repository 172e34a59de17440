/** `dolt table`: `import` fills a table from a file, `export` writes one. */
import { HelpRequested, UsageError } from '../../verbs/arguments.ts';
import { nearest } from '../../verbs/nearest.ts';
import type { Command } from '../command.ts';
import { runCommand } from '../run-command.ts';

/** Each is loaded when it is used. */
const actions: Readonly<Record<string, () => Promise<{ readonly command: Command }>>> = {
  import: () => import('../table/import.ts'),
  export: () => import('../table/export.ts'),
};

export const command: Command = {
  name: 'table',
  summary: 'Import and export of tables.',
  synopsis: ['import -c|-u|-a|-r <table> <file>', 'export <table> [<file>]'],
  positional: [
    [
      'import',
      'Creates, updates, appends to or replaces a table from the rows of a file. See dolt table import --help.',
    ],
    ['export', 'Writes the rows of a table into a file. See dolt table export --help.'],
  ],
  flags: [],
  examples: ['dolt table import -c --pk id employees employees.csv', 'dolt table export employees employees.json'],
  async run(context, args) {
    const [name, ...rest] = args;
    if (name === undefined || name === '--help' || name === '-h') throw new HelpRequested();
    const load = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (load === undefined) {
      const near = nearest(name, Object.keys(actions));
      throw new UsageError(
        `Unknown Command ${name}${near === undefined ? '' : `\nDid you mean \`dolt table ${near}\`?`}`,
      );
    }
    return await runCommand((await load()).command, context, rest);
  },
};
