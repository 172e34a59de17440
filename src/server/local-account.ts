/** The account of the command line on this machine: it may do everything, and is gone when the server ends. */
import { DEFAULT_PLUGIN, LOCAL_USER } from '../sql/accounts/account.ts';
import { type AccountBook, newAccount } from '../sql/accounts/account-book.ts';
import { GLOBAL_PRIVILEGES } from '../sql/accounts/privilege.ts';
import { EMPTY_SET } from '../sql/accounts/privilege-set.ts';

export function admitLocalUser(book: AccountBook, secret: string, nowMs: number): void {
  book.admit({
    ...newAccount({ user: LOCAL_USER, host: 'localhost' }, Math.floor(nowMs / 1000)),
    authentication: book.passwords.hash(DEFAULT_PLUGIN, secret),
    privileges: { ...EMPTY_SET, global: GLOBAL_PRIVILEGES },
    isBuiltIn: true,
  });
}
