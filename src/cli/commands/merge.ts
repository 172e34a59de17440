/** `dolt merge`. */
import { merge } from '../../verbs/merge.ts';
import { mergeStatus, printMerge } from '../merge-text.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(merge, {
  examples: ['dolt merge feature', 'dolt merge --no-ff -m "Take the feature" feature', 'dolt merge --abort'],
  movesHeads: ({ kind }) => kind === 'merged' || kind === 'fastForward',
  print: printMerge,
  status: mergeStatus,
});
