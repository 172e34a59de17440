/** Which tables of a database, and which of their columns, a session is told of: those that it may do anything with. */
import { Privilege } from '../accounts/privilege.ts';
import type { DatabaseView } from '../catalog/database-view.ts';
import type { Session } from './session.ts';

export function tableFilter({ baseName }: DatabaseView, { access }: Session): (table: string) => boolean {
  if (access === undefined) return () => true;
  return (name) => access.seesTable({ database: baseName, name });
}

/** Whether a session is told of the triggers of a table. */
export function triggerFilter({ baseName }: DatabaseView, { access }: Session): (table: string) => boolean {
  if (access === undefined) return () => true;
  return (name) => access.mayOnTable(Privilege.trigger, { database: baseName, name });
}

/** Whether a session is told of the events of a database. */
export function seesEvents({ baseName }: DatabaseView, { access }: Session): boolean {
  return access === undefined || (access.privileges.database(baseName) & Privilege.event) !== 0;
}

export function columnFilter(database: string, table: string, { access }: Session): (column: string) => boolean {
  if (access === undefined) return () => true;
  return (column) => access.seesColumn({ database, name: table }, column);
}
