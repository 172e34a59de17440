/** `dolt conflicts resolve`. */
import { conflictsResolve } from '../../verbs/conflicts-resolve.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(conflictsResolve, {
  examples: ['dolt conflicts resolve --ours employees', 'dolt conflicts resolve --theirs .'],
});
