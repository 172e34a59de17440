/** A workspace's three roots as one value, for the functions of repo/ that compute new ones. */
import type { Address } from '../base/address.ts';
import { resolveCommit, type SpecContext } from '../repo/ref-spec.ts';
import type { Roots } from '../repo/staging.ts';
import type { Workspace } from './workspace.ts';

export function rootsOf(workspace: Workspace): Roots {
  const { working, staged } = workspace.workingSet();
  return { head: workspace.headRoot(), staged, working };
}

/** What commit specs are resolved against here. */
export function specContext(workspace: Workspace): SpecContext {
  return { nodes: workspace.repository.nodes, refs: workspace.refs(), head: workspace.head() };
}

/** The commit that `spec` names. Throws `notFound` or `invalid`. */
export function resolveSpec(workspace: Workspace, spec: string): Address {
  return resolveCommit(specContext(workspace), spec);
}
