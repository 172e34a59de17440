/** What is wrong with accounts, and what they may not do, with MySQL's numbers and words. */

import { type AccountName, accountText } from '../types/account-name.ts';
import { SqlError } from '../types/sql-error.ts';

const who = ({ user, host }: AccountName): string => `'${user}'@'${host}'`;

export const databaseDenied = (account: AccountName, database: string) =>
  new SqlError(1044, '42000', `Access denied for user ${who(account)} to database '${database}'`, 'denied');
export const loginDenied = (account: AccountName, withPassword: boolean) =>
  new SqlError(
    1045,
    '28000',
    `Access denied for user ${who(account)} (using password: ${withPassword ? 'YES' : 'NO'})`,
    'denied',
  );
export const accountLocked = (account: AccountName) =>
  new SqlError(3118, 'HY000', `Access denied for user ${who(account)}. Account is locked.`, 'denied');
export const tableDenied = (command: string, account: AccountName, table: string) =>
  new SqlError(1142, '42000', `${command} command denied to user ${who(account)} for table '${table}'`, 'denied');
export const columnDenied = (command: string, account: AccountName, column: string, table: string) =>
  new SqlError(
    1143,
    '42000',
    `${command} command denied to user ${who(account)} for column '${column}' in table '${table}'`,
    'denied',
  );
export const routineDenied = (command: string, account: AccountName, routine: string) =>
  new SqlError(1370, '42000', `${command} command denied to user ${who(account)} for routine '${routine}'`, 'denied');
/** `privileges` as the message lists them. */
export const privilegeNeeded = (privileges: string) =>
  new SqlError(
    1227,
    '42000',
    `Access denied; you need (at least one of) the ${privileges} privilege(s) for this operation`,
    'denied',
  );
export const notOwnThread = (id: number) => new SqlError(1095, 'HY000', `You are not owner of thread ${id}`, 'denied');

export const noSuchDefiner = (account: AccountName) =>
  new SqlError(1449, 'HY000', `The user specified as a definer (${who(account)}) does not exist`, 'notFound');

/** `operation` is CREATE USER, DROP ROLE and so on. */
export const operationFailed = (operation: string, accounts: readonly AccountName[]) =>
  new SqlError(1396, 'HY000', `Operation ${operation} failed for ${accounts.map(who).join(',')}`, 'conflict');
export const noUserByGrant = () =>
  new SqlError(1410, '42000', 'You are not allowed to create a user with GRANT', 'notFound');
export const noSuchGrant = ({ user, host }: AccountName) =>
  new SqlError(1141, '42000', `There is no such grant defined for user '${user}' on host '${host}'`, 'notFound');
export const noSuchTableGrant = ({ user, host }: AccountName, table: string) =>
  new SqlError(
    1147,
    '42000',
    `There is no such grant defined for user '${user}' on host '${host}' on table '${table}'`,
    'notFound',
  );
export const illegalGrant = () =>
  new SqlError(
    1144,
    '42000',
    'Illegal GRANT/REVOKE command; please consult the manual to see which privileges can be used',
  );
export const wrongUsage = (one: string, other: string) =>
  new SqlError(1221, 'HY000', `Incorrect usage of ${one} and ${other}`);
export const unknownAuthorization = (account: AccountName) =>
  new SqlError(3523, 'HY000', `Unknown authorization ID ${accountText(account, '`')}`, 'notFound');
export const roleNotGranted = (role: AccountName, account: AccountName) =>
  new SqlError(3530, 'HY000', `${accountText(role, '`')} is not granted to ${accountText(account, '`')}`, 'denied');
export const roleIsMandatory = (role: AccountName) =>
  new SqlError(
    4527,
    'HY000',
    `The role ${accountText(role, '`')} is a mandatory role and can't be revoked or dropped. The restriction can be lifted by excluding the role identifier from the global variable mandatory_roles.`,
    'denied',
  );
export const roleLoop = (role: AccountName, account: AccountName) =>
  new SqlError(
    3527,
    'HY000',
    `User account ${accountText(account, '`')} is directly or indirectly granted to the role ${accountText(role, '`')}. The GRANT would create a loop`,
    'conflict',
  );
export const illegalPrivilegeLevel = (name: string) =>
  new SqlError(3619, 'HY000', `Illegal privilege level specified for ${name.toUpperCase()}`);
export const unknownPrivilege = (name: string) =>
  new SqlError(
    3929,
    'HY000',
    `Dynamic privilege '${name.toUpperCase()}' is not registered with the server.`,
    'notFound',
  );
export const unknownPlugin = (name: string) =>
  new SqlError(1524, 'HY000', `Plugin '${name}' is not loaded`, 'notFound');
export const malformedHash = () => new SqlError(1827, 'HY000', "The password hash doesn't have the expected format.");
export const nameTooLong = (name: string, what: 'user name' | 'host name', most: number) =>
  new SqlError(1470, 'HY000', `String '${name}' is too long for ${what} (should be no longer than ${most})`);
