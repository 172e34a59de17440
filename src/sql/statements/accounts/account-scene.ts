/** What statements about accounts share: the accounts, names as they are written, and who may do what to whom. */
import { type Steps, waitFor } from '../../../repo/steps.ts';
import type { Account } from '../../accounts/account.ts';
import type { AccountBook } from '../../accounts/account-book.ts';
import { nameTooLong, roleIsMandatory } from '../../accounts/account-errors.ts';
import { mandatoryRoles } from '../../accounts/mandatory-roles.ts';
import { Privilege } from '../../accounts/privilege.ts';
import type { Session } from '../../session/session.ts';
import type { Account as AccountSyntax } from '../../syntax/ast/node.ts';
import { type AccountName, sameAccount } from '../../types/account-name.ts';
import { notSupported } from '../../types/sql-error.ts';
import type { StatementScene } from '../scene.ts';

export function* accountBook({ session }: StatementScene): Steps<AccountBook> {
  if (session.access !== undefined) return session.access.book;
  const { accounts } = session.engine;
  if (accounts === undefined) throw notSupported('accounts');
  return accounts.book ?? (yield* waitFor(accounts.open()));
}

const LONGEST_USER = 32;
const LONGEST_HOST = 255;

/** A name without host means `%`; CURRENT_USER is the session's. */
export function nameOf({ user, host = '%' }: AccountSyntax, session: Session): AccountName {
  if (user === undefined) return selfOf(session);
  if (user.length > LONGEST_USER) throw nameTooLong(user, 'user name', LONGEST_USER);
  if (host.length > LONGEST_HOST) throw nameTooLong(host, 'host name', LONGEST_HOST);
  return { user, host: host.toLowerCase() };
}

/** The session's account. */
export function selfOf({ access, currentUser }: Session): AccountName {
  if (access !== undefined) return access.account;
  const at = currentUser.lastIndexOf('@');
  return { user: currentUser.slice(0, at), host: currentUser.slice(at + 1) };
}

export function isSelf(name: AccountName, session: Session): boolean {
  return sameAccount(name, selfOf(session));
}

/** What `mandatory_roles` names. */
export const mandatoryRolesOf = ({ engine }: Session): readonly AccountName[] =>
  mandatoryRoles(engine.globals.text('mandatory_roles'));

/** Throws 4527 for a role that every account has. */
export function assertNotMandatory(role: AccountName, session: Session): void {
  if (mandatoryRolesOf(session).some((each) => sameAccount(each, role))) throw roleIsMandatory(role);
}

/** Throws 1227 unless the session may make and change accounts. */
export function assertMayManage({ access }: Session): void {
  access?.assertOneOf('CREATE USER', Privilege.createUser);
}

/** Who manages accounts must not become a superuser by it: those are for their like. Throws 1227. */
export function assertMayChange(account: Account | undefined, { access }: Session): void {
  if (access === undefined || account === undefined) return;
  const { global, dynamic } = account.privileges;
  const isSystem = (global & Privilege.super) !== 0 || dynamic.has('system_user');
  if (isSystem) access.assertOneOf('SYSTEM_USER', Privilege.super, ['system_user']);
}

/** Whether the session may look at, or change, what is kept of any account. */
export function ownsAccounts(needed: 'select' | 'update', { access }: Session): boolean {
  return access === undefined || (access.privileges.database('mysql') & Privilege[needed]) !== 0;
}

export function nowSeconds({ engine }: Session): number {
  return Math.floor(engine.clock.now() / 1000);
}
