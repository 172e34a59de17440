/** `dolt status`. */
import type { StatusEntry } from '../../repo/status.ts';
import { type StatusResult, status } from '../../verbs/status.ts';
import type { Colors } from '../terminal.ts';
import { verbCommand } from '../verb-command.ts';

export const command = verbCommand(status, {
  server: 'none',
  examples: ['dolt status'],
  print: (result, { terminal }) => terminal.write(statusText(result, terminal.colors)),
});

export function statusText(result: StatusResult, colors: Colors): string {
  const lines = [result.branch === undefined ? 'HEAD detached' : `On branch ${result.branch}`];
  if (result.tracking) lines.push(...trackingLines(result.tracking));
  const { merge, conflicts, schemaConflicts, violations } = result;
  const unmerged = new Set([...conflicts, ...schemaConflicts]);
  if (merge) lines.push(...mergeLines(unmerged.size + violations.length > 0));
  // Dolt puts a blank line before what is not staged, and between untracked tables and what is above them.
  let any = (result.tracking?.ahead ?? 0) + (result.tracking?.behind ?? 0) > 0;
  const section = (title: string, hints: readonly string[], entries: readonly string[], isApart = any): void => {
    if (entries.length === 0) return;
    if (isApart) lines.push('');
    any = true;
    lines.push(title, ...hints.map((hint) => `  ${hint}`), ...entries);
  };
  const entry = ({ status: word, table }: StatusEntry): string => `\t${`${word}:`.padEnd(18)}${table}`;
  section(
    'Changes to be committed:',
    ['(use "dolt reset <table>..." to unstage)'],
    result.staged.filter(({ table }) => !unmerged.has(table)).map((each) => colors.green(entry(each))),
    false,
  );
  section(
    'Unmerged paths:',
    ['(use "dolt add <table>..." to mark resolution)'],
    [
      ...schemaConflicts.map((table) => colors.red(`\t${'schema conflict:'.padEnd(18)}${table}`)),
      ...conflicts.map((table) => colors.red(`\t${'both modified:'.padEnd(18)}${table}`)),
      ...violations.map((table) => colors.red(`\t${'constraint violation:'.padEnd(22)}${table}`)),
    ],
    true,
  );
  section(
    'Changes not staged for commit:',
    [
      '(use "dolt add <table>" to update what will be committed)',
      '(use "dolt checkout <table>" to discard changes in working directory)',
    ],
    result.unstaged.filter(({ table }) => !unmerged.has(table)).map((each) => colors.red(entry(each))),
    true,
  );
  section(
    'Untracked tables:',
    ['(use "dolt add <table>" to include in what will be committed)'],
    [...result.untracked, ...result.disputed].map((each) => colors.red(entry(each))),
  );
  if (result.showIgnored) {
    section(
      'Ignored tables:',
      ['(use "dolt add -f <table>" to include in what will be committed)'],
      result.ignored.map((each) => colors.red(entry(each))),
    );
  }
  section(
    'Tables with conflicting dolt_ignore patterns:',
    ['(use "dolt add -f <table>" to include in what will be committed)'],
    result.disputed.map((each) => colors.red(entry(each))),
  );
  const isClean =
    result.staged.length +
      result.unstaged.length +
      result.untracked.length +
      result.disputed.length +
      unmerged.size +
      violations.length ===
    0;
  if (isClean && !merge) lines.push('nothing to commit, working tree clean');
  return `${lines.join('\n')}\n`;
}

function trackingLines({ upstream, ahead, behind }: NonNullable<StatusResult['tracking']>): string[] {
  const commits = (count: number): string => `${count} commit${count === 1 ? '' : 's'}`;
  if (ahead === 0 && behind === 0) return [`Your branch is up to date with '${upstream}'.`];
  if (behind === 0)
    return [
      `Your branch is ahead of '${upstream}' by ${commits(ahead)}.`,
      '  (use "dolt push" to publish your local commits)',
    ];
  if (ahead === 0) {
    return [
      `Your branch is behind '${upstream}' by ${commits(behind)}, and can be fast-forwarded.`,
      '  (use "dolt pull" to update your local branch)',
    ];
  }
  return [
    `Your branch and '${upstream}' have diverged,`,
    `and have ${ahead} and ${behind} different commits each, respectively.`,
    '  (use "dolt pull" to update your local branch)',
  ];
}

function mergeLines(isOpen: boolean): string[] {
  return isOpen
    ? [
        'You have unmerged tables.',
        '  (fix conflicts and run "dolt commit")',
        '  (use "dolt merge --abort" to abort the merge)',
      ]
    : [
        'All conflicts and constraint violations fixed but you are still merging.',
        '  (use "dolt commit" to conclude merge)',
      ];
}
