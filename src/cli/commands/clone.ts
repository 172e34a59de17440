/** `dolt clone`: says what it clones, then how many chunks have come. */
import { clone } from '../../verbs/clone.ts';
import { folderCommand } from '../verb-command.ts';

export const command = folderCommand(clone, {
  examples: ['dolt clone file:///srv/dolt/shop', 'dolt clone file:///srv/dolt/shop replica'],
});
