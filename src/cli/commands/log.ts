/** `dolt log`. */
import { log } from '../../verbs/log.ts';
import { commitText } from '../commit-text.ts';
import { verbCommand } from '../verb-command.ts';

/** Lines are written in pieces of about this many characters. */
const PIECE = 1 << 14;

export const command = verbCommand(log, {
  examples: ['dolt log -n 3', 'dolt log --oneline main..feature'],
  print(result, { terminal }) {
    let text = '';
    for (const entry of result.entries) {
      text += commitText(entry, result, terminal);
      if (text.length < PIECE) continue;
      terminal.write(text);
      text = '';
    }
    terminal.write(text);
  },
});
