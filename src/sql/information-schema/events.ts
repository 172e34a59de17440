/** information_schema.EVENTS. */
import { eventDefinition } from '../catalog/event-definition.ts';
import { storedEvents } from '../catalog/stored-programs.ts';
import { shownTime } from '../session/shown-routines.ts';
import { seesEvents } from '../session/table-filter.ts';
import { COLLATIONS, schemaTable, views } from './schema-table.ts';

export const table = schemaTable(
  'EVENTS',
  'EVENT_CATALOG:n EVENT_SCHEMA:n EVENT_NAME:n! DEFINER:n! TIME_ZONE:n! EVENT_BODY:n! EVENT_DEFINITION:t! ' +
    'EVENT_TYPE:n! EXECUTE_AT:d INTERVAL_VALUE:n INTERVAL_FIELD:n SQL_MODE:n! STARTS:d ENDS:d STATUS:n! ' +
    'ON_COMPLETION:n! CREATED:d! LAST_ALTERED:d! LAST_EXECUTED:d EVENT_COMMENT:t! ORIGINATOR:o! ' +
    'CHARACTER_SET_CLIENT:n! COLLATION_CONNECTION:n! DATABASE_COLLATION:n!',
  function* (session) {
    for (const view of views(session)) {
      if (!seesEvents(view, session)) continue;
      for (const stored of storedEvents(view.root)) {
        const { name, definer, body, at, every, starts, ends, status, preserve, comment } = eventDefinition(stored);
        yield [
          'def',
          view.name,
          name,
          definer ?? '`root`@`localhost`',
          session.variables.text('time_zone'),
          'SQL',
          body,
          every === undefined ? 'ONE TIME' : 'RECURRING',
          shownTime(at, session),
          every?.value ?? null,
          every?.field ?? null,
          stored.sqlMode,
          shownTime(starts, session),
          shownTime(ends, session),
          STATUS[status],
          preserve ? 'PRESERVE' : 'NOT PRESERVE',
          shownTime(stored.created, session),
          shownTime(stored.modified, session),
          shownTime(session.engine.eventRuns?.lastRun(view.baseName, name) ?? null, session),
          comment,
          0,
          ...COLLATIONS,
        ];
      }
    }
  },
);

const STATUS = { ENABLE: 'ENABLED', DISABLE: 'DISABLED', 'DISABLE ON SLAVE': 'SLAVESIDE_DISABLED' } as const;
