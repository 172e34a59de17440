/** information_schema.SCHEMATA_EXTENSIONS: options of databases; there are none to say. */
import { schemaTable, views } from './schema-table.ts';

export const table = schemaTable(
  'SCHEMATA_EXTENSIONS',
  'CATALOG_NAME:n SCHEMA_NAME:n OPTIONS:v256',
  function* (session) {
    yield ['def', 'information_schema', ''];
    for (const view of views(session)) yield ['def', view.name, ''];
  },
);
