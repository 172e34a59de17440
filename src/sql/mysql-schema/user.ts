/** mysql.user. */
import {
  type AccountsColumn,
  accountsTable,
  FLAG,
  flagColumns,
  flags,
  keys,
  MOMENT,
  NUMBER,
  PRIVILEGE_COLUMNS,
  type PrivilegeColumn,
  TEXT,
  yesNo,
} from './accounts-table.ts';

const LAST: readonly PrivilegeColumn[] = ['Create_role_priv', 'Drop_role_priv'];
const FIRST = (Object.keys(PRIVILEGE_COLUMNS) as PrivilegeColumn[]).filter((name) => !LAST.includes(name));

const LIMITS: readonly AccountsColumn[] = [
  { name: 'max_questions', type: NUMBER },
  { name: 'max_updates', type: NUMBER },
  { name: 'max_connections', type: NUMBER },
  { name: 'max_user_connections', type: NUMBER },
];

export const table = accountsTable(
  'user',
  [
    ...keys('Host', 'User'),
    ...flagColumns(FIRST),
    { name: 'ssl_type' },
    { name: 'ssl_cipher', type: TEXT },
    { name: 'x509_issuer', type: TEXT },
    { name: 'x509_subject', type: TEXT },
    ...LIMITS,
    { name: 'plugin' },
    { name: 'authentication_string', type: TEXT, nullable: true },
    { name: 'password_expired', type: FLAG },
    { name: 'password_last_changed', type: MOMENT, nullable: true },
    { name: 'password_lifetime', type: NUMBER, nullable: true },
    { name: 'account_locked', type: FLAG },
    ...flagColumns(LAST),
    { name: 'Password_reuse_history', type: NUMBER, nullable: true },
    { name: 'Password_reuse_time', type: NUMBER, nullable: true },
    { name: 'Password_require_current', type: FLAG, nullable: true },
    { name: 'User_attributes', type: TEXT, nullable: true },
    { name: 'identity', type: TEXT, nullable: true },
  ],
  function* (book) {
    for (const account of book.accounts()) {
      const { global } = account.privileges;
      yield [
        ...[account.host, account.user],
        ...flags(FIRST, global),
        ...[account.transport, account.cipher, account.issuer, account.subject],
        ...[0, 0, 0, 0],
        ...[account.plugin, account.authentication],
        ...['N', account.passwordChangedSeconds * 1_000_000, null, yesNo(account.isLocked)],
        ...flags(LAST, global),
        ...[null, null, null, account.attributes ?? null, account.identity],
      ];
    }
  },
);
