/** What GRANT and REVOKE name, checked for what belongs together: which privileges, on what. */

import { illegalGrant, illegalPrivilegeLevel, unknownPrivilege, wrongUsage } from '../../accounts/account-errors.ts';
import {
  COLUMN_PRIVILEGES,
  DATABASE_PRIVILEGES,
  DYNAMIC_PRIVILEGES,
  GLOBAL_PRIVILEGES,
  Privilege,
  type Privileges,
  privilegeNamed,
  ROUTINE_PRIVILEGES,
  TABLE_PRIVILEGES,
} from '../../accounts/privilege.ts';
import type { PrivilegeLevel } from '../../accounts/privilege-set.ts';
import { findRoutine } from '../../catalog/stored-programs.ts';
import { splitDatabaseName } from '../../session/revision.ts';
import type { Session } from '../../session/session.ts';
import type { GrantStatement, GrantTarget } from '../../syntax/ast/account-statements.ts';
import { noDatabaseSelected, notSupported, SqlError } from '../../types/sql-error.ts';
import { procedureName } from '../procedure-name.ts';

export interface Grant {
  readonly level: PrivilegeLevel;
  /** On the level itself. */
  readonly privileges: Privileges;
  /** On columns, where the level is a table. */
  readonly columns: readonly { readonly privilege: Privileges; readonly column: string }[];
  readonly dynamic: readonly string[];
  readonly withGrant: boolean;
  /** ALL was written. */
  readonly isAll: boolean;
}

const ON_LEVEL: Readonly<Record<PrivilegeLevel['kind'], Privileges>> = {
  global: GLOBAL_PRIVILEGES,
  database: DATABASE_PRIVILEGES,
  table: TABLE_PRIVILEGES,
  column: COLUMN_PRIVILEGES,
  routine: ROUTINE_PRIVILEGES,
};

/** REVOKE ALL PRIVILEGES, GRANT OPTION FROM, without ON. */
export function revokesEverything({ kind, privileges }: GrantStatement): boolean {
  const names = privileges.map(({ name }) => name);
  return kind === 'revoke' && names.length === 2 && names.includes('all') && names.includes('grant option');
}

/** Throws 1046, 1144, 1221, 1305, 3619 and 3929. */
export function grantOf({ kind, privileges, on, withGrant }: GrantStatement, session: Session): Grant {
  const level = levelOf(on!, session);
  const possible = ON_LEVEL[level.kind];
  const isAll = privileges.some(({ name }) => name === 'all');
  const mustExist = kind === 'grant' && level.kind === 'routine';
  if (isAll) {
    if (privileges.length > 1) throw illegalGrant();
    if (mustExist) assertRoutine(level, session);
    const all = possible & ~Privilege.grantOption;
    return { level, privileges: all, columns: [], dynamic: [], withGrant, isAll };
  }
  let whole = 0;
  const columns: { privilege: Privileges; column: string }[] = [];
  const dynamic: string[] = [];
  for (const { name, columns: names } of privileges) {
    const privilege = name === 'usage' ? 0 : privilegeNamed(name);
    if (privilege === undefined) dynamic.push(dynamicNamed(name, level));
    else if (names.length === 0) whole |= privilege;
    else {
      if (level.kind !== 'table') throw illegalGrant();
      if ((privilege & COLUMN_PRIVILEGES) === 0) throw wrongUsage('COLUMN GRANT', 'NON-COLUMN PRIVILEGES');
      for (const column of names) columns.push({ privilege, column });
    }
  }
  if ((whole & ~possible) !== 0) {
    throw level.kind === 'database' ? wrongUsage('DB GRANT', 'GLOBAL PRIVILEGES') : illegalGrant();
  }
  if (mustExist) assertRoutine(level, session);
  return { level, privileges: whole, columns, dynamic, withGrant, isAll };
}

function dynamicNamed(name: string, level: PrivilegeLevel): string {
  if (!DYNAMIC_PRIVILEGES.has(name)) throw unknownPrivilege(name);
  if (level.kind !== 'global') throw illegalPrivilegeLevel(name);
  return name;
}

/** Throws 1305 where no branch has such a routine, and Dolt none of the name. */
function assertRoutine(level: Extract<PrivilegeLevel, { kind: 'routine' }>, session: Session): void {
  const { routine: name, isProcedure } = level;
  const type = isProcedure ? 'procedure' : 'function';
  if (type === 'procedure' && procedureName(name.toLowerCase()) !== undefined) return;
  const database = session.engine.databases.database(level.database);
  const isThere = (branch: string): boolean => {
    const { working } = session.transaction.workingSet(database!, branch);
    return findRoutine(working, type, name) !== undefined;
  };
  if (database !== undefined && session.refs(database).branches().some(isThere)) return;
  throw new SqlError(1305, '42000', `FUNCTION or PROCEDURE ${name} does not exist`, 'notFound');
}

function levelOf({ type, database: written, name }: GrantTarget, session: Session): PrivilegeLevel {
  if (written === '*') {
    if (name !== '*' || type !== 'any') throw illegalGrant();
    return { kind: 'global' };
  }
  const qualifier = written ?? session.currentDatabase;
  if (qualifier === undefined) throw noDatabaseSelected();
  const { database, revision } = splitDatabaseName(qualifier);
  if (written !== undefined && revision !== undefined) throw notSupported('GRANT on a branch of a database');
  if (name === '*') {
    if (type !== 'any') throw illegalGrant();
    return { kind: 'database', database };
  }
  if (type === 'procedure' || type === 'function') {
    return { kind: 'routine', database, routine: name, isProcedure: type === 'procedure' };
  }
  return { kind: 'table', database, table: name };
}
