/**
 * The first account: root, who may do everything, from this machine and without a password. It is made when there is no
 * file of accounts yet, and only then; a container may want it elsewhere, or with a password.
 */

import type { Logger } from '../base/environment.ts';
import { DEFAULT_PLUGIN } from '../sql/accounts/account.ts';
import { type AccountBook, newAccount } from '../sql/accounts/account-book.ts';
import { GLOBAL_PRIVILEGES } from '../sql/accounts/privilege.ts';
import { EMPTY_SET } from '../sql/accounts/privilege-set.ts';

export interface RootAccount {
  /** `localhost` unless told. */
  readonly host: string | undefined;
  readonly password: string | undefined;
}

/** Writes the file: with root, or with nobody. */
export function makeFirstAccount(book: AccountBook, root: RootAccount | undefined, nowMs: number, log: Logger): void {
  book.edit((draft) => {
    if (root === undefined) return;
    const { host = 'localhost', password = '' } = root;
    const account = newAccount({ user: 'root', host: host.toLowerCase() }, Math.floor(nowMs / 1000));
    draft.put({
      ...account,
      authentication: book.passwords.hash(DEFAULT_PLUGIN, password),
      privileges: { ...EMPTY_SET, global: GLOBAL_PRIVILEGES },
      isBuiltIn: true,
    });
    log.info(`Creating root@${host} superuser`);
    if (password === '' && !['localhost', '127.0.0.1', '::1'].includes(host)) {
      log.warn(`root@${host} has no password: anybody who reaches the server may do everything`);
    }
  });
}
