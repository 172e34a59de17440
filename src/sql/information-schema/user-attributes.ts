/** information_schema.USER_ATTRIBUTES: comments and attributes of accounts. */
import { privilegesTable } from './schema-table.ts';

export const table = privilegesTable(
  'USER_ATTRIBUTES',
  'USER:v32! HOST:v255! ATTRIBUTE:t',
  ({ user, host, attributes }) => [[user, host, attributes ?? null]],
);
