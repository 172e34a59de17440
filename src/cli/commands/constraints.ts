/** `dolt constraints`: `verify` looks for rows that violate constraints. */
import { subcommands } from '../subcommands.ts';

export const command = subcommands({
  name: 'constraints',
  summary: 'Commands for handling constraints.',
  examples: ['dolt constraints verify', 'dolt constraints verify --all employees'],
  actions: {
    verify: {
      summary: 'Verifies that rows of the working set satisfy the constraints of their tables.',
      load: () => import('../constraints/verify.ts'),
    },
  },
});
