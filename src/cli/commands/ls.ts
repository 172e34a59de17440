/** `dolt ls`: the tables of the working set, or of a commit. */
import type { RootValue } from '../../repo/root-value.ts';
import { type ParsedArguments, parseArguments, UsageError } from '../../verbs/arguments.ts';
import { rootNamed } from '../../verbs/diff.ts';
import { resolveSpec } from '../../verbs/workspace-roots.ts';
import type { Command } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { openWorkspace } from '../verb-command.ts';

export const command: Command = {
  name: 'ls',
  summary: 'List tables in the working set.',
  synopsis: ['[-v] [-a | -s] [<commit>]'],
  positional: [['commit', 'List the tables of this commit.']],
  flags: [
    { name: 'verbose', short: 'v', help: 'show the number of rows' },
    {
      name: 'system',
      short: 's',
      help: 'show system tables: those that are stored, and of the working set all that can be read',
    },
    { name: 'all', short: 'a', help: 'show user and system tables' },
  ],
  examples: ['dolt ls', 'dolt ls -v HEAD~1'],
  async run(context, args) {
    const { terminal } = context;
    const parsed = parseArguments({ ...command, maxPositional: 1 }, args);
    if (parsed.has('system') && parsed.has('all')) {
      throw new UsageError('--system and --all are mutually exclusive');
    }
    const workspace = openWorkspace(context, context.repository());
    const [spec] = parsed.positional;
    const root = rootNamed(workspace, spec ?? 'WORKING');
    const where = spec === undefined ? 'working set' : resolveSpec(workspace, spec);
    const isSystem = (name: string): boolean => name.startsWith('dolt_');
    const names = root.tableNames().sort();
    if (!parsed.has('system')) {
      const tables = names.filter((name) => !isSystem(name));
      terminal.line(tables.length === 0 ? `No tables in ${where}` : `Tables in ${where}:`);
      listTables(terminal, root, tables, parsed);
    }
    if (parsed.has('system') || parsed.has('all')) {
      terminal.line('System tables:');
      const { systemTableNames } = await import('../../sql/system-table-names.ts');
      const tables = spec === undefined ? systemTableNames(names).sort() : names.filter(isSystem);
      listTables(terminal, root, tables, parsed);
    }
    return 0;
  },
};

function listTables(terminal: Terminal, root: RootValue, names: readonly string[], parsed: ParsedArguments): void {
  for (const name of names) {
    const table = parsed.has('verbose') ? root.table(name) : undefined;
    terminal.line(table ? `\t${name.padEnd(20)}     ${table.entryCount} rows` : `\t ${name}`);
  }
}
