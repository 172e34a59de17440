/** `dolt clean`. */
import { clean } from '../../verbs/clean.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(clean, {
  examples: ['dolt clean --dry-run', 'dolt clean', 'dolt clean scratch'],
  print({ tables, isDryRun }, { terminal }) {
    if (isDryRun) for (const name of tables) terminal.line(`Would remove ${name}`);
  },
});
