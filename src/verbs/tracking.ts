/** How a branch stands to the one that it follows, as of the last fetch. */
import type { Address } from '../base/address.ts';
import { aheadAndBehind } from '../repo/log-walk.ts';
import { HEADS, REMOTES } from '../repo/refs.ts';
import { upstreamRef } from '../repo/upstream.ts';
import type { Workspace } from './workspace.ts';

export interface Tracking {
  /** `origin/main`; `main` for a branch of the repository itself. */
  readonly upstream: string;
  /** Commits that only the branch has, and that only the upstream has. */
  readonly ahead: number;
  readonly behind: number;
}

/** Undefined where the branch follows nothing, or nothing that was ever fetched. */
export function trackingOf(workspace: Workspace, branch: string, head: Address): Tracking | undefined {
  const ref = upstreamRef(workspace.repository.state(), branch);
  const theirs = ref === undefined ? undefined : workspace.refs().get(ref);
  if (ref === undefined || theirs === undefined) return undefined;
  const upstream = ref.replace(REMOTES, '').replace(HEADS, '');
  return { upstream, ...aheadAndBehind(workspace.repository.nodes, head, theirs) };
}
