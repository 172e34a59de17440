/** `dolt_status_ignored`: what `dolt_status` says, and the new tables that `dolt_ignore` names, which are marked. */
import { statusOf } from '../../../repo/status.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { BOOLEAN } from '../../types/sql-type.ts';
import { field } from './commit-columns.ts';
import { STATUS_COLUMNS, statusRows } from './status.ts';

const COLUMNS = [...STATUS_COLUMNS, field('ignored', BOOLEAN)];

export const table: SystemTable = {
  name: 'dolt_status_ignored',
  open: (view) =>
    systemSource(view, 'dolt_status_ignored', COLUMNS, function* () {
      const { working, staged, merge } = view.workingSet();
      const status = statusOf({ head: view.headRoot(), working, staged }, merge, view.name);
      for (const row of statusRows(status)) yield [...row, 0];
      for (const entry of status.ignored) yield [entry.table, 0, entry.status, 1];
    }),
};
