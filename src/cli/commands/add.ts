/** `dolt add`; with `--patch` row by row. */
import { add } from '../../verbs/add.ts';
import { parseArguments } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { verbCommand } from '../verb-command.ts';

const adding = verbCommand(add, { examples: ['dolt add .', 'dolt add employees', 'dolt add -p'] });

/** Of the command line alone. */
const patchFlag = { name: 'patch', short: 'p', help: 'Interactively select changes to add to the staged set.' };

export const command: Command = {
  ...adding,
  synopsis: [...add.synopsis, '--patch [table...]'],
  flags: [...add.flags, patchFlag],
  async run(context, args) {
    const parsed = parseArguments(command, args);
    if (!parsed.has('patch')) return await adding.run(context, args);
    const { runPatch } = await import('../add/patch.ts');
    return await runPatch(context, parsed.positional);
  },
};
