/** `dolt stash`. */
import type { Stash } from '../../repo/stashes.ts';
import { completeNow } from '../../repo/steps.ts';
import { stash } from '../../verbs/stash.ts';
import { status } from '../../verbs/status.ts';
import { verbCommand } from '../verb-command.ts';
import { statusText } from './status.ts';

export const command = verbCommand(stash, {
  examples: ['dolt stash', 'dolt stash -u', 'dolt stash list', 'dolt stash pop', 'dolt stash drop stash@{1}'],
  print(result, { terminal }, workspace) {
    switch (result.kind) {
      case 'saved':
        terminal.line(`Saved working directory and index state ${workInProgress(result.stash)}`);
        break;
      case 'nothingToSave':
        terminal.error('No local changes to save');
        break;
      case 'list':
        for (const each of result.stashes) terminal.line(`stash@{${each.position}}: ${workInProgress(each)}`);
        break;
      case 'applied':
        terminal.write(statusText(completeNow(status.run(workspace, [])), terminal.colors));
        if (result.dropped !== undefined) terminal.line(droppedLine(result.dropped));
        break;
      case 'dropped':
        terminal.line(droppedLine(result.stash));
        break;
      case 'cleared':
        break;
    }
  },
});

const workInProgress = ({ branch, head, message }: Stash): string => `WIP on refs/heads/${branch}: ${head} ${message}`;

const droppedLine = ({ position, head }: Stash): string => `Dropped refs/stash@{${position}} (${head})`;
