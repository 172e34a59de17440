/** `dolt conflicts`: `cat` shows the rows in conflict, `resolve` takes one side for all of them. */
import { subcommands } from '../subcommands.ts';

export const command = subcommands({
  name: 'conflicts',
  summary: 'Commands for viewing and resolving merge conflicts.',
  examples: ['dolt conflicts cat employees', 'dolt conflicts resolve --ours employees'],
  actions: {
    cat: {
      summary: 'Shows the rows in conflict: what they were, and what both sides made of them.',
      load: () => import('../conflicts/cat.ts'),
    },
    resolve: {
      summary: 'Takes the version of one side for all conflicts of a table.',
      load: () => import('../conflicts/resolve.ts'),
    },
  },
});
