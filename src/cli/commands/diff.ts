/** `dolt diff`. */
import { diff } from '../../verbs/diff.ts';
import { printDiff } from '../diff/print-diff.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(diff, {
  server: 'none',
  examples: [
    'dolt diff',
    'dolt diff --stat main feature',
    'dolt diff -r sql HEAD~1 HEAD employees',
    'dolt diff --where "to_salary > from_salary" main employees',
  ],
  print: (result, context) => printDiff(context, result),
});
