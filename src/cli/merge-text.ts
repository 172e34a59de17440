/** What a merge did, as `merge` and `pull` print it. */

import type { RootMergeResult } from '../repo/merge/merge-roots.ts';
import { completeNow } from '../repo/steps.ts';
import { log } from '../verbs/log.ts';
import type { MergeResult } from '../verbs/merge.ts';
import type { PickResult } from '../verbs/pick.ts';
import type { RepoWorkspace } from '../verbs/repo-workspace.ts';
import type { CommandContext } from './command.ts';
import { commitText } from './commit-text.ts';
import { changeBars } from './diff/change-bars.ts';
import type { Terminal } from './terminal.ts';

export function printMerge(result: MergeResult, { terminal }: CommandContext, workspace: RepoWorkspace): void {
  const { repository } = workspace;
  switch (result.kind) {
    case 'upToDate':
      terminal.line(result.ahead ? 'Already up to date.' : 'Everything up-to-date');
      return;
    case 'fastForward':
      terminal.line(`Fast-forward\nUpdating ${result.from}..${result.to}`);
      terminal.write(changeBars(repository.rootOfCommit(result.from), repository.rootOfCommit(result.to), terminal));
      return;
    case 'merged':
      terminal.line(`Updating ${result.from}..${result.commit}`);
      for (const [table] of result.merge.violations) terminal.line(violationLine(table));
      printHead(terminal, workspace);
      terminal.write(changeBars(repository.rootOfCommit(result.from), result.merge.root, terminal));
      return;
    case 'staged':
      terminal.line(`Updating ${result.from}..${result.theirs}`);
      terminal.line(
        result.squash
          ? 'Squash commit -- not updating HEAD'
          : 'Automatic merge went well; stopped before committing as requested',
      );
      terminal.write(changeBars(repository.rootOfCommit(result.from), result.merge.root, terminal));
      return;
    case 'conflicts':
      terminal.line(`Updating ${result.from}..${result.theirs}`);
      printConflicts(result.merge, terminal);
      return;
    case 'aborted':
  }
}

export function mergeStatus(result: MergeResult): number {
  return result.kind === 'conflicts' ? 1 : 0;
}

function printConflicts({ conflicts, violations, schemaConflicts }: RootMergeResult, terminal: Terminal): void {
  for (const { table, description } of schemaConflicts) {
    terminal.line(`Auto-merging ${table}\nCONFLICT (schema): Merge conflict in ${table}: ${description}`);
  }
  for (const [table] of conflicts) {
    terminal.line(`Auto-merging ${table}\nCONFLICT (content): Merge conflict in ${table}`);
  }
  for (const [table] of violations) {
    if (!conflicts.has(table)) terminal.line(`Auto-merging ${table}`);
    terminal.line(violationLine(table));
  }
  const hasConflicts = conflicts.size + schemaConflicts.length > 0;
  const unmerged = new Set([...conflicts.keys(), ...violations.keys(), ...schemaConflicts.map(({ table }) => table)]);
  terminal.line(`Automatic merge failed; ${unmerged.size} table(s) are unmerged.`);
  if (hasConflicts && violations.size > 0) {
    terminal.line('Fix conflicts and constraint violations and then commit the result.');
  }
  if (hasConflicts) terminal.line("Use 'dolt conflicts' to investigate and resolve conflicts.");
  else {
    terminal.line('Fix constraint violations and then commit the result.');
    terminal.line(
      "Constraint violations for the working set may be viewed using the 'dolt_constraint_violations' system table.",
    );
    terminal.line(
      "They may be queried and removed per-table using the 'dolt_constraint_violations_TABLENAME' system table.",
    );
  }
}

const violationLine = (table: string): string =>
  `CONSTRAINT VIOLATION (content): Merge created constraint violation in ${table}`;

/** The commit that the branch stands at now. */
function printHead(terminal: Terminal, workspace: RepoWorkspace): void {
  const logged = completeNow(log.run(workspace, ['-n', '1']));
  for (const entry of logged.entries) terminal.write(commitText(entry, logged, terminal));
}

/** What `cherry-pick` and `revert` did. */
export function printPick(result: PickResult, { terminal }: CommandContext, workspace: RepoWorkspace): void {
  if (result.kind === 'conflicts') printConflicts(result.merge, terminal);
  if (result.kind === 'committed') printHead(terminal, workspace);
}

export function pickStatus(result: PickResult): number {
  return result.kind === 'conflicts' ? 1 : 0;
}
