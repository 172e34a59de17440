/** `dolt docs diff`: what the working set changed in a document since HEAD, the whole document with marked lines. */
import { documentsOf } from '../../sql/catalog/documents.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import type { Command } from '../command.ts';
import { markedLines } from '../diff/marked-lines.ts';
import { sequenceDiff } from '../diff/sequence-diff.ts';
import { openWorkspace } from '../verb-command.ts';

export const command: Command = {
  name: 'docs diff',
  summary: 'Diffs Dolt Docs',
  synopsis: ['<doc>'],
  positional: [['doc', 'Dolt doc to be diffed.']],
  flags: [],
  examples: ['dolt docs diff README.md'],
  async run(context, args) {
    const { positional } = parseArguments({ ...command, maxPositional: 1 }, args);
    const [name] = positional;
    if (name === undefined) throw new UsageError('dolt docs diff takes exactly one argument');
    const workspace = openWorkspace(context, context.repository());
    const [before, after] = [workspace.headRoot(), workspace.workingSet().working].map((root) =>
      linesOf(documentsOf(root).get(name) ?? ''),
    ) as [string[], string[]];
    context.terminal.write(markedLines(sequenceDiff(before, after), context.terminal));
    return 0;
  },
};

/** A last line that no line break ends is one like any other. */
function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}
