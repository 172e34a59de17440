/** `dolt fetch`. */
import { fetch } from '../../verbs/fetch.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(fetch, { examples: ['dolt fetch', 'dolt fetch origin main'] });
