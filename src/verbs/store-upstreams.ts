/** What branches follow stands in `repo_state.json`, which is written after the heads have moved. */
import { DoltError } from '../base/errors.ts';
import type { RepoState } from '../repo/repo-state.ts';
import type { Workspace } from './workspace.ts';

/** Stores it for heads that have moved: they stand, maybe on a remote too, so that a failure is a warning of the move. */
export function storeUpstreams(workspace: Workspace, transform: (state: RepoState) => RepoState): void {
  try {
    workspace.repository.updateState(transform);
  } catch (error) {
    if (!(error instanceof DoltError)) throw error;
    workspace.warn(`the branch was changed, but not what it follows: ${error.message}`);
  }
}
