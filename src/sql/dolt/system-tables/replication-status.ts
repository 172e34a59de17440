/** `dolt_replication_status`: what this server replicates, with which remote, and how far apart they are. */
import type { Address } from '../../../base/address.ts';
import { walkLog } from '../../../repo/log-walk.ts';
import { HEADS } from '../../../repo/refs.ts';
import { readBases } from '../../../repo/remote-bases.ts';
import type { DatabaseView } from '../../catalog/database-view.ts';
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
  open: (view, _suffix, { variable, replication, session }) =>
    systemSource(view, 'dolt_replication_status', COLUMNS, function* () {
      const roles = [
        ['primary', variable('dolt_replicate_to_remote')],
        ['replica', variable('dolt_read_replica_remote')],
      ] as const;
      for (const [role, name] of roles) {
        const remote = name === '' ? undefined : view.repository.state().remotes.get(name);
        if (remote === undefined) continue;
        const { nodes } = view.repository;
        const bases = readBases(nodes, view.refs, remote.name, remote.url);
        const { queue, lastSuccess, lastError } = replication();
        const success = lastSuccess === undefined ? null : moment(Math.floor(lastSuccess));
        for (const [ref, local] of view.refs.entries(HEADS)) {
          const theirs = bases.refs.get(ref);
          const [ahead, behind] = role === 'primary' ? [local, theirs] : [theirs ?? local, local];
          const commits = behind === undefined ? null : distance(view, ahead, behind);
          const since = lastSuccess === undefined ? null : Number(session.currentTime()) / 1000 - lastSuccess;
          const waited = commits === 0 ? 0 : since === null ? null : Math.max(0, Math.round(since));
          const head = ref.slice(HEADS.length);
          yield [role, name, head, local, theirs ?? null, commits, waited, queue, success, lastError ?? null];
        }
      }
    }),
};

/** Commits that one has and the other does not. */
function distance(view: DatabaseView, ahead: Address, behind: Address): number {
  let count = 0;
  for (const _ of walkLog(view.repository.nodes, [ahead], [behind])) count++;
  return count;
}
