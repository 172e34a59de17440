/** `dolt push`. */
import { push, pushReport } from '../../verbs/push.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(push, {
  examples: ['dolt push -u origin main', 'dolt push --force origin main', 'dolt push origin :feature'],
  print({ remote, refs, upstreams }, { terminal }) {
    terminal.line(pushReport(remote.url, refs, upstreams));
  },
});
