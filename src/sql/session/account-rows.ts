/** The accounts as tables show them. */
import type { Account } from '../accounts/account.ts';
import type { AccountBook } from '../accounts/account-book.ts';
import { Privilege } from '../accounts/privilege.ts';
import { ModuleNeeded } from '../catalog/module-needed.ts';
import { notSupported } from '../types/sql-error.ts';
import type { Session } from './session.ts';

/** Ask for it when a table is opened, where ModuleNeeded is caught. */
export function bookOf({ access, engine }: Session): AccountBook {
  const book = access?.book ?? engine.accounts?.book;
  if (book !== undefined) return book;
  const { accounts } = engine;
  if (accounts === undefined) throw notSupported('accounts');
  throw new ModuleNeeded(() => accounts.open());
}

/** All where the accounts may be read, else one's own with the active roles. */
export function shownAccounts(book: AccountBook, { access }: Session): readonly Account[] {
  const all = [...book.accounts()];
  if (access === undefined || (access.privileges.database('mysql') & Privilege.select) !== 0) return all;
  const own = [access.account, ...book.withInherited(access.activeRoles)];
  return own.flatMap((name) => book.get(name) ?? []);
}
