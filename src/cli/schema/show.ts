/** `dolt schema show`: the CREATE TABLE statements of tables, now or as of a commit. */
import { DoltError } from '../../base/errors.ts';
import { tryResolveCommit } from '../../repo/ref-spec.ts';
import { createStatement } from '../../sql/catalog/schema-statements.ts';
import { parseArguments } from '../../verbs/arguments.ts';
import { rootNamed } from '../../verbs/diff.ts';
import { specContext } from '../../verbs/workspace-roots.ts';
import type { Command } from '../command.ts';
import { openWorkspace } from '../verb-command.ts';

export const command: Command = {
  name: 'schema show',
  summary: 'Shows the schemas of tables.',
  synopsis: ['[<commit>] [<table>...]'],
  positional: [
    ['commit', 'The commit to show them as of; the working set when left out.'],
    ['table', 'The tables to show; all when left out.'],
  ],
  flags: [],
  examples: ['dolt schema show', 'dolt schema show HEAD~1 employees'],
  async run(context, args) {
    const { positional } = parseArguments(command, args);
    const { terminal } = context;
    const workspace = openWorkspace(context, context.repository());
    const working = workspace.workingSet().working;
    const [first] = positional;
    const isCommit =
      first !== undefined &&
      working.resolveTableName(first) === undefined &&
      tryResolveCommit(specContext(workspace), first) !== undefined;
    const root = isCommit ? rootNamed(workspace, first) : working;
    const wanted = isCommit ? positional.slice(1) : positional;
    const names = wanted.map((given) => {
      const name = root.resolveTableName(given);
      if (name === undefined) throw new DoltError('notFound', `${given} not found`);
      return name;
    });
    const shown = names.length > 0 ? names : root.tableNames().filter((name) => !name.startsWith('dolt_'));
    const label = isCommit ? first : 'working';
    if (shown.length === 0) terminal.line(`No tables in ${isCommit ? first : 'working set'}`);
    for (const name of shown) {
      terminal.line(`${terminal.colors.bold(name)} @ ${label}\n${createStatement(root, name)}\n`);
    }
    return 0;
  },
};
