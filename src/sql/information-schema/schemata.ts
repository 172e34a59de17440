/** information_schema.SCHEMATA. */
import { collationById } from '../../tuple/collation.ts';
import { schemaTable, views } from './schema-table.ts';

export const table = schemaTable(
  'SCHEMATA',
  'CATALOG_NAME:n SCHEMA_NAME:n DEFAULT_CHARACTER_SET_NAME:n! DEFAULT_COLLATION_NAME:n! SQL_PATH:x DEFAULT_ENCRYPTION:n!',
  function* (session) {
    yield ['def', 'information_schema', 'utf8mb4', 'utf8mb4_0900_bin', null, 'NO'];
    for (const view of views(session)) {
      const collation = collationById(view.root.collation)!;
      yield ['def', view.name, collation.characterSet, collation.name, null, 'NO'];
    }
  },
);
