/** `dolt revert`. */
import { revert } from '../../verbs/revert.ts';
import { pickStatus, printPick } from '../merge-text.ts';
import { verbCommand } from '../verb-command.ts';

const HINTS = `Automatic revert failed; fix conflicts and then commit the result.
hint: After resolving conflicts, mark them with "dolt add <table>"
hint: and run "dolt revert --continue". To abort, run "dolt revert --abort".`;

export const command = verbCommand(revert, {
  examples: ['dolt revert HEAD'],
  movesHeads: ({ kind }) => kind === 'committed',
  print(result, context, workspace) {
    printPick(result, context, workspace);
    if (result.kind === 'conflicts') context.terminal.line(HINTS);
    if (result.kind === 'aborted') context.terminal.line('Revert aborted.');
  },
  status: pickStatus,
});
