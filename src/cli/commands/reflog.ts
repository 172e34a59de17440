/** `dolt reflog`: where branches and tags have pointed. */
import { type ReflogEntry, reflog } from '../../repo/reflog.ts';
import { HEADS, REMOTES, TAGS } from '../../repo/refs.ts';
import { parseArguments } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import type { Terminal } from '../terminal.ts';
import { openWorkspace } from '../verb-command.ts';

export const command: Command = {
  name: 'reflog',
  summary: 'Show history of named refs.',
  synopsis: ['[--all] [<ref>]'],
  positional: [['ref', 'Only this branch, tag or remote-tracking branch, which may be gone.']],
  flags: [{ name: 'all', help: 'Show all refs, including hidden refs, such as DoltHub workspace refs' }],
  examples: ['dolt reflog', 'dolt reflog feature'],
  isPaged: true,
  async run(context, args) {
    const { positional } = parseArguments({ ...command, maxPositional: 1 }, args);
    const repository = context.repository({ readOnly: true });
    const workspace = openWorkspace(context, repository);
    const head = workspace.branch() === undefined ? undefined : workspace.head();
    for (const entry of reflog(repository, positional[0])) context.terminal.line(lineOf(entry, head, context.terminal));
    return 0;
  },
};

function lineOf({ ref, commit, message }: ReflogEntry, head: string | undefined, { colors }: Terminal): string {
  const arrow = commit === head ? colors.bold(colors.cyan('HEAD -> ')) : '';
  const where = colors.yellow('(') + arrow + refText(ref, colors) + colors.yellow(')');
  return `${colors.yellow(commit)} ${where} ${message}`;
}

function refText(ref: string, colors: Terminal['colors']): string {
  if (ref.startsWith(HEADS)) return colors.bold(colors.green(ref.slice(HEADS.length)));
  if (ref.startsWith(TAGS)) return colors.yellow(`tag: ${ref.slice(TAGS.length)}`);
  return colors.bold(colors.red(ref.slice(REMOTES.length)));
}
