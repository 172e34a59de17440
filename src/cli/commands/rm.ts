/** `dolt rm`. */
import { rm } from '../../verbs/rm.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(rm, {
  examples: ['dolt rm employees', 'dolt rm --cached employees'],
  print({ tables, cached }, { terminal }) {
    for (const table of tables) terminal.line(cached ? `removed '${table}' from tracking` : `dropped '${table}'`);
  },
});
