/**
 * CREATE, ALTER and DROP EVENT. As in the original, an event is stored as a text of its own, with its times in UTC and in
 * whole seconds. Events are kept, shown and versioned here; a server runs them (server/event-scheduler.ts).
 */
import type { Steps } from '../../../repo/steps.ts';
import type { Value } from '../../../tuple/value.ts';
import {
  type EventDefinition,
  eventDefinition,
  eventText,
  quotedAccount,
  statusOf,
} from '../../catalog/event-definition.ts';
import { type StoredEvent, storedEvents } from '../../catalog/stored-programs.ts';
import type { DatabaseHandle } from '../../session/database-handle.ts';
import type { Session } from '../../session/session.ts';
import { ok } from '../../session/statement-result.ts';
import type { Expression } from '../../syntax/ast/expression.ts';
import type { Account, TableName } from '../../syntax/ast/node.ts';
import type { AlterEventStatement, CreateEventStatement, EventSchedule } from '../../syntax/ast/routine-statements.ts';
import { conversion } from '../../types/convert.ts';
import { formatValue } from '../../types/format.ts';
import type { IntervalUnit } from '../../types/interval.ts';
import { identifierTooLong, SqlError } from '../../types/sql-error.ts';
import { datetime } from '../../types/sql-type.ts';
import { evaluateConstant } from '../constant.ts';
import { namedDefiner } from '../definers.ts';
import { putFragment, withoutFragment } from '../fragments.ts';
import type { RunStatement, StatementScene } from '../scene.ts';
import { resolveBody } from './resolve.ts';
import { alteredIntoThePast, eventExists, noSuchEvent } from './routine-errors.ts';

const SECOND = 1_000_000;

export const runCreateEvent: RunStatement<CreateEventStatement> = function* (statement, scene) {
  const { session } = scene;
  const { event, ifNotExists, schedule, definer, preserve, comment, body } = statement;
  const handle = session.handle(event.database);
  session.assertWritable(handle);
  const root = session.root(handle);
  if (findEvent(storedEvents(root), event.name) !== undefined) {
    const exists = eventExists(event.name);
    if (!ifNotExists) throw exists;
    session.warn({ level: 'Note', code: exists.errno, message: exists.message });
    return ok();
  }
  resolveBody(body, scene.script);
  yield* store(
    {
      name: event.name,
      definer: definerText(definer, session),
      ...(yield* scheduleOf(schedule, scene)),
      preserve,
      status: statusOf(statement.status),
      comment: comment ?? '',
      body: scene.script.slice(body.start, body.end),
    },
    nowOf(session),
    handle,
    scene,
  );
  return ok();
};

export const runAlterEvent: RunStatement<AlterEventStatement> = function* (statement, scene) {
  const { session } = scene;
  const { event, schedule, definer, preserve, comment, body, renameTo, status } = statement;
  const handle = session.handle(event.database);
  session.assertWritable(handle);
  const root = session.root(handle);
  const all = storedEvents(root);
  const stored = findEvent(all, event.name);
  if (stored === undefined) throw noSuchEvent(event.name);
  if (renameTo !== undefined && session.handle(renameTo.database ?? event.database).database !== handle.database) {
    throw new SqlError(1235, '42000', 'an event cannot go to another database', 'unsupported');
  }
  const name = renameTo?.name ?? stored.name;
  if (name.toLowerCase() !== stored.name.toLowerCase() && findEvent(all, name) !== undefined) throw eventExists(name);
  if (body !== undefined) resolveBody(body, scene.script);
  const before = eventDefinition(stored);
  const changed: EventDefinition = {
    ...before,
    name,
    // Whoever alters it is its definer.
    definer: definerText(definer, session),
    ...(schedule && (yield* scheduleOf(schedule, scene))),
    ...(preserve !== undefined && { preserve }),
    ...(status && { status: statusOf(status) }),
    ...(comment !== undefined && { comment }),
    ...(body && { body: scene.script.slice(body.start, body.end) }),
  };
  if (schedule?.kind === 'at' && !changed.preserve && Number(changed.at) < nowOf(session)) throw alteredIntoThePast();
  session.setRoot(handle, withoutFragment(root, 'event', stored.name));
  yield* store(changed, Number(stored.created), handle, scene);
  return ok();
};

export function dropEvent({ database, name }: TableName, ifExists: boolean, { session }: StatementScene): void {
  const handle = session.handle(database);
  session.assertWritable(handle);
  const root = session.root(handle);
  const stored = findEvent(storedEvents(root), name);
  if (stored !== undefined) session.setRoot(handle, withoutFragment(root, 'event', stored.name));
  else if (!ifExists) throw noSuchEvent(name);
  else session.warn({ level: 'Note', code: 1305, message: `Event ${name} does not exist` });
}

function findEvent(events: readonly StoredEvent[], name: string): StoredEvent | undefined {
  return events.find((event) => event.name.toLowerCase() === name.toLowerCase());
}

// biome-ignore lint/correctness/useYield: it never waits
function* store(event: EventDefinition, created: number, handle: DatabaseHandle, scene: StatementScene): Steps<void> {
  const { session } = scene;
  if (event.name.length > 64) throw identifierTooLong(event.name);
  let { status } = event;
  if (event.every === undefined && Number(event.at) < nowOf(session)) {
    if (!event.preserve) {
      const message =
        'Event execution time is in the past and ON COMPLETION NOT PRESERVE is set. The event was dropped immediately after creation.';
      session.warn({ level: 'Note', code: 1588, message });
      return;
    }
    const message = 'Event execution time is in the past. Event has been disabled';
    session.warn({ level: 'Note', code: 1544, message });
    status = 'DISABLE';
  }
  if (handle.name.includes('/') && status === 'ENABLE') {
    // Events belong to the default branch.
    session.warn({ level: 'Warning', code: 1105, message: 'Event status cannot be enabled for revision database.' });
    status = 'DISABLE';
  }
  const text = eventText({ ...event, status }, session.variables.text('sql_mode'));
  const fragment = { name: event.name, text, created: Math.floor(created / SECOND) };
  putFragment(handle, session.root(handle), { type: 'event', ...fragment }, scene);
}

function definerText(definer: Account | undefined, session: Session): string {
  const { user, host } = namedDefiner(definer, session);
  return quotedAccount(user, host);
}

/** Microseconds since 1970 UTC, in whole seconds. */
function nowOf({ statementStart }: Session): number {
  return Math.floor(statementStart / 1000) * SECOND;
}

type Schedule = Pick<EventDefinition, 'at' | 'every' | 'starts' | 'ends'>;

function* scheduleOf(schedule: EventSchedule, scene: StatementScene): Steps<Schedule> {
  if (schedule.kind === 'at') {
    return { at: yield* timeOf(schedule.at, 'AT', scene), every: undefined, starts: null, ends: null };
  }
  const { interval } = schedule;
  if (interval.kind !== 'interval') throw badInterval();
  const { type, value } = yield* evaluateConstant(interval.amount, scene);
  const every = value === null ? undefined : everyOf(formatValue(value, type), interval.unit);
  if (every === undefined) throw badInterval();
  const starts = schedule.starts === undefined ? nowOf(scene.session) : yield* timeOf(schedule.starts, 'STARTS', scene);
  const ends = schedule.ends === undefined ? null : yield* timeOf(schedule.ends, 'ENDS', scene);
  if (ends !== null && Number(ends) <= Number(starts)) {
    throw new SqlError(1543, 'HY000', 'ENDS is either invalid or before STARTS');
  }
  return { at: null, every, starts, ends };
}

const badInterval = () => new SqlError(1542, 'HY000', 'INTERVAL is either not positive or too big');

/** A time of the session's zone as microseconds UTC. Throws 1525. */
function* timeOf(expression: Expression, word: string, scene: StatementScene): Steps<Value> {
  const { functions } = scene;
  const { type, value } = yield* evaluateConstant(expression, scene);
  const converted = value === null ? null : conversion(type, datetime(0), 'cast')(value, {});
  if (converted === null) {
    const text = value === null ? 'NULL' : formatValue(value, type);
    throw new SqlError(1525, 'HY000', `Incorrect ${word} value: '${text}'`);
  }
  const local = Number(converted);
  return Math.floor(local / SECOND - functions.timeZoneOffset(local)) * SECOND;
}

const PARTS = ['YEAR', 'MONTH', 'DAY', 'HOUR', 'MINUTE', 'SECOND'] as const;
type Part = (typeof PARTS)[number];

/** The units of one part, and how many of it they are. */
const SINGLE: Readonly<Partial<Record<IntervalUnit, readonly [Part, number]>>> = {
  year: ['YEAR', 1],
  quarter: ['MONTH', 3],
  month: ['MONTH', 1],
  week: ['DAY', 7],
  day: ['DAY', 1],
  hour: ['HOUR', 1],
  minute: ['MINUTE', 1],
  second: ['SECOND', 1],
};

/** MySQL's limit, of whatever unit. */
const LONGEST_INTERVAL = 1_000_000_000;

/** As the original stores it: the parts that are not 0, and the unit that they make. Undefined where it is no interval. */
function everyOf(text: string, unit: IntervalUnit): EventDefinition['every'] {
  const numbers = text.match(/\d+/g)?.map(Number);
  if (numbers === undefined || text.trim().startsWith('-')) return undefined;
  const single = SINGLE[unit];
  if (single !== undefined) {
    const [field, times] = single;
    const isInRange = numbers[0]! > 0 && numbers[0]! <= LONGEST_INTERVAL;
    return isInRange ? { value: String(numbers[0]! * times), field } : undefined;
  }
  const [first, last] = unit.toUpperCase().split('_') as [Part, Part];
  const fields = PARTS.slice(PARTS.indexOf(first), PARTS.indexOf(last) + 1);
  if (!PARTS.includes(last) || numbers.length > fields.length) return undefined;
  // What is left out is left out at the front.
  const from = fields.length - numbers.length;
  const given = fields.flatMap((field, i) =>
    i >= from && numbers[i - from]! > 0 ? [[field, numbers[i - from]!] as const] : [],
  );
  if (given.length === 0) return undefined;
  const value = given.map(([, number]) => number).join(':');
  return { value: given.length === 1 ? value : `'${value}'`, field: given.map(([field]) => field).join('_') };
}
