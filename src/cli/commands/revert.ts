/** `dolt revert`. */
import { revert } from '../../verbs/revert.ts';
import { pickStatus, printPick } from '../merge-text.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(revert, {
  examples: ['dolt revert HEAD'],
  movesHeads: ({ kind }) => kind === 'committed',
  print: printPick,
  status: pickStatus,
});
