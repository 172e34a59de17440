/** information_schema.APPLICABLE_ROLES: the roles of the session's account, and those that come with them. */
import { rolesTable } from './role-rows.ts';

export const table = rolesTable('APPLICABLE_ROLES', () => true);
