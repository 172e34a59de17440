/** The accounts of a folder: which file holds them, and what it takes to read and change them. */
import type { Disk } from './base/disk.ts';
import { DoltError } from './base/errors.ts';
import type { Environment } from './repo/repository.ts';
import { AccountBook, NO_ACCOUNTS } from './sql/accounts/account-book.ts';
import type { Passwords } from './sql/accounts/passwords.ts';
import { PrivilegeFile } from './sql/accounts/privilege-file.ts';
import { isSha2PasswordHash, sha2PasswordHash } from './wire/authentication/caching-sha2-password.ts';
import { isNativePasswordHash, nativePasswordHash } from './wire/authentication/native-password.ts';

const CONFIGURATION_FOLDER = '.doltcfg';
const PRIVILEGE_FILE = 'privileges.db';

export interface AccountsPlace {
  /** Where the databases are. */
  readonly directory: string;
  /** Absolute; unless told, `.doltcfg` beside the databases, or the one beside the folder of a single database. */
  readonly configDirectory?: string | undefined;
  /** Absolute; unless told, in the folder of configuration. */
  readonly privilegeFile?: string | undefined;
  /** The folder was named: the one around it is not looked at. */
  readonly isNamed?: boolean | undefined;
}

/** Throws `conflict` where two folders of configuration could be meant. */
export function privilegePath(disk: Disk, place: AccountsPlace): string {
  return place.privilegeFile ?? `${place.configDirectory ?? configurationFolder(disk, place)}/${PRIVILEGE_FILE}`;
}

function configurationFolder(disk: Disk, { directory, isNamed }: AccountsPlace): string {
  const own = `${directory}/${CONFIGURATION_FOLDER}`;
  const around = `${directory.slice(0, directory.lastIndexOf('/'))}/${CONFIGURATION_FOLDER}`;
  const isThere = (path: string): boolean => disk.stat(path)?.kind === 'directory';
  if (isNamed || !isThere(around)) return own;
  if (isThere(own)) {
    throw new DoltError(
      'conflict',
      `multiple ${CONFIGURATION_FOLDER} directories detected: '${own}' and '${around}'; pass one of the directories using option --doltcfg-dir`,
    );
  }
  return around;
}

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
