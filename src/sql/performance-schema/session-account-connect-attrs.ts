/** performance_schema.session_account_connect_attrs: of connections of one's own account. */
import { attributesTable } from './attributes-table.ts';

export const table = attributesTable('session_account_connect_attrs', (process, { access, connectionId }) =>
  access === undefined ? process.id === connectionId : access.isOwnProcess(process),
);
