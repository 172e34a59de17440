/** What a rebase says, on the command line and as the answer of the procedure. */
import type { RebaseResult } from './rebase.ts';

const GO_ON = "continue the rebase by calling dolt_rebase('--continue')";

export function rebaseMessage(result: RebaseResult): string {
  switch (result.kind) {
    case 'started':
      return `interactive rebase started on branch ${result.workingBranch}; adjust the rebase plan in the dolt_rebase table, then continue rebasing by calling dolt_rebase('--continue')`;
    case 'edit':
      return `edit action paused at commit ${result.commit} (${result.message}). \n\nYou can now modify the working directory and stage changes. When ready, ${GO_ON}`;
    case 'conflict':
      return `data conflict detected while rebasing commit ${result.commit} (${result.message}). \n\nResolve the conflicts and remove them from the dolt_conflicts_<table> tables, then ${GO_ON}`;
    case 'done':
      return `Successfully rebased and updated refs/heads/${result.branch}`;
    case 'aborted':
      return 'Interactive rebase aborted';
  }
}
