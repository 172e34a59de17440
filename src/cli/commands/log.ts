/** `dolt log`. */

import { DoltError } from '../../base/errors.ts';
import { log } from '../../verbs/log.ts';
import { commitText } from '../commit-text.ts';
import { changeBars } from '../diff/change-bars.ts';
import { verbCommand } from '../verb-command.ts';

/** Lines are written in pieces of about this many characters. */
const PIECE = 1 << 14;

export const command = verbCommand(log, {
  examples: ['dolt log -n 3', 'dolt log --oneline main..feature'],
  print(result, { terminal }, { repository }) {
    if (result.graph)
      throw new DoltError('unsupported', 'log --graph is not supported yet; log --parents shows the parents');
    let text = '';
    for (const entry of result.entries) {
      text += commitText(entry, result, terminal);
      const { root, parents } = entry.commit;
      // Merges have no one side to compare with.
      if (result.stat && parents.length === 1) {
        const bars = changeBars(repository.rootOfCommit(parents[0]!), repository.root(root), terminal, ' ');
        text += result.oneline ? bars : `${bars}\n`;
      }
      if (text.length < PIECE) continue;
      terminal.write(text);
      text = '';
    }
    terminal.write(text);
  },
});
