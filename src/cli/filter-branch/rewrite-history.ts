/** Rewrites commits with what they rest on: each as it was, over another root and the rewritten parents. */
import type { Address } from '../../base/address.ts';
import { DoltError } from '../../base/errors.ts';
import type { NodeStore } from '../../prolly/node-store.ts';
import { type Commit, readCommit, writeCommit } from '../../repo/commit.ts';
import type { RootValue } from '../../repo/root-value.ts';

export interface HistoryRewrite {
  readonly nodes: NodeStore;
  /** The commits that refs point to. */
  readonly tips: Iterable<Address>;
  /** Stays as it is, with all before it; without it only the initial commit stays. */
  readonly stop: Address | undefined;
  replay(commit: Commit): Promise<RootValue>;
}

/** The commits that took others' places. Throws `notFound` where a tip does not rest on `stop` on every way. */
export async function rewriteHistory(rewrite: HistoryRewrite): Promise<ReadonlyMap<Address, Address>> {
  const { nodes } = rewrite;
  const rewritten = new Map<Address, Address>();
  for (const commit of toRewrite(rewrite)) {
    const root = await rewrite.replay(commit);
    const parents = commit.parents.map((parent) => rewritten.get(parent) ?? parent);
    rewritten.set(commit.address, writeCommit(nodes, root.address, parents, commit));
  }
  return rewritten;
}

/** Parents before their children. */
function toRewrite({ nodes, tips, stop }: HistoryRewrite): Commit[] {
  const found = new Map<Address, Commit>();
  const pending = [...tips];
  for (let address = pending.pop(); address !== undefined; address = pending.pop()) {
    if (address === stop || found.has(address)) continue;
    const commit = readCommit(nodes, address);
    if (commit.parents.length === 0) {
      if (stop === undefined) continue;
      throw new DoltError('notFound', `commit ${stop} is missing from the commit history of at least one rebase head`);
    }
    found.set(address, commit);
    pending.push(...commit.parents);
  }
  return [...found.values()].sort((a, b) => a.height - b.height);
}
