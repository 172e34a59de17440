/** information_schema.TABLE_PRIVILEGES. */
import { grantedNames, granteeOf, isGrantable, privilegesTable } from './schema-table.ts';

export const table = privilegesTable(
  'TABLE_PRIVILEGES',
  'GRANTEE:v292! TABLE_CATALOG:v512! TABLE_SCHEMA:n! TABLE_NAME:n! PRIVILEGE_TYPE:n! IS_GRANTABLE:v3!',
  function* (account) {
    for (const { name: database, tables } of account.privileges.databases.values()) {
      for (const { name, privileges } of tables.values()) {
        for (const privilege of grantedNames(privileges)) {
          yield [granteeOf(account), 'def', database, name, privilege, isGrantable(privileges)];
        }
      }
    }
  },
);
