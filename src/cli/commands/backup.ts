/** `dolt backup`. Restoring one needs no repository in the current folder; the rest does. */
import { parseArguments } from '../../verbs/arguments.ts';
import { backup } from '../../verbs/backup.ts';
import { backupRestore } from '../../verbs/backup-restore.ts';
import type { Command } from '../command.ts';
import { folderCommand, verbCommand } from '../verb-command.ts';

const examples = ['dolt backup add nightly file:///srv/backups/shop', 'dolt backup sync nightly'];

const own = verbCommand(backup, {
  examples,
  print(result, { terminal }) {
    if (result.kind === 'pruned') {
      const { files, bytes, written } = result.pruned;
      const done = `Pruning ${result.url}: deleted ${files} file(s), reclaimed ${bytes} bytes`;
      const ago = `${Math.round((written?.sinceMs ?? 0) / 1000)}s`;
      if (written)
        terminal.line(`${done}; skipped: "${written.name}" was modified ${ago} ago (grace period ${result.grace})`);
      else if (files > 0) terminal.line(done);
    }
    if (result.kind !== 'list') return;
    for (const { name, url, params } of result.backups) {
      const more = Object.keys(params).length > 0 ? JSON.stringify(params) : '';
      terminal.line(result.verbose ? `${name} ${url} ${more}` : name);
    }
  },
});
const restore = folderCommand(backupRestore, { examples });

export const command: Command = {
  ...own,
  run(context, args) {
    const [action] = parseArguments(backup, args).positional;
    return (action === 'restore' ? restore : own).run(context, args);
  },
};
