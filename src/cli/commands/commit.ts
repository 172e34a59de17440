/** `dolt commit`: prints the commit it made. Without a message an editor opens for it, where there is a terminal. */

import { NothingToCommitError } from '../../repo/repo-errors.ts';
import { completeNow } from '../../repo/steps.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import { assertCommitPossible, commit, planCommit } from '../../verbs/commit.ts';
import { log } from '../../verbs/log.ts';
import type { Command, CommandContext } from '../command.ts';
import { commitText } from '../commit-text.ts';
import type { Terminal } from '../terminal.ts';
import { openWorkspace, verbCommand } from '../verb-command.ts';

const committing = verbCommand(commit, {
  examples: ['dolt commit -am "Add the employees"', 'dolt commit', 'dolt commit --amend -m "Better words"'],
  movesHeads: (result) => result.commit !== undefined,
  print(result, { terminal }, workspace) {
    if (result.commit === undefined) {
      sayNothingToCommit(terminal);
      return;
    }
    const logged = completeNow(log.run(workspace, ['-n', '1']));
    for (const entry of logged.entries) terminal.write(commitText(entry, logged, terminal));
  },
});

export const command: Command = {
  ...committing,
  async run(context, args) {
    const parsed = parseArguments(commit, args);
    try {
      if (parsed.has('message')) return await committing.run(context, args);
      const { canEdit } = await import('../editor.ts');
      if (canEdit(context.environment)) return await runEdited(context, args);
      if (!parsed.has('amend')) {
        throw new UsageError('Must provide commit message: with -m, or on a terminal, where an editor opens for it.');
      }
      return await committing.run(context, args);
    } catch (error) {
      if (error instanceof NothingToCommitError)
        throw new NothingToCommitError('no changes added to commit (use "dolt add")');
      throw error;
    }
  },
};

/** Nobody is asked for a message of a commit that cannot be, and what is written is not lost when it fails after all. */
async function runEdited(context: CommandContext, args: readonly string[]): Promise<number> {
  const parsed = parseArguments(commit, args);
  const { terminal } = context;
  const workspace = openWorkspace(context, context.repository());
  const plan = planCommit(workspace, parsed);
  if (plan === undefined) {
    sayNothingToCommit(terminal);
    return 0;
  }
  assertCommitPossible(workspace, plan, parsed);
  const { editMessage, keepMessage } = await import('../commit/edit-message.ts');
  const message = editMessage(workspace, plan);
  try {
    return await committing.run(context, ['-m', message, ...args]);
  } catch (error) {
    if (message !== '') terminal.error(`The message is kept in ${keepMessage(message)}`);
    throw error;
  }
}

const sayNothingToCommit = (terminal: Terminal): void => terminal.line('Skipping empty commit');
