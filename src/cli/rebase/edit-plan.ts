/** The plan of an interactive rebase in the user's editor: a line a step, as Git has it. */
import { DoltError } from '../../base/errors.ts';
import { isRebaseAction, type RebaseAction, type RebaseStep } from '../../repo/rebase-plan.ts';
import type { Repository } from '../../repo/repository.ts';
import { canEdit, editText } from '../editor.ts';

const SHORT: Readonly<Record<string, RebaseAction>> = {
  ...{ p: 'pick', r: 'reword', e: 'edit', s: 'squash', f: 'fixup', d: 'drop' },
};

const HELP = `# p, pick <commit> = use commit
# d, drop <commit> = remove commit
# e, edit <commit> = use commit, but stop for amending
# r, reword <commit> = use commit, with the message that stands in its line
# s, squash <commit> = use commit, but meld into previous commit
# f, fixup <commit> = like "squash", but discard this commit's message
#
# The lines run from top to bottom, and may be moved. A commit whose line is removed is lost;
# without any line the rebase is aborted.
`;

/** The steps that the user leaves; none where there is no terminal to edit them on. */
export function editPlan(repository: Repository, plan: readonly RebaseStep[], title: string): RebaseStep[] {
  if (!canEdit(repository.environment)) return [];
  const lines = plan.map(({ action, commit, message }) => `${action} ${commit} ${message.replaceAll('\n', ' ')}\n`);
  const text = editText(repository, {
    name: 'rebase-plan',
    text: `${lines.join('')}\n# ${title}\n#\n${HELP}`,
    failure: 'the rebase is aborted',
  });
  return parsePlan(text, plan);
}

/** Messages of several lines are as in `plan`, where they were not touched. */
export function parsePlan(text: string, plan: readonly RebaseStep[]): RebaseStep[] {
  const steps: RebaseStep[] = [];
  for (const [at, line] of text.split('\n').entries()) {
    if (line.startsWith('#') || line.trim() === '') continue;
    const [, word = '', commit, message] = /^(\S+) (\S+) (.+)$/.exec(line) ?? [];
    if (commit === undefined || message === undefined)
      throw new DoltError('invalid', `invalid line ${at + 1}: ${line}`);
    const action = SHORT[word] ?? word;
    if (!isRebaseAction(action)) {
      throw new DoltError('invalid', `line ${at + 1}: unknown action in rebase plan: ${word}`);
    }
    const untouched = plan.find((step) => step.commit === commit && step.message.replaceAll('\n', ' ') === message);
    steps.push({ order: steps.length + 1, action, commit, message: untouched?.message ?? message });
  }
  return steps;
}
