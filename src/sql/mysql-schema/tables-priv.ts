/** mysql.tables_priv. */
import { anyColumnPrivileges } from '../accounts/privilege-set.ts';
import { accountsTable, keys, MOMENT, setText, UNKNOWN_MOMENT } from './accounts-table.ts';

export const table = accountsTable(
  'tables_priv',
  [
    ...keys('Host', 'Db', 'User', 'Table_name'),
    { name: 'Grantor' },
    { name: 'Timestamp', type: MOMENT },
    { name: 'Table_priv' },
    { name: 'Column_priv' },
  ],
  function* (book) {
    for (const { host, user, privileges: set } of book.accounts()) {
      for (const { name: database, tables } of set.databases.values()) {
        for (const each of tables.values()) {
          const of = [setText(each.privileges), setText(anyColumnPrivileges(each))];
          yield [host, database, user, each.name, '', UNKNOWN_MOMENT, ...of];
        }
      }
    }
  },
);
