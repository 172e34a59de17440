/** mysql.default_roles. */
import { accountsTable, keys } from './accounts-table.ts';

export const table = accountsTable(
  'default_roles',
  keys('HOST', 'USER', 'DEFAULT_ROLE_HOST', 'DEFAULT_ROLE_USER'),
  function* (book) {
    for (const { host, user, defaultRoles } of book.accounts()) {
      for (const role of defaultRoles ?? []) yield [host, user, role.host, role.user];
    }
  },
);
