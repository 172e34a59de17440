/** `status`: what is staged, changed, new and in conflict, and how the branch stands to the one it follows. */
import { walkLog } from '../repo/log-walk.ts';
import { type Status, statusOf } from '../repo/status.ts';
import { upstreamRef } from '../repo/upstream.ts';
import { parseArguments } from './arguments.ts';
import type { Verb } from './verb.ts';
import type { Workspace } from './workspace.ts';
import { rootsOf } from './workspace-roots.ts';

export interface StatusResult extends Status {
  readonly branch: string | undefined;
  /** How the branch stands to its upstream (`origin/main`), as of the last fetch; undefined without one. */
  readonly tracking: { readonly upstream: string; readonly ahead: number; readonly behind: number } | undefined;
  readonly showIgnored: boolean;
}

export const status: Verb<StatusResult> = {
  name: 'status',
  summary: 'Show the working tree status.',
  synopsis: [''],
  positional: [],
  maxPositional: 0,
  flags: [{ name: 'ignored', help: 'Show tables that are ignored (according to dolt_ignore)' }],
  // biome-ignore lint/correctness/useYield: it only reads
  *run(workspace, args) {
    const parsed = parseArguments(status, args);
    return {
      ...statusOf(rootsOf(workspace), workspace.workingSet().merge),
      branch: workspace.branch(),
      tracking: trackingOf(workspace),
      showIgnored: parsed.has('ignored'),
    };
  },
};

function trackingOf(workspace: Workspace): StatusResult['tracking'] {
  const branch = workspace.branch();
  const ref = branch === undefined ? undefined : upstreamRef(workspace.repository.state(), branch);
  const theirs = ref === undefined ? undefined : workspace.refs().get(ref);
  if (ref === undefined || theirs === undefined) return undefined;
  const { nodes } = workspace.repository;
  const ours = workspace.head();
  const count = (commits: Iterable<unknown>): number => [...commits].length;
  return {
    upstream: ref.replace(/^refs\/remotes\//, ''),
    ahead: count(walkLog(nodes, [ours], [theirs])),
    behind: count(walkLog(nodes, [theirs], [ours])),
  };
}
