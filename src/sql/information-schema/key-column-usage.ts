/** information_schema.KEY_COLUMN_USAGE: columns of primary, unique and foreign keys. */
import { declaredBy } from '../../repo/foreign-keys.ts';
import { schemaTable, userTables, views } from './schema-table.ts';

export const table = schemaTable(
  'KEY_COLUMN_USAGE',
  'CONSTRAINT_CATALOG:n CONSTRAINT_SCHEMA:n CONSTRAINT_NAME:n TABLE_CATALOG:n TABLE_SCHEMA:n TABLE_NAME:n COLUMN_NAME:n ' +
    'ORDINAL_POSITION:o! POSITION_IN_UNIQUE_CONSTRAINT:o REFERENCED_TABLE_SCHEMA:n REFERENCED_TABLE_NAME:n REFERENCED_COLUMN_NAME:n',
  function* (session) {
    for (const view of views(session)) {
      const keys = view.root.foreignKeys();
      for (const { name, table: stored } of userTables(view, session)) {
        const { schema } = stored;
        const primary = { name: 'PRIMARY', columns: schema.primaryKey, unique: true };
        for (const index of [primary, ...schema.indexes]) {
          if (!index.unique) continue;
          for (const [i, position] of index.columns.entries()) {
            const column = schema.columns[position]!.name;
            yield ['def', view.name, index.name, 'def', view.name, name, column, i + 1, null, null, null, null];
          }
        }
        for (const key of declaredBy(keys, name)) {
          const parent = view.root.resolveTableName(key.parentTable);
          const parentColumns = parent === undefined ? [] : view.root.table(parent)!.schema.columns;
          for (const [i, tag] of key.childColumns.entries()) {
            const column = schema.columns.find((other) => other.tag === tag)?.name ?? null;
            const referenced = parentColumns.find((other) => other.tag === key.parentColumns[i])?.name ?? null;
            yield [
              'def',
              view.name,
              key.name,
              'def',
              view.name,
              name,
              column,
              i + 1,
              i + 1,
              view.name,
              key.parentTable,
              referenced,
            ];
          }
        }
      }
    }
  },
);
