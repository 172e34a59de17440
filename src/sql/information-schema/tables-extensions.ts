/** information_schema.TABLES_EXTENSIONS: attributes that storage engines keep; there are none. */
import { schemaTable, userTables, views } from './schema-table.ts';

export const table = schemaTable(
  'TABLES_EXTENSIONS',
  'TABLE_CATALOG:n! TABLE_SCHEMA:n! TABLE_NAME:n! ENGINE_ATTRIBUTE:j SECONDARY_ENGINE_ATTRIBUTE:j',
  function* (session) {
    for (const view of views(session)) {
      for (const { name } of userTables(view, session)) yield ['def', view.name, name, null, null];
    }
  },
);
