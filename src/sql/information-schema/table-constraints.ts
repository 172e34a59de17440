/** information_schema.TABLE_CONSTRAINTS. */
import { declaredBy } from '../../repo/foreign-keys.ts';
import { schemaTable, userTables, views } from './schema-table.ts';

export const table = schemaTable(
  'TABLE_CONSTRAINTS',
  'CONSTRAINT_CATALOG:n CONSTRAINT_SCHEMA:n CONSTRAINT_NAME:n TABLE_SCHEMA:n TABLE_NAME:n CONSTRAINT_TYPE:v11! ENFORCED:v3!',
  function* (session) {
    for (const view of views(session)) {
      const keys = view.root.foreignKeys();
      for (const { name, table: stored } of userTables(view, session)) {
        const row = (constraint: string, type: string, enforced = true) => [
          'def',
          view.name,
          constraint,
          view.name,
          name,
          type,
          enforced ? 'YES' : 'NO',
        ];
        for (const check of stored.schema.checks) yield row(check.name, 'CHECK', check.enforced);
        if (stored.schema.primaryKey.length > 0) yield row('PRIMARY', 'PRIMARY KEY');
        for (const index of stored.schema.indexes) if (index.unique) yield row(index.name, 'UNIQUE');
        for (const key of declaredBy(keys, name)) yield row(key.name, 'FOREIGN KEY');
      }
    }
  },
);
