/** `dolt add`. */
import { add } from '../../verbs/add.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(add, { examples: ['dolt add .', 'dolt add employees'] });
