/** The accounts in a file, and what it takes to read and change them. */
import type { Environment } from './repo/repository.ts';
import { AccountBook, NO_ACCOUNTS } from './sql/accounts/account-book.ts';
import type { Passwords } from './sql/accounts/passwords.ts';
import { PrivilegeFile } from './sql/accounts/privilege-file.ts';
import { isSha2PasswordHash, sha2PasswordHash } from './wire/authentication/caching-sha2-password.ts';
import { isNativePasswordHash, nativePasswordHash } from './wire/authentication/native-password.ts';

export interface OpenedAccounts {
  readonly book: AccountBook;
  /** There was no file: it is written with the first change. */
  readonly isNew: boolean;
}

/** Throws `corrupt` for a damaged file. */
export function openAccounts({ disk }: Pick<Environment, 'disk'>, path: string): OpenedAccounts {
  const file = new PrivilegeFile(disk, path);
  const snapshot = file.read();
  const book = new AccountBook(snapshot ?? NO_ACCOUNTS, (next) => file.write(next), passwords);
  return { book, isNew: snapshot === undefined };
}

const passwords: Passwords = {
  hash: (plugin, password) =>
    plugin === 'mysql_native_password' ? nativePasswordHash(password) : sha2PasswordHash(password),
  isHash: (plugin, text) =>
    plugin === 'mysql_native_password' ? isNativePasswordHash(text) : isSha2PasswordHash(text),
};
