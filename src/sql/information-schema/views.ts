/** information_schema.VIEWS. */
import { schemaTable, userViews, views } from './schema-table.ts';

export const table = schemaTable(
  'VIEWS',
  'TABLE_CATALOG:n TABLE_SCHEMA:n TABLE_NAME:n VIEW_DEFINITION:t CHECK_OPTION:n IS_UPDATABLE:n DEFINER:v288 SECURITY_TYPE:v7 CHARACTER_SET_CLIENT:n! COLLATION_CONNECTION:n!',
  function* (session) {
    for (const view of views(session)) {
      for (const { name, body } of userViews(view, session)) {
        yield ['def', view.name, name, body, 'NONE', 'YES', 'root@localhost', 'DEFINER', 'utf8mb4', 'utf8mb4_0900_bin'];
      }
    }
  },
);
