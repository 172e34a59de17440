/** CREATE ROLE, DROP ROLE, SET ROLE, SET DEFAULT ROLE. A role is a locked account without a password. */

import { newAccount } from '../../accounts/account-book.ts';
import { operationFailed, unknownAuthorization } from '../../accounts/account-errors.ts';
import { Privilege } from '../../accounts/privilege.ts';
import type { SessionAccess } from '../../session/session-access.ts';
import { ok } from '../../session/statement-result.ts';
import type { AccountsStatement, SetRoleStatement } from '../../syntax/ast/account-statements.ts';
import { type AccountName, accountText, sameAccount } from '../../types/account-name.ts';
import type { RunStatement } from '../scene.ts';
import { accountBook, isSelf, mandatoryRolesOf, nameOf, nowSeconds } from './account-scene.ts';
import { dropAccounts, setDefaultRoles } from './users.ts';

export const runCreateRole: RunStatement<AccountsStatement> = function* ({ accounts, ifNotExists }, scene) {
  const { session } = scene;
  session.access?.assertOneOf('CREATE ROLE or CREATE USER', Privilege.createRole | Privilege.createUser);
  const book = yield* accountBook(scene);
  book.edit((draft) => {
    const taken: AccountName[] = [];
    for (const syntax of accounts) {
      const name = nameOf(syntax, session);
      if (name.user === '') throw operationFailed('CREATE ROLE', [name]);
      if (draft.get(name) === undefined) draft.put({ ...newAccount(name, nowSeconds(session)), isLocked: true });
      else taken.push(name);
    }
    if (taken.length > 0 && !ifNotExists) throw operationFailed('CREATE ROLE', taken);
    for (const name of taken) {
      const message = `Authorization ID ${accountText(name, "'")} already exists.`;
      session.warn({ level: 'Note', code: 3163, message });
    }
  });
  return ok();
};

export const runDropRole: RunStatement<AccountsStatement> = function* (statement, scene) {
  scene.session.access?.assertOneOf('DROP ROLE or CREATE USER', Privilege.dropRole | Privilege.createUser);
  return yield* dropAccounts('DROP ROLE', statement, scene);
};

export const runSetRole: RunStatement<SetRoleStatement> = function* ({ type, roles }, { session }) {
  const { access } = session;
  // Who may do everything has no use for roles.
  if (access === undefined) return ok();
  const named = roles.map((role) => nameOf(role, session));
  access.activate(type === 'default' ? 'default' : chosen(type, named, access));
  return ok();
};

function chosen(
  type: Exclude<SetRoleStatement['type'], 'default'>,
  named: readonly AccountName[],
  { grantedRoles }: SessionAccess,
): readonly AccountName[] {
  switch (type) {
    case 'none':
      return [];
    case 'list':
      return named;
    case 'all':
      return grantedRoles;
    case 'all except':
      return grantedRoles.filter((role) => !named.some((other) => sameAccount(role, other)));
  }
}

export const runSetDefaultRole: RunStatement<SetRoleStatement> = function* ({ type, roles, accounts }, scene) {
  const { session } = scene;
  const book = yield* accountBook(scene);
  const named = roles.map((role) => nameOf(role, session));
  const names = accounts.map((account) => nameOf(account, session));
  if (names.some((name) => !isSelf(name, session))) {
    session.access?.assertOneOf('CREATE USER', Privilege.createUser, ['role_admin']);
  }
  book.edit((draft) => {
    for (const name of names) {
      if (draft.get(name) === undefined) throw unknownAuthorization(name);
      setDefaultRoles(draft, name, type === 'all' || type === 'none' ? type : 'list', named, mandatoryRolesOf(session));
    }
  });
  return ok();
};
