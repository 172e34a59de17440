/** A table of performance_schema with what clients have said of themselves when they connected. */
import type { SystemColumn } from '../catalog/system-table.ts';
import type { Process } from '../session/processes.ts';
import type { Session } from '../session/session.ts';
import { shownProcesses } from '../session/shown-processes.ts';
import { INT, UNSIGNED_BIGINT, varchar } from '../types/sql-type.ts';
import type { PerformanceTable } from './list.ts';

const COLUMNS: readonly SystemColumn[] = [
  { name: 'PROCESSLIST_ID', type: UNSIGNED_BIGINT, nullable: false, key: 'PRI' },
  { name: 'ATTR_NAME', type: varchar(32), nullable: false, key: 'PRI' },
  { name: 'ATTR_VALUE', type: varchar(1024), nullable: true },
  { name: 'ORDINAL_POSITION', type: INT, nullable: true },
];

/** Of the connections that the session may see and that are `wanted`. */
export function attributesTable(
  name: string,
  isWanted: (process: Process, session: Session) => boolean,
): PerformanceTable {
  return {
    open: (session) => ({
      kind: 'virtual',
      database: 'performance_schema',
      name,
      columns: COLUMNS,
      rows: () =>
        shownProcesses(session, null)
          .filter((process) => isWanted(process, session))
          .flatMap(({ id, attributes }) => Array.from(attributes, ([name, value], i) => [id, name, value, i])),
    }),
  };
}
