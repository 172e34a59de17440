/** `dolt schema copy-tags`. */
import { copyTags } from '../../verbs/copy-tags.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(copyTags, {
  examples: ['dolt schema copy-tags main'],
  movesHeads: ({ changes }) => changes.length > 0,
  print({ from, changes }, { terminal }) {
    for (const { table, column, tag, kind } of changes) {
      terminal.line(`${kind === 'moved' ? 'changing' : 'syncing'} ${table}.${column} to ${tag}`);
    }
    const synced = changes.filter(({ kind }) => kind === 'synced').length;
    terminal.line(synced > 0 ? `\n${synced} column tags synced from branch ${from}` : '\nNo tag changes needed');
  },
});
