/** The message of a commit in the user's editor, below which stands what the commit would take. */
import { isClean, statusOf } from '../../repo/status.ts';
import type { CommitPlan } from '../../verbs/commit.ts';
import { databaseOf } from '../../verbs/status.ts';
import type { Workspace } from '../../verbs/workspace.ts';
import { statusText } from '../commands/status.ts';
import { editText, keepText } from '../editor.ts';
import { NO_COLORS } from '../terminal.ts';

const MESSAGE_FILE = 'COMMIT_EDITMSG';

const INSTRUCTIONS = `
Please enter the commit message for your changes. Lines starting
with '#' will be ignored, and an empty message aborts the commit.
`;

/** What the user leaves; '' for an empty message. */
export function editMessage(workspace: Workspace, plan: CommitPlan): string {
  const text = editText(workspace.repository, {
    name: MESSAGE_FILE,
    text: `${suggested(plan)}\n${commented(INSTRUCTIONS.trim())}\n${commented(statusOfPlan(workspace, plan))}\n`,
    failure: 'nothing is committed.\nSet another (dolt config --global --add core.editor "…", or EDITOR), or use -m.',
  });
  return cleaned(text);
}

/** As `merge` says it where there is nothing to resolve; when amending, the message so far. */
function suggested({ amended, merge, branch }: CommitPlan): string {
  if (amended !== undefined) return `${amended.message}\n`;
  const isMerge = merge !== undefined && !merge.isCherryPick && !merge.isRevert;
  return isMerge ? `Merge branch '${merge.fromSpec}' into ${branch}\n` : '';
}

/** As `status` tells it, staged by then what is to be; what amends or is empty on purpose need not be told that it is. */
function statusOfPlan(workspace: Workspace, { branch, merge, roots }: CommitPlan): string {
  const status = statusOf(roots, merge, databaseOf(workspace));
  const [first, ...lines] = statusText({ ...status, branch, tracking: undefined, showIgnored: false }, NO_COLORS)
    .trimEnd()
    .split('\n');
  return [first, ...(isClean(roots) && merge === undefined ? [] : ['', ...lines])].join('\n');
}

const commented = (text: string): string => text.replace(/^/gm, '# ').replace(/ +$/gm, '');

/** Without comments, blanks at the ends of lines, and blank lines around it, as Git cleans it. */
function cleaned(text: string): string {
  const lines = text.split('\n').filter((line) => !line.startsWith('#'));
  return lines
    .map((line) => line.trimEnd())
    .join('\n')
    .replace(/^\n+|\n+$/g, '');
}

/** The path of a file with the message, which could not be committed. */
export const keepMessage = (message: string): string => keepText(MESSAGE_FILE, `${message}\n`);
