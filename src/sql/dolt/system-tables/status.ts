/** `dolt_status`: what differs between head, staged and working root, and what a merge left open. */
import { type Status, statusOf } from '../../../repo/status.ts';
import type { Value } from '../../../tuple/value.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { FLAG, field } from './commit-columns.ts';

export const STATUS_COLUMNS = [
  field('table_name', undefined, false, 'PRI'),
  field('staged', FLAG, false, 'PRI'),
  field('status', undefined, false, 'PRI'),
];

export const table: SystemTable = {
  name: 'dolt_status',
  open: (view) =>
    systemSource(view, 'dolt_status', STATUS_COLUMNS, () => {
      const { working, staged, merge } = view.workingSet();
      return statusRows(statusOf({ head: view.headRoot(), working, staged }, merge, view.name));
    }),
};

/** By the names of the columns; without ignored tables. */
export function* statusRows(status: Status): Generator<Value[], void> {
  for (const name of status.violations) yield [name, 0, 'constraint violation'];
  for (const name of status.schemaConflicts) yield [name, 0, 'schema conflict'];
  for (const name of status.conflicts) yield [name, 0, 'conflict'];
  for (const entry of status.staged) yield [entry.table, 1, entry.status];
  for (const entry of [...status.untracked, ...status.disputed, ...status.unstaged])
    yield [entry.table, 0, entry.status];
}
