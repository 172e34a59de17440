/** information_schema.TABLE_CONSTRAINTS_EXTENSIONS: attributes that storage engines keep; there are none. */
import { schemaTable, userTables, views } from './schema-table.ts';

export const table = schemaTable(
  'TABLE_CONSTRAINTS_EXTENSIONS',
  'CONSTRAINT_CATALOG:n! CONSTRAINT_SCHEMA:n! CONSTRAINT_NAME:n! TABLE_NAME:n! ENGINE_ATTRIBUTE:j SECONDARY_ENGINE_ATTRIBUTE:j',
  function* (session) {
    for (const view of views(session)) {
      for (const { name, table: stored } of userTables(view, session)) {
        const { primaryKey, indexes } = stored.schema;
        const unique = indexes.filter((index) => index.unique).map((index) => index.name);
        for (const key of [...(primaryKey.length > 0 ? ['PRIMARY'] : []), ...unique]) {
          yield ['def', view.name, key, name, null, null];
        }
      }
    }
  },
);
