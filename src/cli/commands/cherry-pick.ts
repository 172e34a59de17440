/** `dolt cherry-pick`. */
import { cherryPick } from '../../verbs/cherry-pick.ts';
import { pickStatus, printPick } from '../merge-text.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(cherryPick, {
  examples: ['dolt cherry-pick feature~1'],
  movesHeads: ({ kind }) => kind === 'committed',
  print: printPick,
  status: pickStatus,
});
