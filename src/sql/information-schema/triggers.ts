/** information_schema.TRIGGERS. */
import { actionOrder, bodyText, definerOf, definerText } from '../catalog/program-texts.ts';
import { storedTriggers } from '../catalog/stored-programs.ts';
import { triggerFilter } from '../session/table-filter.ts';
import { COLLATIONS, schemaTable, views } from './schema-table.ts';

export const table = schemaTable(
  'TRIGGERS',
  'TRIGGER_CATALOG:n! TRIGGER_SCHEMA:n! TRIGGER_NAME:n! EVENT_MANIPULATION:n! EVENT_OBJECT_CATALOG:n! EVENT_OBJECT_SCHEMA:n! EVENT_OBJECT_TABLE:n! ACTION_ORDER:o! ACTION_CONDITION:t ACTION_STATEMENT:t! ACTION_ORIENTATION:n! ACTION_TIMING:n! ACTION_REFERENCE_OLD_TABLE:n ACTION_REFERENCE_NEW_TABLE:n ACTION_REFERENCE_OLD_ROW:n! ACTION_REFERENCE_NEW_ROW:n! CREATED:d! SQL_MODE:t! DEFINER:n! CHARACTER_SET_CLIENT:n! COLLATION_CONNECTION:n! DATABASE_COLLATION:n!',
  function* (session) {
    for (const view of views(session)) {
      const isShown = triggerFilter(view, session);
      const all = storedTriggers(view.root);
      for (const trigger of all) {
        const { name, statement, sqlMode, created } = trigger;
        if (!isShown(statement.table.name)) continue;
        yield [
          'def',
          view.name,
          name,
          statement.event.toUpperCase(),
          'def',
          view.name,
          statement.table.name,
          actionOrder(trigger, all),
          null,
          bodyText(trigger),
          'ROW',
          statement.time.toUpperCase(),
          null,
          null,
          'OLD',
          'NEW',
          created,
          sqlMode,
          definerText(definerOf(statement.definer)),
          ...COLLATIONS,
        ];
      }
    }
  },
);
