/** `dolt reset`: says what is unstaged after it. */
import { completeNow } from '../../repo/steps.ts';
import { reset } from '../../verbs/reset.ts';
import { status } from '../../verbs/status.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(reset, {
  examples: ['dolt reset employees', 'dolt reset --hard HEAD~1'],
  movesHeads: ({ movedHead }) => movedHead,
  print({ mixed }, { terminal }, workspace) {
    if (!mixed) return;
    const { unstaged } = completeNow(status.run(workspace, []));
    if (unstaged.length === 0) return;
    terminal.line('Unstaged changes after reset:');
    for (const { table, status: word } of unstaged) terminal.line(`${word === 'modified' ? 'M' : 'D'}\t${table}`);
  },
});
