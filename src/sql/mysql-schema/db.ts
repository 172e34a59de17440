/** mysql.db. */
import { accountsTable, flagColumns, flags, keys, type PrivilegeColumn } from './accounts-table.ts';

const FLAGS: readonly PrivilegeColumn[] = [
  'Select_priv',
  'Insert_priv',
  'Update_priv',
  'Delete_priv',
  'Create_priv',
  'Drop_priv',
  'Grant_priv',
  'References_priv',
  'Index_priv',
  'Alter_priv',
  'Create_tmp_table_priv',
  'Lock_tables_priv',
  'Create_view_priv',
  'Show_view_priv',
  'Create_routine_priv',
  'Alter_routine_priv',
  'Execute_priv',
  'Event_priv',
  'Trigger_priv',
];

export const table = accountsTable('db', [...keys('Host', 'Db', 'User'), ...flagColumns(FLAGS)], function* (book) {
  for (const { host, user, privileges: set } of book.accounts()) {
    for (const { name, privileges } of set.databases.values()) {
      if (privileges !== 0) yield [host, name, user, ...flags(FLAGS, privileges)];
    }
  }
});
