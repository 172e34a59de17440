/** `dolt config`. */
import { config } from '../../verbs/config.ts';
import { folderCommand } from '../verb-command.ts';

export const command = folderCommand(config, {
  examples: [
    'dolt config --global --add user.name "Ada"',
    'dolt config --add --local sqlserver.global.dolt_replicate_to_remote origin',
    'dolt config --unset --local sqlserver.global.dolt_replicate_to_remote',
  ],
  print(result, { terminal }) {
    switch (result.kind) {
      case 'list':
        for (const [key, value] of result.entries) terminal.line(`${key} = ${value}`);
        return;
      case 'value':
        if (result.value !== undefined) terminal.line(result.value);
        return;
      case 'updated':
        terminal.line('Config successfully updated.');
    }
  },
  status: (result) => (result.kind === 'value' && result.value === undefined ? 1 : 0),
});
