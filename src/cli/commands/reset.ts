/** `dolt reset`. */
import { reset } from '../../verbs/reset.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(reset, { examples: ['dolt reset employees', 'dolt reset --hard HEAD~1'] });
