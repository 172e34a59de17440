/** What a merge did, as `merge` and `pull` print it. */

import type { RootMergeResult } from '../repo/merge/merge-roots.ts';
import { completeNow } from '../repo/steps.ts';
import { log } from '../verbs/log.ts';
import { changedTables, type MergeResult } from '../verbs/merge.ts';
import type { PickResult } from '../verbs/pick.ts';
import type { RepoWorkspace } from '../verbs/repo-workspace.ts';
import type { CommandContext } from './command.ts';
import { commitText } from './commit-text.ts';
import type { Terminal } from './terminal.ts';

export function printMerge(result: MergeResult, { terminal }: CommandContext, { repository }: RepoWorkspace): void {
  switch (result.kind) {
    case 'upToDate':
      terminal.line(result.ahead ? 'Already up to date.' : 'Everything up-to-date');
      return;
    case 'fastForward': {
      const tables = changedTables(repository.rootOfCommit(result.from), repository.rootOfCommit(result.to));
      terminal.line(`Updating ${result.from}..${result.to}\nFast-forward`);
      printTables(tables, terminal.write.bind(terminal));
      return;
    }
    case 'merged':
    case 'staged': {
      if (result.kind === 'merged') terminal.line(`Updating ${result.from}..${result.commit}`);
      printTables(
        changedTables(repository.rootOfCommit(result.from), result.merge.root),
        terminal.write.bind(terminal),
      );
      if (result.kind !== 'staged') return;
      terminal.line(
        result.squash
          ? 'Squash commit -- not updating HEAD'
          : 'Automatic merge went well; stopped before committing as requested',
      );
      return;
    }
    case 'conflicts':
      printConflicts(result.merge, terminal);
      return;
    case 'aborted':
  }
}

export function mergeStatus(result: MergeResult): number {
  return result.kind === 'conflicts' ? 1 : 0;
}

function printTables(tables: readonly string[], write: (text: string) => void): void {
  if (tables.length === 0) return;
  write(`${tables.map((table) => `${table} | changed`).join('\n')}\n${tables.length} tables changed\n`);
}

function printConflicts({ conflicts, violations, schemaConflicts }: RootMergeResult, terminal: Terminal): void {
  for (const { table, description } of schemaConflicts) {
    terminal.line(`Auto-merging ${table}\nCONFLICT (schema): ${description}`);
  }
  for (const [table] of conflicts)
    terminal.line(`Auto-merging ${table}\nCONFLICT (content): Merge conflict in ${table}`);
  for (const [table] of violations) {
    terminal.line(
      `Auto-merging ${table}\nCONSTRAINT VIOLATION (content): Merge created constraint violation in ${table}`,
    );
  }
  terminal.line('Automatic merge failed; fix conflicts or constraint violations and then commit the result.');
  terminal.line("Use 'dolt conflicts' to investigate and resolve conflicts.");
}

/** What `cherry-pick` and `revert` did. */
export function printPick(result: PickResult, { terminal }: CommandContext, workspace: RepoWorkspace): void {
  if (result.kind === 'conflicts') printConflicts(result.merge, terminal);
  if (result.kind !== 'committed') return;
  const logged = completeNow(log.run(workspace, ['-n', '1']));
  for (const entry of logged.entries) terminal.write(commitText(entry, logged, terminal));
}

export function pickStatus(result: PickResult): number {
  return result.kind === 'conflicts' ? 1 : 0;
}
