/** CALL: EXECUTE on the database, or on the procedure itself. */
import { Privilege } from '../../accounts/privilege.ts';
import type { SessionAccess } from '../../session/session-access.ts';
import type { CallStatement } from '../../syntax/ast/row-statements.ts';
import { procedureName } from '../procedure-name.ts';
import { ADMIN_PROCEDURES } from './admin-procedures.ts';

export function checkCall({ database, name }: CallStatement, access: SessionAccess): void {
  const short = procedureName(name.toLowerCase());
  const explicitly = short !== undefined && ADMIN_PROCEDURES.has(short);
  const known = short === undefined ? name : `dolt_${short}`;
  // Dolt's procedures work on the selected database, whatever stands before their name.
  const databases = short === undefined ? [database] : [database, access.currentDatabase].filter(isGiven);
  for (const each of databases.length === 0 ? [undefined] : databases) {
    access.assertRoutine(Privilege.execute, { database: each, name: known }, explicitly, true);
  }
}

const isGiven = (name: string | undefined): name is string => name !== undefined;
