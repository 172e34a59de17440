/** `dolt remote`. */
import { remote } from '../../verbs/remote.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(remote, {
  examples: ['dolt remote add origin file:///srv/dolt/shop', 'dolt remote -v'],
  print(result, { terminal }) {
    if (result.kind !== 'list') return;
    for (const { name, url, params } of result.remotes) {
      const more = Object.keys(params).length > 0 ? JSON.stringify(params) : '';
      terminal.line(result.verbose ? `${name} ${url} ${more}` : name);
    }
  },
});
