/** SHOW TRIGGERS, EVENTS, PROCEDURE STATUS, FUNCTION STATUS and their SHOW CREATE. */
import type { Value } from '../../../tuple/value.ts';
import { privilegeNeeded } from '../../accounts/account-errors.ts';
import { eventDefinition, eventText } from '../../catalog/event-definition.ts';
import { bodyText, definerOf, definerText, triggerText } from '../../catalog/program-texts.ts';
import { findRoutine, type StoredTrigger, storedEvents, storedTriggers } from '../../catalog/stored-programs.ts';
import type { DatabaseHandle } from '../../session/database-handle.ts';
import type { Session } from '../../session/session.ts';
import { routines, shownTime } from '../../session/shown-routines.ts';
import { triggerFilter } from '../../session/table-filter.ts';
import type { ShowStatement } from '../../syntax/ast/show-statements.ts';
import { withoutCodeMarks } from '../../syntax/code-marks.ts';
import { BIGINT, DEFAULT_COLLATION, datetime, timestamp } from '../../types/sql-type.ts';
import { column } from '../result-rows.ts';
import type { StatementScene } from '../scene.ts';
import { type Shown, texts } from '../show/shown.ts';
import { noSuchEvent, noSuchRoutine, noSuchTrigger } from './routine-errors.ts';

const COLLATIONS = ['utf8mb4', DEFAULT_COLLATION, DEFAULT_COLLATION] as const;
const COLLATION_COLUMNS = ['character_set_client', 'collation_connection', 'Database Collation'];
const TIME = datetime(0);

export function showTriggers({ database }: ShowStatement, scene: StatementScene): Shown {
  return {
    columns: [
      ...texts('Trigger', 'Event', 'Table', 'Statement', 'Timing'),
      column('Created', TIME),
      ...texts('sql_mode', 'Definer', ...COLLATION_COLUMNS),
    ],
    // LIKE is about the table.
    name: 2,
    rows: triggersShown(database, scene).map((trigger) => {
      const { name, statement, created, sqlMode } = trigger;
      const { event, table, time, definer } = statement;
      return [
        ...[name, event.toUpperCase(), table.name, bodyText(trigger), time.toUpperCase(), created, sqlMode],
        ...[definerText(definerOf(definer)), ...COLLATIONS],
      ];
    }),
  };
}

function triggersShown(database: string | undefined, { session, catalog }: StatementScene): readonly StoredTrigger[] {
  if (isSchemaDatabase(database, session, catalog)) return [];
  const view = session.view(session.handle(database));
  const isShown = triggerFilter(view, session);
  return storedTriggers(view.root).filter(({ statement }) => isShown(statement.table.name));
}

/** `mysql`, `information_schema`: nothing is stored there. */
function isSchemaDatabase(
  name: string | undefined,
  { currentDatabase }: Session,
  catalog: StatementScene['catalog'],
): boolean {
  const database = name ?? currentDatabase;
  return database !== undefined && catalog.isSchemaDatabase(database);
}

export function showCreateTrigger({ name }: ShowStatement, { session }: StatementScene): Shown {
  const view = session.view(session.handle(name!.database));
  const found = storedTriggers(view.root).find((trigger) => trigger.name.toLowerCase() === name!.name.toLowerCase());
  if (found === undefined) throw noSuchTrigger();
  if (!triggerFilter(view, session)(found.statement.table.name)) throw privilegeNeeded('TRIGGER');
  return {
    columns: [
      ...texts('Trigger', 'sql_mode', 'SQL Original Statement', ...COLLATION_COLUMNS),
      column('Created', timestamp(2)),
    ],
    rows: [[found.name, found.sqlMode, triggerText(found), ...COLLATIONS, found.created]],
  };
}

export function showRoutines({ subject }: ShowStatement, { session }: StatementScene): Shown {
  const kind = subject === 'procedure status' ? 'procedure' : 'function';
  const rows: Value[][] = [];
  for (const { name: database } of session.engine.databases.databases()) {
    if (session.access?.seesDatabase(database) === false) continue;
    for (const { name, statement, created, modified } of routines(session.view(session.handle(database)), session)) {
      if (statement.routine !== kind) continue;
      const { security, comment } = statement.characteristics;
      rows.push([
        ...[database, name, kind.toUpperCase(), definerText(definerOf(statement.definer)), modified, created],
        ...[(security ?? 'definer').toUpperCase(), comment ?? '', ...COLLATIONS],
      ]);
    }
  }
  return {
    columns: [
      ...texts('Db', 'Name', 'Type', 'Definer'),
      column('Modified', TIME),
      column('Created', TIME),
      ...texts('Security_type', 'Comment', ...COLLATION_COLUMNS),
    ],
    rows,
    name: 1,
  };
}

export function showCreateRoutine({ subject, name }: ShowStatement, { session }: StatementScene): Shown {
  const kind = subject === 'create procedure' ? 'procedure' : 'function';
  const handle = session.handle(name!.database);
  const found = findRoutine(session.root(handle), kind, name!.name);
  const isSeen = found !== undefined && routines(session.view(handle), session).includes(found);
  if (!isSeen) throw noSuchRoutine(kind.toUpperCase(), name!.name);
  const title = kind === 'procedure' ? 'Procedure' : 'Function';
  return {
    columns: texts(title, 'sql_mode', `Create ${title}`, ...COLLATION_COLUMNS),
    rows: [[found.name, found.sqlMode, withoutCodeMarks(found.text).trim(), ...COLLATIONS]],
  };
}

export function showEvents({ database }: ShowStatement, { session, catalog }: StatementScene): Shown {
  return {
    columns: [
      ...texts('Db', 'Name', 'Definer', 'Time zone', 'Type'),
      column('Execute At', TIME),
      ...texts('Interval Value', 'Interval Field'),
      column('Starts', TIME),
      column('Ends', TIME),
      column('Status'),
      column('Originator', BIGINT),
      ...texts(...COLLATION_COLUMNS),
    ],
    rows: isSchemaDatabase(database, session, catalog) ? [] : eventRows(session.handle(database), session),
    name: 1,
  };
}

function eventRows(handle: DatabaseHandle, session: Session): Value[][] {
  return storedEvents(session.root(handle)).map((stored) => {
    const { name, definer, at, every, starts, ends, status } = eventDefinition(stored);
    return [
      ...[handle.database.name, name, definer ?? '`root`@`localhost`', session.variables.text('time_zone')],
      ...[every === undefined ? 'ONE TIME' : 'RECURRING', shownTime(at, session)],
      ...[every?.value ?? null, every?.field ?? null, shownTime(starts, session), shownTime(ends, session)],
      ...[STATUS[status], 0, ...COLLATIONS],
    ];
  });
}

const STATUS = { ENABLE: 'ENABLED', DISABLE: 'DISABLED', 'DISABLE ON SLAVE': 'SLAVESIDE_DISABLED' } as const;

export function showCreateEvent({ name }: ShowStatement, { session }: StatementScene): Shown {
  const root = session.root(session.handle(name!.database));
  const stored = storedEvents(root).find((event) => event.name.toLowerCase() === name!.name.toLowerCase());
  if (stored === undefined) throw noSuchEvent(name!.name);
  const event = eventDefinition(stored);
  const { at, starts, ends } = event;
  const [shownAt, shownStarts, shownEnds] = [at, starts, ends].map((time) => shownTime(time, session));
  const text = eventText({ ...event, at: shownAt!, starts: shownStarts!, ends: shownEnds! }, stored.sqlMode);
  const zone = session.variables.text('time_zone');
  return {
    columns: texts('Event', 'sql_mode', 'time_zone', 'Create Event', ...COLLATION_COLUMNS),
    rows: [[stored.name, stored.sqlMode, zone, text, ...COLLATIONS]],
  };
}
