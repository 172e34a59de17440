/**
 * With whose rights programs run: their definers', and with SQL SECURITY INVOKER their callers'. Those that are stored without
 * a definer are root@localhost's; where that account is gone, they have their callers' rights alone.
 */
import { Privilege } from '../../accounts/privilege.ts';
import { definerOf, UNNAMED_DEFINER } from '../../catalog/program-texts.ts';
import type { StoredRoutine, StoredTrigger } from '../../catalog/stored-programs.ts';
import type { DatabaseHandle } from '../../session/database-handle.ts';
import type { Session } from '../../session/session.ts';
import type { SessionAccess } from '../../session/session-access.ts';

/** Throws 1449 for a definer that is not there, 1370 and 1142 where it may not run the program. */
export function programRights(
  { name, statement }: StoredRoutine | StoredTrigger,
  caller: SessionAccess | undefined,
  handle: DatabaseHandle,
  { login }: Session,
): SessionAccess | undefined {
  if (login === undefined) return undefined;
  const isRoutine = statement.kind === 'createRoutine';
  if (isRoutine && statement.characteristics.security === 'invoker') return caller;
  const written = definerOf(statement.definer);
  if (written === undefined && login.book.get(UNNAMED_DEFINER) === undefined) return caller;
  const definer = login.of(written ?? UNNAMED_DEFINER);
  const database = handle.database.name;
  if (isRoutine) definer.assertRoutine(Privilege.execute, { database, name }, false, statement.routine === 'procedure');
  else definer.assertTable(Privilege.trigger, { database, name: statement.table.name });
  return definer;
}
