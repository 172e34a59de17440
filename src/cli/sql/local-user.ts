/**
 * Who works on a folder where no server runs. Whoever can read the files may do everything, as root; with `--user` it is an
 * account of the folder's, which proves its password and has its own rights, so that what it may do can be tried. Where there
 * are no accounts yet, and for a root that has none, the name alone is taken.
 */

import type { Account } from '../../sql/accounts/account.ts';
import type { AccountBook } from '../../sql/accounts/account-book.ts';
import { accountLocked, loginDenied } from '../../sql/accounts/account-errors.ts';
import type { SessionOptions } from '../../sql/session/session.ts';
import { SessionAccess } from '../../sql/session/session-access.ts';
import { checkSha2Password } from '../../wire/authentication/caching-sha2-password.ts';
import { nativePasswordHash } from '../../wire/authentication/native-password.ts';

const HOST = 'localhost';

/** Throws 1045 and 3118. `askPassword` is asked where a password counts. */
export async function localUser(
  book: AccountBook,
  user: string,
  askPassword: () => Promise<string>,
): Promise<Pick<SessionOptions, 'user' | 'access'>> {
  const [any] = book.accounts();
  const account = book.find(user, HOST);
  const name = `${user}@${HOST}`;
  if (any === undefined || (account === undefined && user === 'root')) return { user: name };
  const password = await askPassword();
  if (account === undefined || !proves(account, password)) throw loginDenied({ user, host: HOST }, password !== '');
  if (account.isLocked) throw accountLocked({ user, host: HOST });
  return { user: name, access: (scene) => new SessionAccess({ book, account, host: HOST }, scene) };
}

function proves({ plugin, authentication }: Account, password: string): boolean {
  if (authentication === '' || password === '') return authentication === password;
  if (plugin === 'mysql_native_password') return nativePasswordHash(password) === authentication;
  return plugin === 'caching_sha2_password' && checkSha2Password(authentication, password);
}
