/** Which tables of a database, and which of their columns, a session is told of: those that it may do anything with. */
import type { DatabaseView } from '../catalog/database-view.ts';
import type { Session } from './session.ts';

export function tableFilter({ baseName }: DatabaseView, { access }: Session): (table: string) => boolean {
  if (access === undefined) return () => true;
  return (name) => access.seesTable({ database: baseName, name });
}

export function columnFilter(database: string, table: string, { access }: Session): (column: string) => boolean {
  if (access === undefined) return () => true;
  return (column) => access.seesColumn({ database, name: table }, column);
}
