/** A command line's workspace for tests: the user is configured, words for the user are collected. */
import type { Repository } from '../../src/repo/repository.ts';
import { RepoWorkspace } from '../../src/verbs/repo-workspace.ts';

export interface ScratchWorkspace extends RepoWorkspace {
  readonly warnings: string[];
}

export function workspaceOf(repository: Repository): RepoWorkspace & { readonly warnings: readonly string[] } {
  repository.config.set(
    'global',
    new Map([
      ['user.name', 'Test User'],
      ['user.email', 'test@example.com'],
    ]),
  );
  const warnings: string[] = [];
  const workspace = new RepoWorkspace(repository, { warn: (message) => void warnings.push(message), progress() {} });
  return Object.assign(workspace, { warnings });
}
