/** mysql.global_grants: the dynamic privileges. */
import { accountsTable, FLAG, keys, yesNo } from './accounts-table.ts';

export const table = accountsTable(
  'global_grants',
  [...keys('USER', 'HOST', 'PRIV'), { name: 'WITH_GRANT_OPTION', type: FLAG }],
  function* (book) {
    for (const { user, host, privileges } of book.accounts()) {
      for (const [name, withGrant] of privileges.dynamic) yield [user, host, name.toUpperCase(), yesNo(withGrant)];
    }
  },
);
