/** GRANT and REVOKE, of privileges and of roles. */

import type { AccountBook, AccountsDraft } from '../../accounts/account-book.ts';
import {
  noSuchGrant,
  noSuchTableGrant,
  noUserByGrant,
  privilegeNeeded,
  roleLoop,
  unknownAuthorization,
} from '../../accounts/account-errors.ts';
import { Privilege, type Privileges } from '../../accounts/privilege.ts';
import {
  EMPTY_SET,
  type PrivilegeLevel,
  type PrivilegeSet,
  privilegesOn,
  withDynamic,
  withPrivileges,
} from '../../accounts/privilege-set.ts';
import type { Session } from '../../session/session.ts';
import { ok, type StatementResult } from '../../session/statement-result.ts';
import type { GrantStatement } from '../../syntax/ast/account-statements.ts';
import { type AccountName, sameAccount } from '../../types/account-name.ts';
import { notSupported } from '../../types/sql-error.ts';
import type { RunStatement, StatementScene } from '../scene.ts';
import { accountBook, assertMayChange, assertMayManage, assertNotMandatory, nameOf } from './account-scene.ts';
import { assertMayGrant } from './grant-authority.ts';
import { type Grant, grantOf, revokesEverything } from './grant-target.ts';

export const runGrant: RunStatement<GrantStatement> = function* (statement, scene) {
  if (statement.proxy !== undefined) throw notSupported('PROXY');
  const book = yield* accountBook(scene);
  if (statement.on === undefined) return grantRoles(statement, book, scene);
  if (revokesEverything(statement)) return revokeEverything(statement, book, scene);
  return grantPrivileges(statement, book, scene);
};

function grantPrivileges(statement: GrantStatement, book: AccountBook, { session }: StatementScene): StatementResult {
  const grant = grantOf(statement, session);
  assertMayGrant(grant, session);
  book.edit((draft) => {
    for (const syntax of statement.accounts) {
      const name = nameOf(syntax, session);
      const account = draft.get(name);
      if (account === undefined) {
        if (statement.kind === 'grant') throw noUserByGrant();
        if (!statement.ignoreUnknown) throw noSuchGrant(name);
        session.warn({ level: 'Warning', code: 3162, message: `Authorization ID ${name.user} does not exist.` });
        continue;
      }
      assertMayChange(account, session);
      const privileges =
        statement.kind === 'grant' ? granted(account.privileges, grant) : revoked(account, grant, statement, session);
      draft.put({ ...account, privileges });
    }
  });
  return ok();
}

function granted(set: PrivilegeSet, { level, privileges, columns, dynamic, withGrant }: Grant): PrivilegeSet {
  // Dynamic privileges are passed on each by itself.
  const option = withGrant && (dynamic.length === 0 || privileges !== 0) ? Privilege.grantOption : 0;
  let next = withPrivileges(set, level, (now) => now | privileges | option);
  for (const { privilege, column } of columns) {
    next = withPrivileges(next, columnLevel(level, column), (now) => now | privilege);
  }
  for (const name of dynamic) next = withDynamic(next, name, withGrant || next.dynamic.get(name) === true);
  return next;
}

function revoked(
  account: AccountName & { readonly privileges: PrivilegeSet },
  { level, privileges, columns, dynamic, isAll }: Grant,
  { ifExists }: GrantStatement,
  session: Session,
): PrivilegeSet {
  const set = account.privileges;
  if (!isSomethingGranted(set, level)) {
    const missing = level.kind === 'table' ? noSuchTableGrant(account, level.table) : noSuchGrant(account);
    if (!ifExists) throw missing;
    session.warn({ level: 'Warning', code: missing.errno, message: missing.message });
    return set;
  }
  let next = withPrivileges(set, level, (now) => now & ~privileges);
  // What goes from a table goes from its columns.
  if (level.kind === 'table') next = withoutOnColumns(next, level, privileges);
  for (const { privilege, column } of columns) {
    next = withPrivileges(next, columnLevel(level, column), (now) => now & ~privilege);
  }
  const names = isAll && level.kind === 'global' ? [...next.dynamic.keys()] : dynamic;
  for (const name of names) next = withDynamic(next, name, undefined);
  return next;
}

function isSomethingGranted(set: PrivilegeSet, level: PrivilegeLevel): boolean {
  if (level.kind === 'global') return true;
  if (level.kind === 'table') {
    return set.databases.get(level.database.toLowerCase())?.tables.has(level.table.toLowerCase()) === true;
  }
  return privilegesOn(set, level) !== 0;
}

function withoutOnColumns(
  set: PrivilegeSet,
  { database, table }: Extract<PrivilegeLevel, { kind: 'table' }>,
  privileges: Privileges,
): PrivilegeSet {
  const columns = set.databases.get(database.toLowerCase())?.tables.get(table.toLowerCase())?.columns.values() ?? [];
  let next = set;
  for (const { name: column } of columns) {
    next = withPrivileges(next, { kind: 'column', database, table, column }, (now) => now & ~privileges);
  }
  return next;
}

function columnLevel(level: PrivilegeLevel, column: string): PrivilegeLevel {
  return { ...(level as Extract<PrivilegeLevel, { kind: 'table' }>), kind: 'column', column };
}

/** REVOKE ALL PRIVILEGES, GRANT OPTION FROM: on every level. */
function revokeEverything({ accounts }: GrantStatement, book: AccountBook, { session }: StatementScene) {
  assertMayManage(session);
  book.edit((draft) => {
    for (const syntax of accounts) {
      const name = nameOf(syntax, session);
      const account = draft.get(name);
      if (account === undefined) throw noSuchGrant(name);
      assertMayChange(account, session);
      draft.put({ ...account, privileges: EMPTY_SET });
    }
  });
  return ok();
}

// Roles ---------------------------------------------------------------------------------------------------------------

function grantRoles(statement: GrantStatement, book: AccountBook, { session }: StatementScene): StatementResult {
  const { kind, withGrant, ifExists, ignoreUnknown } = statement;
  const roles = statement.roles.map((role) => nameOf(role, session));
  assertMayPassOn(roles, book, session);
  book.edit((draft) => {
    const known = (name: AccountName, isTolerated: boolean): boolean => {
      if (draft.get(name) !== undefined) return true;
      const error = unknownAuthorization(name);
      if (kind === 'grant' || !isTolerated) throw error;
      session.warn({ level: 'Warning', code: error.errno, message: error.message });
      return false;
    };
    for (const syntax of statement.accounts) {
      const to = nameOf(syntax, session);
      if (!known(to, ignoreUnknown)) continue;
      assertMayChange(draft.get(to), session);
      for (const role of roles) {
        if (!known(role, ifExists)) continue;
        if (kind === 'revoke') {
          assertNotMandatory(role, session);
          draft.disconnect(role, to);
        } else {
          if (reaches(draft, role, to)) throw roleLoop(role, to);
          draft.connect({ role, to, withAdmin: withGrant });
        }
      }
    }
  });
  return ok();
}

/** Whether the role has, directly or by other roles, what would get it. */
function reaches(draft: AccountsDraft, role: AccountName, to: AccountName): boolean {
  return sameAccount(role, to) || draft.rolesOf(role).some((inner) => reaches(draft, inner, to));
}

/** Throws 1227 unless roles may be granted at all, or each was granted to the session with the admin option. */
function assertMayPassOn(roles: readonly AccountName[], book: AccountBook, { access }: Session): void {
  if (access === undefined || access.privileges.hasDynamic('role_admin')) return;
  const holders = [access.account, ...access.activeRoles];
  const isAdmin = (role: AccountName): boolean =>
    book.snapshot.edges.some(
      (edge) =>
        edge.withAdmin && sameAccount(edge.role, role) && holders.some((holder) => sameAccount(edge.to, holder)),
    );
  if (!roles.every(isAdmin)) throw privilegeNeeded('WITH ADMIN, ROLE_ADMIN, SUPER');
}
