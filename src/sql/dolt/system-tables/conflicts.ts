/** `dolt_conflicts`: tables with rows in conflict. */
import { countArtifacts, tablesWithConflicts } from '../../../repo/artifacts.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { UNSIGNED_BIGINT } from '../../types/sql-type.ts';
import { field } from './commit-columns.ts';

const COLUMNS = [field('table', undefined, false, 'PRI'), field('num_conflicts', UNSIGNED_BIGINT)];

export const table: SystemTable = {
  name: 'dolt_conflicts',
  open: (view) =>
    systemSource(view, 'dolt_conflicts', COLUMNS, function* () {
      for (const name of tablesWithConflicts(view.root)) {
        yield [name, countArtifacts(view.root.table(name)!).conflicts];
      }
    }),
};
