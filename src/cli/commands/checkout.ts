/** `dolt checkout`. */
import { checkout } from '../../verbs/checkout.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(checkout, {
  server: 'forbids',
  examples: ['dolt checkout feature', 'dolt checkout -b feature', 'dolt checkout employees'],
  movesHeads: (result) => result.kind === 'branch' && result.created,
  print(result, { terminal }) {
    if (result.kind === 'already') terminal.line(`Already on branch '${result.branch}'`);
    if (result.kind !== 'branch') return;
    terminal.line(`Switched to branch '${result.branch}'`);
    if (result.upstream !== undefined) terminal.line(`branch '${result.branch}' set up to track '${result.upstream}'.`);
  },
});
