/** `dolt conflicts`: `cat` shows the rows in conflict, `resolve` takes one side for all of them. */
import { complete } from '../../repo/steps.ts';
import { HelpRequested, UsageError } from '../../verbs/arguments.ts';
import { conflictsResolve } from '../../verbs/conflicts-resolve.ts';
import type { Command } from '../command.ts';
import { openWorkspace } from '../verb-command.ts';
import { command as sql } from './sql.ts';

export const command: Command = {
  name: 'conflicts',
  summary: 'Commands for viewing and resolving merge conflicts.',
  synopsis: ['cat <table>', ...conflictsResolve.synopsis.map((line) => `resolve ${line}`)],
  positional: conflictsResolve.positional,
  flags: conflictsResolve.flags,
  examples: ['dolt conflicts cat employees', 'dolt conflicts resolve --ours employees'],
  async run(context, args) {
    const [action, ...rest] = args;
    if (action === undefined || action === '--help' || action === '-h') throw new HelpRequested();
    if (action === 'resolve') {
      const repository = context.repository();
      await complete(conflictsResolve.run(openWorkspace(context, repository), rest));
      return 0;
    }
    if (action !== 'cat') throw new UsageError(`error: unknown command 'conflicts ${action}'; use cat or resolve`);
    const [table] = rest;
    if (table === undefined) throw new UsageError('error: conflicts cat needs the name of a table');
    return await sql.run(context, ['-q', `select * from \`dolt_conflicts_${table.replaceAll('`', '``')}\``]);
  },
};
