/** mysql.columns_priv. */
import { accountsTable, keys, MOMENT, setText, UNKNOWN_MOMENT } from './accounts-table.ts';

export const table = accountsTable(
  'columns_priv',
  [
    ...keys('Host', 'Db', 'User', 'Table_name', 'Column_name'),
    { name: 'Timestamp', type: MOMENT },
    { name: 'Column_priv' },
  ],
  function* (book) {
    for (const { host, user, privileges: set } of book.accounts()) {
      for (const { name: database, tables } of set.databases.values()) {
        for (const { name: table, columns } of tables.values()) {
          for (const { name, privileges } of columns.values()) {
            yield [host, database, user, table, name, UNKNOWN_MOMENT, setText(privileges)];
          }
        }
      }
    }
  },
);
