/** `dolt schema update-tag`. */
import { updateTag } from '../../verbs/update-tag.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(updateTag, { examples: ['dolt schema update-tag employees name 16016'] });
