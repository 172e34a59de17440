/** `dolt_commit_ancestors`: each commit with each of its parents. */
import { walkLog } from '../../../repo/log-walk.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { INT } from '../../types/sql-type.ts';
import { field } from './commit-columns.ts';
import { allHeads } from './commits.ts';

const COLUMNS = [
  field('commit_hash', undefined, false, 'PRI'),
  field('parent_hash', undefined, false, 'PRI'),
  field('parent_index', INT, false, 'PRI'),
];

export const table: SystemTable = {
  name: 'dolt_commit_ancestors',
  open: (view) =>
    systemSource(view, 'dolt_commit_ancestors', COLUMNS, function* () {
      for (const { address, parents } of walkLog(view.repository.nodes, allHeads(view))) {
        if (parents.length === 0) yield [address, null, 0];
        for (const [i, parent] of parents.entries()) yield [address, parent, i];
      }
    }),
};
