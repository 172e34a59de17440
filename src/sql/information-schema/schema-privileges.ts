/** information_schema.SCHEMA_PRIVILEGES. */
import { grantedNames, granteeOf, isGrantable, privilegesTable } from './schema-table.ts';

export const table = privilegesTable(
  'SCHEMA_PRIVILEGES',
  'GRANTEE:v292! TABLE_CATALOG:v512! TABLE_SCHEMA:n! PRIVILEGE_TYPE:n! IS_GRANTABLE:v3!',
  function* (account) {
    for (const { name: database, privileges } of account.privileges.databases.values()) {
      for (const name of grantedNames(privileges)) {
        yield [granteeOf(account), 'def', database, name, isGrantable(privileges)];
      }
    }
  },
);
