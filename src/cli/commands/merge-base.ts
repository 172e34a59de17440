/** `dolt merge-base`: the newest commit that two others descend from. */
import { DoltError } from '../../base/errors.ts';
import { mergeBase } from '../../repo/merge-base.ts';
import { parseArguments, UsageError } from '../../verbs/arguments.ts';
import { resolveSpec } from '../../verbs/workspace-roots.ts';
import type { Command } from '../command.ts';
import { openWorkspace } from '../verb-command.ts';

export const command: Command = {
  name: 'merge-base',
  summary: 'Find the common ancestor of two commits.',
  synopsis: ['<commit> <commit>'],
  positional: [['commit', 'Branches, tags or commits.']],
  flags: [],
  examples: ['dolt merge-base main feature'],
  async run(context, args) {
    const [left, right, ...more] = parseArguments(command, args).positional;
    if (left === undefined || right === undefined || more.length > 0) {
      throw new UsageError('merge-base takes exactly 2 args');
    }
    const workspace = openWorkspace(context, context.repository());
    const base = mergeBase(workspace.repository.nodes, resolveSpec(workspace, left), resolveSpec(workspace, right));
    if (base === undefined) throw new DoltError('notFound', `${left} and ${right} have no common ancestor`);
    context.terminal.line(base);
    return 0;
  },
};
