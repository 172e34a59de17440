/** `dolt_branches` and `dolt_remote_branches`: branches with their latest commit. */
import type { Address } from '../../../base/address.ts';
import type { NodeStore } from '../../../prolly/node-store.ts';
import { readCommit } from '../../../repo/commit.ts';
import { HEADS } from '../../../repo/refs.ts';
import type { Value } from '../../../tuple/value.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { BOOLEAN, datetime } from '../../types/sql-type.ts';
import { field, moment } from './commit-columns.ts';

export const latestColumns = [
  field('name', undefined, false, 'PRI'),
  field('hash'),
  field('latest_committer', undefined, true),
  field('latest_committer_email', undefined, true),
  field('latest_commit_date', datetime(3), true),
  field('latest_commit_message', undefined, true),
];
export const latestAuthorColumns = [
  field('latest_author', undefined, true),
  field('latest_author_email', undefined, true),
  field('latest_author_date', datetime(3), true),
];

export function latestValues(nodes: NodeStore, name: string, head: Address): { before: Value[]; after: Value[] } {
  const { author, authorDate, committer, committerDate, message } = readCommit(nodes, head);
  return {
    before: [name, head, committer.name, committer.email, moment(committerDate), message],
    after: [author.name, author.email, moment(authorDate)],
  };
}

const COLUMNS = [
  ...latestColumns,
  field('remote', undefined, true),
  field('branch', undefined, true),
  field('dirty', BOOLEAN, true),
  ...latestAuthorColumns,
];

export const table: SystemTable = {
  name: 'dolt_branches',
  open: (view) =>
    systemSource(view, 'dolt_branches', COLUMNS, function* ({ used }) {
      const upstreams = view.repository.state().branches;
      for (const [ref, head] of view.refs.entries(HEADS)) {
        const name = ref.slice(HEADS.length);
        const { before, after } = latestValues(view.repository.nodes, name, head);
        const upstream = upstreams.get(name);
        let dirty: Value = null;
        if (used[8]) {
          const { working, staged } = view.workingSetOf(name);
          const { address } = view.repository.rootOfCommit(head);
          dirty = working.address !== address || staged.address !== address ? 1 : 0;
        }
        const tracked = upstream?.head.replace(HEADS, '');
        yield [...before, upstream?.remote ?? '', tracked ?? '', dirty, ...after];
      }
    }),
};
