/** `dolt cherry-pick`. */
import { cherryPick } from '../../verbs/cherry-pick.ts';
import { pickStatus, printPick } from '../merge-text.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(cherryPick, {
  examples: ['dolt cherry-pick feature~1'],
  movesHeads: ({ kind }) => kind === 'committed',
  print(result, context, workspace) {
    printPick(result, context, workspace);
    if (result.kind === 'conflicts') context.terminal.error(HOW_TO_GO_ON);
  },
  status: pickStatus,
});

const HOW_TO_GO_ON = `error: Unable to apply commit cleanly due to conflicts or constraint violations.
Resolve them, put the tables with 'dolt add', and go on with 'dolt cherry-pick --continue';
'dolt cherry-pick --abort' takes it back.`;
