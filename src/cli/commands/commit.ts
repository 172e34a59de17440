/** `dolt commit`: prints the commit it made. */

import { NothingToCommitError } from '../../repo/repo-errors.ts';
import { completeNow } from '../../repo/steps.ts';
import { commit } from '../../verbs/commit.ts';
import { log } from '../../verbs/log.ts';
import type { Command } from '../command.ts';
import { commitText } from '../commit-text.ts';
import { verbCommand } from '../verb-command.ts';

const committing = verbCommand(commit, {
  examples: ['dolt commit -am "Add the employees"', 'dolt commit --amend -m "Better words"'],
  movesHeads: (result) => result.commit !== undefined,
  print(result, { terminal }, workspace) {
    if (result.commit === undefined) {
      terminal.line('Skipping empty commit');
      return;
    }
    const logged = completeNow(log.run(workspace, ['-n', '1']));
    for (const entry of logged.entries) terminal.write(commitText(entry, logged, terminal));
  },
});

export const command: Command = {
  ...committing,
  async run(context, args) {
    try {
      return await committing.run(context, args);
    } catch (error) {
      if (error instanceof NothingToCommitError)
        throw new NothingToCommitError('no changes added to commit (use "dolt add")');
      throw error;
    }
  },
};
