/** `dolt_commits`: every commit that some branch, tag or tracking ref leads to. */
import type { Address } from '../../../base/address.ts';
import { walkLog } from '../../../repo/log-walk.ts';
import { commitOfRef } from '../../../repo/ref-spec.ts';
import { HEADS, REMOTES, TAGS } from '../../../repo/refs.ts';
import type { DatabaseView } from '../../catalog/database-view.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { authorColumns, authorValues, committerColumns, committerValues, field } from './commit-columns.ts';

export function allHeads({ repository, refs }: DatabaseView): Address[] {
  const heads: Address[] = [];
  for (const prefix of [HEADS, REMOTES, TAGS]) {
    for (const [ref] of refs.entries(prefix)) heads.push(commitOfRef(repository.nodes, refs, ref));
  }
  return heads;
}

const COLUMNS = [field('commit_hash', undefined, false, 'PRI'), ...committerColumns(3), ...authorColumns(3)];

export const table: SystemTable = {
  name: 'dolt_commits',
  open: (view) =>
    systemSource(view, 'dolt_commits', COLUMNS, function* () {
      for (const commit of walkLog(view.repository.nodes, allHeads(view))) {
        yield [commit.address, ...committerValues(commit), ...authorValues(commit)];
      }
    }),
};
