/** `dolt read-tables`: says which tables have come. */
import { readTables } from '../../verbs/read-tables.ts';
import { folderCommand } from '../verb-command.ts';

export const command = folderCommand(readTables, {
  examples: [
    'dolt read-tables file:///srv/dolt/shop main',
    'dolt read-tables --dir prices file:///srv/dolt/shop v1.0 items',
  ],
  print({ tables }, { terminal }) {
    for (const name of tables) terminal.line(`Retrieved ${name}`);
  },
});
