/** `dolt_remote_branches`: tracking refs, as `remotes/origin/main`. */
import { REMOTES } from '../../../repo/refs.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { latestAuthorColumns, latestColumns, latestValues } from './branches.ts';

export const table: SystemTable = {
  name: 'dolt_remote_branches',
  open: (view) =>
    systemSource(view, 'dolt_remote_branches', [...latestColumns, ...latestAuthorColumns], function* () {
      for (const [ref, head] of view.refs.entries(REMOTES)) {
        const { before, after } = latestValues(view.repository.nodes, ref.replace(/^refs\//, ''), head);
        yield [...before, ...after];
      }
    }),
};
