/** `dolt fsck`: checks everything and names what is damaged; exit status 1 when something is. */
import { fsck } from '../../verbs/fsck.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(fsck, {
  examples: ['dolt fsck'],
  print({ problems, refs, commits, chunks, kinds }, { terminal }) {
    const lines = [
      '============ Summary ============',
      `Refs found: ${refs}`,
      `Commit objects found: ${commits}`,
      `Chunks reachable: ${chunks}`,
      'Chunk type breakdown:',
      ...Array.from(kinds, ([kind, count]) => `  ${kind}: ${count}`),
    ];
    terminal.line(lines.join('\n'));
    for (const { place, message } of problems) terminal.error(`${place}: ${message}`);
    terminal.line(problems.length === 0 ? 'No problems found.' : `${problems.length} problems found.`);
  },
  status: ({ problems }) => (problems.length === 0 ? 0 : 1),
});
