/** Who may grant: whoever holds GRANT OPTION on a level, and there what is granted. */
import { databaseDenied, loginDenied, tableDenied } from '../../accounts/account-errors.ts';
import { namesOf, Privilege } from '../../accounts/privilege.ts';
import type { Session } from '../../session/session.ts';
import type { SessionAccess } from '../../session/session-access.ts';
import { ADMIN_PROCEDURES } from '../access/admin-procedures.ts';
import { procedureName } from '../procedure-name.ts';
import { ownsAccounts } from './account-scene.ts';
import type { Grant } from './grant-target.ts';

/** Throws 1045 on the global level, 1044, 1142, 1143 and 1370 below it. */
export function assertMayGrant(grant: Grant, session: Session): void {
  const { access } = session;
  if (access === undefined) return;
  const { level } = grant;
  if (level.kind === 'routine') {
    assertMayGrantRoutine(grant, level, access);
    return;
  }
  if (level.kind !== 'global' && level.database.toLowerCase() === 'information_schema') {
    throw databaseDenied(access.account, level.database);
  }
  if (ownsAccounts('update', session)) return;
  assertHolds(grant, access);
}

function assertHolds({ level, privileges, columns, dynamic }: Grant, access: SessionAccess): void {
  const held = access.privileges;
  const needed = privileges | Privilege.grantOption;
  switch (level.kind) {
    case 'global': {
      const lacks = dynamic.some((name) => !held.mayPassOn(name) && !isSuper(access));
      const onlyDynamic = dynamic.length > 0 && privileges === 0;
      if (lacks || (!onlyDynamic && (needed & ~held.global) !== 0)) throw loginDenied(access.account, true);
      return;
    }
    case 'database':
      if ((needed & ~held.database(level.database)) !== 0) throw databaseDenied(access.account, level.database);
      return;
    default: {
      const { database, table } = level as { database: string; table: string };
      const missing = needed & ~held.table(database, table);
      if (missing !== 0)
        throw tableDenied(namesOf(missing).join(', ').replace('GRANT OPTION', 'GRANT'), access.account, table);
      for (const { privilege, column } of columns) {
        access.assertColumns(privilege, { database, name: table }, [column]);
      }
    }
  }
}

const isSuper = ({ privileges }: SessionAccess): boolean =>
  (privileges.global & Privilege.super) !== 0 && (privileges.global & Privilege.grantOption) !== 0;

function assertMayGrantRoutine(
  { privileges }: Grant,
  { database, routine, isProcedure }: { database: string; routine: string; isProcedure: boolean },
  access: SessionAccess,
): void {
  const short = procedureName(routine.toLowerCase());
  const explicitly = short !== undefined && ADMIN_PROCEDURES.has(short);
  access.assertRoutine(privileges | Privilege.grantOption, { database, name: routine }, explicitly, isProcedure);
}
