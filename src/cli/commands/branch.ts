/** `dolt branch`. */
import { branch, type ListedBranch } from '../../verbs/branch.ts';
import type { Tracking } from '../../verbs/tracking.ts';
import type { Terminal } from '../terminal.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(branch, {
  examples: ['dolt branch', 'dolt branch feature', 'dolt branch -d feature'],
  movesHeads: ({ kind }) => kind !== 'list' && kind !== 'current' && kind !== 'upstream' && kind !== 'datasets',
  print(result, { terminal }) {
    switch (result.kind) {
      case 'list':
        terminal.write(listText(result.branches, result.verbosity, terminal));
        return;
      case 'current':
        terminal.line(result.name ?? '');
        return;
      case 'datasets':
        for (const name of result.names) terminal.line(`  ${name}`);
        return;
      case 'created':
      case 'upstream':
        if (result.upstream !== undefined) {
          terminal.line(`branch '${result.name}' set up to track '${result.upstream}'.`);
        }
        return;
      default:
    }
  },
});

function listText(branches: readonly ListedBranch[], verbosity: number, { colors }: Terminal): string {
  const width = Math.max(0, ...branches.map(({ name }) => name.length));
  const lines = branches.map(({ name, head, message, isCurrent, isRemote, tracking }) => {
    const mark = isCurrent ? '* ' : '  ';
    const padding = ' '.repeat(width - name.length);
    const colored = isCurrent ? colors.green(name) : isRemote ? colors.red(name) : name;
    if (verbosity === 0) return `${mark}${colored}\n`;
    const follows =
      tracking === undefined ? '' : followsText(tracking, verbosity > 1 && colors.blue(tracking.upstream));
    return `${mark}${colored}${padding} ${head}${follows} ${message.split('\n')[0]}\n`;
  });
  return lines.join('');
}

/** ` [origin/main: ahead 2, behind 1]`; without the upstream only where there is a distance. */
function followsText({ ahead, behind }: Tracking, upstream: string | false): string {
  const distance = [ahead > 0 ? `ahead ${ahead}` : '', behind > 0 ? `behind ${behind}` : ''].filter(Boolean).join(', ');
  const parts = [upstream, distance].filter(Boolean);
  return parts.length === 0 ? '' : ` [${parts.join(': ')}]`;
}
