/** information_schema.CHECK_CONSTRAINTS. */
import { schemaTable, userTables, views } from './schema-table.ts';

export const table = schemaTable(
  'CHECK_CONSTRAINTS',
  'CONSTRAINT_CATALOG:n CONSTRAINT_SCHEMA:n CONSTRAINT_NAME:n! CHECK_CLAUSE:t!',
  function* (session) {
    for (const view of views(session)) {
      for (const { table: stored } of userTables(view, session)) {
        for (const { name, expression } of stored.schema.checks) yield ['def', view.name, name, expression];
      }
    }
  },
);
