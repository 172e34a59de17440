/** `dolt_branch_activity`: when branches were read and written last, on a server that keeps that (YAML configuration). */
import { HEADS } from '../../../repo/refs.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { SqlError } from '../../types/sql-error.ts';
import { datetime, INT } from '../../types/sql-type.ts';
import { field, moment } from './commit-columns.ts';

const COLUMNS = [
  field('branch', undefined, false, 'PRI'),
  field('last_read', datetime(6), true),
  field('last_write', datetime(6), true),
  field('active_sessions', INT),
  field('system_start_time', datetime(6)),
];

export const table: SystemTable = {
  name: 'dolt_branch_activity',
  open: (view, _, scene) =>
    systemSource(view, 'dolt_branch_activity', COLUMNS, function* () {
      const use = scene.branchUse();
      if (use === undefined) {
        const message =
          "branch activity tracking is not enabled; enable it in the server config with 'behavior.branch_activity_tracking: true'";
        throw new SqlError(1105, 'HY000', message);
      }
      const time = (milliseconds: number | undefined) => (milliseconds === undefined ? null : moment(milliseconds));
      for (const [ref] of view.refs.entries(HEADS)) {
        const branch = ref.slice(HEADS.length);
        const [read, write] = [time(use.lastRead(branch)), time(use.lastWrite(branch))];
        yield [branch, read, write, use.sessions(branch), moment(use.since)];
      }
    }),
};
