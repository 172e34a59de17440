/** `dolt pull`: fetches, then merges. */
import { pull } from '../../verbs/pull.ts';
import { mergeStatus, printMerge } from '../merge-text.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(pull, {
  examples: ['dolt pull', 'dolt pull origin main'],
  print: (result, context, workspace) => printMerge(result.merge, context, workspace),
  status: (result) => mergeStatus(result.merge),
});
