/** `dolt_replication_status`: what this server replicates, with which remote, and how far apart they are. */
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { BIGINT, datetime } from '../../types/sql-type.ts';
import { field, moment } from './commit-columns.ts';

const COLUMNS = [
  field('role', undefined, false, 'PRI'),
  field('remote', undefined, false, 'PRI'),
  field('head', undefined, false, 'PRI'),
  field('local_commit', undefined, true),
  field('remote_commit', undefined, true),
  field('commits_behind', BIGINT, true),
  field('milliseconds_behind', BIGINT, true),
  field('queue_length', BIGINT, true),
  field('last_success', datetime(3), true),
  field('last_error', undefined, true),
];

export const table: SystemTable = {
  name: 'dolt_replication_status',
  open: (view, _suffix, { replication }) =>
    systemSource(view, 'dolt_replication_status', COLUMNS, function* () {
      for (const { role, remote, heads, queue, lastSuccess, lastError } of replication()) {
        const success = lastSuccess === undefined ? null : moment(Math.floor(lastSuccess));
        for (const { head, local, remote: theirs, commitsBehind, millisecondsBehind } of heads) {
          const commits = [local ?? null, theirs ?? null, commitsBehind ?? null];
          yield [role, remote, head, ...commits, millisecondsBehind ?? null, queue, success, lastError ?? null];
        }
      }
    }),
};
