/** information_schema.ENABLED_ROLES: the roles that are active in the session. */

import { mandatoryRoles } from '../accounts/mandatory-roles.ts';
import { sameAccount } from '../types/account-name.ts';
import { yesNo } from './role-rows.ts';
import { schemaTable } from './schema-table.ts';

export const table = schemaTable(
  'ENABLED_ROLES',
  'ROLE_NAME:v255 ROLE_HOST:v255 IS_DEFAULT:v3 IS_MANDATORY:v3!',
  ({ access, engine }) => {
    if (access === undefined) return [];
    const { account, activeRoles, book } = access;
    const defaults = book.get(account)?.defaultRoles ?? book.rolesOf(account);
    const mandatory = mandatoryRoles(engine.globals.text('mandatory_roles'));
    return activeRoles.map((role) => {
      const isIn = (roles: typeof activeRoles): 'YES' | 'NO' => yesNo(roles.some((each) => sameAccount(each, role)));
      return [role.user, role.host, isIn(defaults), isIn(mandatory)];
    });
  },
);
