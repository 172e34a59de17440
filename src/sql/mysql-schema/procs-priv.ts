/** mysql.procs_priv. */
import { accountsTable, keys, MOMENT, setText, UNKNOWN_MOMENT } from './accounts-table.ts';

export const table = accountsTable(
  'procs_priv',
  [
    ...keys('Host', 'Db', 'User', 'Routine_name', 'Routine_type'),
    { name: 'Grantor' },
    { name: 'Proc_priv' },
    { name: 'Timestamp', type: MOMENT },
  ],
  function* (book) {
    for (const { host, user, privileges: set } of book.accounts()) {
      for (const { name: database, routines } of set.databases.values()) {
        for (const { name, isProcedure, privileges } of routines.values()) {
          const type = isProcedure ? 'PROCEDURE' : 'FUNCTION';
          yield [host, database, user, name, type, '', setText(privileges), UNKNOWN_MOMENT];
        }
      }
    }
  },
);
