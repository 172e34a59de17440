/** information_schema.VIEWS. */
import { definerText } from '../catalog/program-texts.ts';
import { schemaTable, userViews, views } from './schema-table.ts';

export const table = schemaTable(
  'VIEWS',
  'TABLE_CATALOG:n TABLE_SCHEMA:n TABLE_NAME:n VIEW_DEFINITION:t CHECK_OPTION:n IS_UPDATABLE:n DEFINER:v288 SECURITY_TYPE:v7 CHARACTER_SET_CLIENT:n! COLLATION_CONNECTION:n!',
  function* (session) {
    for (const view of views(session)) {
      for (const { name, body, definer, security = 'definer' } of userViews(view, session)) {
        const rights = [definerText(definer), security.toUpperCase()];
        yield ['def', view.name, name, body, 'NONE', 'YES', ...rights, 'utf8mb4', 'utf8mb4_0900_bin'];
      }
    }
  },
);
