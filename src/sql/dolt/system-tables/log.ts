/** `dolt_log`: the commits that the head descends from, the latest first. */
import type { Address } from '../../../base/address.ts';
import type { NodeStore } from '../../../prolly/node-store.ts';
import type { Commit } from '../../../repo/commit.ts';
import { walkLog } from '../../../repo/log-walk.ts';
import { commitOfRef } from '../../../repo/ref-spec.ts';
import { HEADS, REMOTES, type Refs, TAGS } from '../../../repo/refs.ts';
import type { Value } from '../../../tuple/value.ts';
import type { DatabaseView } from '../../catalog/database-view.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { UNSIGNED_BIGINT } from '../../types/sql-type.ts';
import { authorColumns, authorValues, committerColumns, committerValues, field } from './commit-columns.ts';

export const LOG_COLUMNS = [
  field('commit_hash', undefined, false, 'PRI'),
  ...committerColumns(3),
  field('commit_order', UNSIGNED_BIGINT),
  field('parents', undefined, true),
  field('refs'),
  field('signature', undefined, true),
  ...authorColumns(3),
];

export const table: SystemTable = {
  name: 'dolt_log',
  open: (view, _suffix) =>
    systemSource(view, 'dolt_log', LOG_COLUMNS, function* ({ used, limit }) {
      const decorations = used[7] ? refsByCommit(view.repository.nodes, view.refs) : new Map<Address, string[]>();
      let left = limit ?? Number.POSITIVE_INFINITY;
      for (const commit of walkLog(view.repository.nodes, [view.head])) {
        if (left-- <= 0) return;
        yield logRow(commit, decorationText(commit.address, decorations, view));
      }
    }),
};

export function logRow(
  commit: Commit,
  refs: string,
  parents: string | null = commit.parents.join(', '),
  signature: string | null = commit.signature,
): Value[] {
  return [commit.address, ...committerValues(commit), commit.height, parents, refs, signature, ...authorValues(commit)];
}

/** Names of branches, tracking refs and tags by the commit they lead to. */
export function refsByCommit(nodes: NodeStore, refs: Refs, full = false): Map<Address, string[]> {
  const names = new Map<Address, string[]>();
  const add = (commit: Address, name: string): void => {
    const known = names.get(commit);
    if (known) known.push(name);
    else names.set(commit, [name]);
  };
  for (const prefix of [HEADS, REMOTES]) {
    for (const [ref, commit] of refs.entries(prefix)) add(commit, full ? ref : ref.slice(prefix.length));
  }
  for (const [ref] of refs.entries(TAGS))
    add(commitOfRef(nodes, refs, ref), `tag: ${full ? ref : ref.slice(TAGS.length)}`);
  return names;
}

/** `HEAD -> main, origin/main, tag: v1`. */
export function decorationText(
  commit: Address,
  names: ReadonlyMap<Address, readonly string[]>,
  { head, branch }: DatabaseView,
): string {
  const all = [...(names.get(commit) ?? [])];
  if (commit !== head) return all.join(', ');
  const own = all.findIndex((name) => name === branch || name === `${HEADS}${branch}`);
  if (own < 0) return all.length === 0 ? 'HEAD' : `HEAD, ${all.join(', ')}`;
  const [mine] = all.splice(own, 1);
  return [`HEAD -> ${mine}`, ...all].join(', ');
}
