/** information_schema.USER_PRIVILEGES. */
import { grantedNames, granteeOf, isGrantable, privilegesTable } from './schema-table.ts';

export const table = privilegesTable(
  'USER_PRIVILEGES',
  'GRANTEE:v292! TABLE_CATALOG:v512! PRIVILEGE_TYPE:n! IS_GRANTABLE:v3!',
  function* (account) {
    const grantee = granteeOf(account);
    const { global, dynamic } = account.privileges;
    const names = grantedNames(global);
    for (const name of names.length === 0 ? ['USAGE'] : names) yield [grantee, 'def', name, isGrantable(global)];
    for (const [name, withGrant] of dynamic) yield [grantee, 'def', name.toUpperCase(), withGrant ? 'YES' : 'NO'];
  },
);
