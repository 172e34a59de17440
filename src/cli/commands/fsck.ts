/** `dolt fsck`: checks everything and names what is damaged; exit status 1 when something is. */
import { fsck } from '../../verbs/fsck.ts';
import { folderCommand } from '../verb-command.ts';

export const command = folderCommand(fsck, {
  examples: ['dolt fsck', 'dolt fsck --revive-journal-with-data-loss'],
  print(result, { terminal }) {
    if ('savedAs' in result) {
      terminal.line(`The journal as it was is kept in ${result.savedAs}.`);
      terminal.line(`${result.bytesCut} bytes were cut off; the root is ${result.root} now.`);
      return;
    }
    const { problems, refs, commits, chunks, kinds } = result;
    const lines = [
      '============ Summary ============',
      `Refs found: ${refs}`,
      `Commit objects found: ${commits}`,
      `Chunks reachable: ${chunks}`,
      'Chunk type breakdown:',
      ...Array.from(kinds, ([kind, count]) => `  ${kind}: ${count}`),
    ];
    terminal.line(lines.join('\n'));
    for (const { place, message } of problems) {
      terminal.error(message.startsWith(place) ? message : `${place}: ${message}`);
    }
    terminal.line(problems.length === 0 ? 'No problems found.' : `${problems.length} problems found.`);
  },
  status: (result) => ('savedAs' in result || result.problems.length === 0 ? 0 : 1),
});
