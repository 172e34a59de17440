/** A table of performance_schema that has a row for each system variable, or for each status variable. */
import type { Value } from '../../tuple/value.ts';
import type { SystemColumn } from '../catalog/system-table.ts';
import type { Session } from '../session/session.ts';
import { varchar } from '../types/sql-type.ts';
import type { PerformanceTable } from './list.ts';

export function valuesTable(name: string, rows: (session: Session) => Iterable<readonly Value[]>): PerformanceTable {
  const columns: readonly SystemColumn[] = [
    { name: 'VARIABLE_NAME', type: varchar(64), nullable: false, key: 'PRI' },
    { name: 'VARIABLE_VALUE', type: varchar(1024), nullable: true },
  ];
  return {
    open: (session) => ({
      kind: 'virtual',
      database: 'performance_schema',
      name,
      columns,
      rows: () => rows(session),
    }),
  };
}
