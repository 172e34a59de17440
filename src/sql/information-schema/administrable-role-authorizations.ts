/** information_schema.ADMINISTRABLE_ROLE_AUTHORIZATIONS: the roles that the session's account may grant to others. */
import { rolesTable } from './role-rows.ts';

export const table = rolesTable('ADMINISTRABLE_ROLE_AUTHORIZATIONS', ({ withAdmin }) => withAdmin);
