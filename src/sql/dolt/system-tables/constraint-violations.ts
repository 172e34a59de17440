/** `dolt_constraint_violations`: tables with rows that violate a constraint. */
import { countArtifacts, tablesWithViolations } from '../../../repo/artifacts.ts';
import { type SystemTable, systemSource } from '../../catalog/system-table.ts';
import { UNSIGNED_BIGINT } from '../../types/sql-type.ts';
import { field } from './commit-columns.ts';

const COLUMNS = [field('table', undefined, false, 'PRI'), field('num_violations', UNSIGNED_BIGINT)];

export const table: SystemTable = {
  name: 'dolt_constraint_violations',
  open: (view) =>
    systemSource(view, 'dolt_constraint_violations', COLUMNS, function* () {
      for (const name of tablesWithViolations(view.root)) {
        yield [name, countArtifacts(view.root.table(name)!).violations];
      }
    }),
};
