/** information_schema.TABLES. */

import { collationById } from '../../tuple/collation.ts';
import { schemaTable, userTables, userViews, views } from './schema-table.ts';

export const table = schemaTable(
  'TABLES',
  'TABLE_CATALOG:n! TABLE_SCHEMA:n! TABLE_NAME:n! TABLE_TYPE:n! ENGINE:n VERSION:i ROW_FORMAT:n TABLE_ROWS:u AVG_ROW_LENGTH:u ' +
    'DATA_LENGTH:u MAX_DATA_LENGTH:u INDEX_LENGTH:u DATA_FREE:u AUTO_INCREMENT:u CREATE_TIME:d UPDATE_TIME:d CHECK_TIME:d ' +
    'TABLE_COLLATION:n CHECKSUM:i CREATE_OPTIONS:n TABLE_COMMENT:t',
  function* (session) {
    for (const view of views(session)) {
      for (const { name, table: stored } of userTables(view, session)) {
        const { schema } = stored;
        const counts = schema.columns.some(({ autoIncrement }) => autoIncrement);
        const collation = collationById(schema.collation)?.name ?? null;
        const counter = counts ? stored.autoIncrement : null;
        yield [
          'def',
          view.name,
          name,
          'BASE TABLE',
          'InnoDB',
          10,
          'Dynamic',
          stored.entryCount,
          0,
          0,
          0,
          0,
          0,
          counter,
          null,
          null,
          null,
          collation,
          null,
          '',
          schema.comment,
        ];
      }
      for (const { name } of userViews(view, session)) {
        yield [
          'def',
          view.name,
          name,
          'VIEW',
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          null,
          'VIEW',
        ];
      }
    }
  },
);
