/** information_schema.COLUMNS_EXTENSIONS: attributes that storage engines keep; there are none. */
import { columnFilter } from '../session/table-filter.ts';
import { schemaTable, userTables, views } from './schema-table.ts';

export const table = schemaTable(
  'COLUMNS_EXTENSIONS',
  'TABLE_CATALOG:n! TABLE_SCHEMA:n! TABLE_NAME:n! COLUMN_NAME:n ENGINE_ATTRIBUTE:j SECONDARY_ENGINE_ATTRIBUTE:j',
  function* (session) {
    for (const view of views(session)) {
      for (const { name, table: stored } of userTables(view, session)) {
        const isShown = columnFilter(view.baseName, name, session);
        for (const column of stored.schema.columns) {
          if (!column.hiddenSystem && isShown(column.name)) yield ['def', view.name, name, column.name, null, null];
        }
      }
    }
  },
);
