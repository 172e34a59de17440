/** `dolt ls`: the tables of the working set, or of a commit. */

import { parseArguments } from '../../verbs/arguments.ts';
import { rootNamed } from '../../verbs/diff.ts';
import { resolveSpec } from '../../verbs/workspace-roots.ts';
import type { Command } from '../command.ts';
import { openWorkspace } from '../verb-command.ts';

export const command: Command = {
  name: 'ls',
  summary: 'List tables in the working set.',
  synopsis: ['[-v] [-a] [<commit>]'],
  positional: [['commit', 'List the tables of this commit.']],
  flags: [
    { name: 'verbose', short: 'v', help: 'show the number of rows' },
    { name: 'all', short: 'a', help: 'show system tables that are stored, too' },
  ],
  examples: ['dolt ls', 'dolt ls -v HEAD~1'],
  async run(context, args) {
    const { terminal } = context;
    const parsed = parseArguments({ ...command, maxPositional: 1 }, args);
    const workspace = openWorkspace(context, context.repository());
    const [spec] = parsed.positional;
    const root = rootNamed(workspace, spec ?? 'WORKING');
    const where = spec === undefined ? 'working set' : resolveSpec(workspace, spec);
    const names = root.tableNames().filter((name) => parsed.has('all') || !name.startsWith('dolt_'));
    if (names.length === 0) terminal.line(`No tables in ${where}`);
    else terminal.line(`Tables in ${where}:`);
    for (const name of names.sort()) {
      const count = parsed.has('verbose')
        ? `${' '.repeat(Math.max(1, 24 - name.length))}${root.table(name)!.entryCount} rows`
        : '';
      terminal.line(parsed.has('verbose') ? `\t${name}${count}` : `\t ${name}`);
    }
    if (names.length > 0) terminal.line('');
    return 0;
  },
};
