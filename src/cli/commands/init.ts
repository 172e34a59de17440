/** `dolt init`. */
import { init } from '../../verbs/init.ts';
import { folderCommand } from '../verb-command.ts';

export const command = folderCommand(init, {
  examples: ['dolt init --name "Ada" --email ada@example.com'],
  print(_, { terminal }) {
    terminal.line(terminal.colors.cyan('Successfully initialized dolt data repository.'));
  },
});
