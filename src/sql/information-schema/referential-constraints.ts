/** information_schema.REFERENTIAL_CONSTRAINTS. */
import { ReferentialAction } from '../../serial/foreign-key-collection.ts';
import { schemaTable, views } from './schema-table.ts';

const RULES: Readonly<Record<number, string>> = {
  [ReferentialAction.default]: 'NO ACTION',
  [ReferentialAction.noAction]: 'NO ACTION',
  [ReferentialAction.cascade]: 'CASCADE',
  [ReferentialAction.setNull]: 'SET NULL',
  [ReferentialAction.restrict]: 'RESTRICT',
};

export const table = schemaTable(
  'REFERENTIAL_CONSTRAINTS',
  'CONSTRAINT_CATALOG:n! CONSTRAINT_SCHEMA:n! CONSTRAINT_NAME:n UNIQUE_CONSTRAINT_CATALOG:n! UNIQUE_CONSTRAINT_SCHEMA:n! ' +
    'UNIQUE_CONSTRAINT_NAME:n MATCH_OPTION:n! UPDATE_RULE:n! DELETE_RULE:n! TABLE_NAME:n! REFERENCED_TABLE_NAME:n!',
  function* (session) {
    for (const view of views(session)) {
      for (const key of view.root.foreignKeys()) {
        const unique = key.parentIndex === '' ? 'PRIMARY' : null;
        yield [
          'def',
          view.name,
          key.name,
          'def',
          view.name,
          unique,
          'NONE',
          RULES[key.onUpdate]!,
          RULES[key.onDelete]!,
          key.childTable,
          key.parentTable,
        ];
      }
    }
  },
);
