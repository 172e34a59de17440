/** `dolt pull`: fetches, then merges, or rebases. */
import { parseArguments } from '../../verbs/arguments.ts';
import { pull } from '../../verbs/pull.ts';
import { rebaseMessage } from '../../verbs/rebase-message.ts';
import type { Command } from '../command.ts';
import { mergeStatus, printMerge } from '../merge-text.ts';
import { NotThroughServerError, verbCommand } from '../verb-command.ts';

const merging = verbCommand(pull, {
  examples: ['dolt pull', 'dolt pull origin main', 'dolt pull --rebase'],
  print({ merge, rebase }, context, workspace) {
    if (merge !== undefined) printMerge(merge, context, workspace);
    else if (rebase!.kind === 'conflict') context.terminal.error(rebaseMessage(rebase!));
    else context.terminal.line(rebaseMessage(rebase!));
  },
  status: ({ merge, rebase }) => (merge === undefined ? Number(rebase!.kind === 'conflict') : mergeStatus(merge)),
});

export const command: Command = {
  ...merging,
  async run(context, args) {
    // A rebase may stop on a branch of its own, where the command line has to go along.
    const rebases = parseArguments(pull, args).has('rebase');
    if (rebases && (await context.server()) !== undefined) throw new NotThroughServerError('pull --rebase');
    return await merging.run(context, args);
  },
};
