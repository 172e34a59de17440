/**
 * Runs the enabled events of each database, on its default branch, while `event_scheduler` is ON. Nobody tells it of events that
 * come or change, by CREATE EVENT or by a merge, a pull, a reset: it compares what is stored with what it knows, each second,
 * and wakes in between when one is due. Where a branch takes no changes (a replica, a primary that was fenced, `read_only`) its
 * events do not run.
 *
 *     seen ──due──▶ running ──▶ seen …        an event that will not be due again is dropped, or disabled (PRESERVE), before its
 *       └──over──▶ dropped or disabled        last run: after a crash it does not run twice
 *
 * An event that was created since the last look runs even if its time has come in between; times that passed while nobody looked
 * (no server, a replica, the scheduler off) are left out. An event never overlaps itself: what is due while it runs waits for its
 * end, and of several times only one.
 */
import type { Timers } from '../base/environment.ts';
import { DoltError } from '../base/errors.ts';
import { eventDefinition } from '../sql/catalog/event-definition.ts';
import { hasSchedule, nextRun } from '../sql/catalog/event-schedule.ts';
import { type StoredEvent, storedEvents } from '../sql/catalog/stored-programs.ts';
import type { Database } from '../sql/session/database.ts';
import type { EventRuns } from '../sql/session/event-runs.ts';
import type { Process } from '../sql/session/processes.ts';
import { errorPacket } from './client-error.ts';
import { EventRun, type EventRunScene } from './event-run.ts';

const LOOK_EVERY_MS = 1000;
/** How long an event waits that could not be dropped before its last run. */
const RETRY_US = 30_000_000;
const SECOND_US = 1_000_000;

export interface EventSchedulerOptions extends EventRunScene {
  readonly timers: Timers;
}

/** An event that is stored. Times are microseconds since 1970 UTC. */
interface Planned {
  readonly stored: StoredEvent;
  /** `over`: it will not run, and has to go. Undefined: it is disabled, or nobody can read when it runs. */
  due: number | 'over' | undefined;
  lastRun: number | undefined;
  /** When it is tried again, where it could not be dropped. */
  tryAgain?: number;
}

interface Seen {
  /** By name, lower case. */
  readonly events: Map<string, Planned>;
  readonly at: number;
}

export class EventScheduler implements EventRuns {
  readonly #options: EventSchedulerOptions;
  readonly #stopping = new AbortController();
  readonly #seen = new Map<Database, Seen>();
  /** By database and event. */
  readonly #runs = new Map<string, EventRun>();
  /** Databases that could not be looked at, and why: it is said once. */
  readonly #failed = new Map<Database, string>();
  /** While it is on: its number among the connections, and since when. */
  #on: { readonly id: number; readonly since: number } | undefined;
  #watching: Promise<void> = Promise.resolve();

  constructor(options: EventSchedulerOptions) {
    this.#options = options;
  }

  /** A server that starts with DISABLED never runs events. */
  start(): void {
    if (this.#options.engine.state.globals.text('event_scheduler') === 'DISABLED') return;
    this.#watching = this.#watch();
  }

  /** Begins nothing any more; what runs, runs to its end. */
  finish(): void {
    this.#stopping.abort();
  }

  /** After `finish`: all that ran has ended. */
  async ended(): Promise<void> {
    await this.#watching;
    await Promise.all(Array.from(this.#runs.values(), ({ ended }) => ended));
  }

  /** What runs ends now; what it has not committed is rolled back. */
  interrupt(): void {
    for (const run of this.#runs.values()) run.interrupt();
  }

  /** Whether there was such a run. */
  kill(id: number): boolean {
    const run = [...this.#runs.values()].find((each) => each.id === id);
    run?.interrupt();
    return run !== undefined;
  }

  lastRun(database: string, event: string): number | undefined {
    for (const [{ name }, { events }] of this.#seen) {
      if (name === database) return events.get(event.toLowerCase())?.lastRun;
    }
    return undefined;
  }

  /** Itself and what it runs. `now`: milliseconds of the monotonic clock. */
  processes(now: number): readonly Process[] {
    const runs = Array.from(this.#runs.values(), (run) => run.process(now));
    if (this.#on === undefined) return runs;
    const isIdle = [...this.#seen.values()].every(({ events }) => events.size === 0);
    const own: Process = {
      id: this.#on.id,
      user: 'event_scheduler',
      host: 'localhost',
      database: null,
      command: 'Daemon',
      seconds: Math.floor((now - this.#on.since) / 1000),
      state: isIdle ? 'Waiting on empty queue' : 'Waiting for next activation',
      statement: null,
      attributes: new Map(),
    };
    return [own, ...runs];
  }

  async #watch(): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) await this.#options.timers.sleep(this.#look(), signal).catch(() => {});
  }

  /** Begins what is due. Milliseconds until there is something to do. */
  #look(): number {
    const { engine, clock } = this.#options;
    if (engine.state.globals.text('event_scheduler') !== 'ON') {
      this.#on = undefined;
      this.#seen.clear();
      return LOOK_EVERY_MS;
    }
    this.#on ??= { id: engine.state.nextConnection(), since: clock.monotonic() };
    const now = clock.now() * 1000;
    const databases = engine.state.databases.databases();
    for (const database of this.#seen.keys()) if (!databases.includes(database)) this.#seen.delete(database);
    let next = now + LOOK_EVERY_MS * 1000;
    for (const database of databases) {
      const events = this.#eventsOf(database, this.#on.id);
      if (events === undefined) this.#seen.delete(database);
      else next = Math.min(next, this.#lookAt(database, events, now));
    }
    return Math.ceil((next - now) / 1000);
  }

  /** What is stored on the default branch; undefined where that cannot be changed, or looked at. */
  #eventsOf(database: Database, connectionId: number): readonly StoredEvent[] | undefined {
    const { engine, log } = this.#options;
    const { state } = engine.session({ connectionId, database: database.name });
    try {
      const handle = state.handle();
      state.assertWritable(handle);
      const events = storedEvents(state.root(handle));
      this.#failed.delete(database);
      return events;
    } catch (error) {
      if (error instanceof DoltError && error.kind === 'denied') return undefined;
      const { message } = errorPacket(error, log);
      if (this.#failed.get(database) !== message) {
        log.error('events do not run', { database: database.name, error: message });
      }
      this.#failed.set(database, message);
      return undefined;
    } finally {
      state.close();
    }
  }

  /** When the next is due, at most. */
  #lookAt(database: Database, stored: readonly StoredEvent[], now: number): number {
    const before = this.#seen.get(database);
    const events = new Map<string, Planned>();
    let next = Number.POSITIVE_INFINITY;
    for (const event of stored) {
      const name = event.name.toLowerCase();
      const known = before?.events.get(name);
      const isKnown = known !== undefined && isSame(event, known.stored);
      const planned = isKnown ? known : plan(event, sinceOf(event, before?.at, now), known?.lastRun);
      events.set(name, planned);
      if (planned.due === undefined || (planned.tryAgain ?? 0) > now || this.#runs.has(keyOf(database, name))) continue;
      if (planned.due === 'over') this.#begin(database, planned, now, undefined);
      else if (planned.due > now) next = Math.min(next, planned.due);
      else {
        const after = nextRun(eventDefinition(event), now + 1);
        this.#begin(database, planned, now, after);
        next = Math.min(next, after ?? next);
      }
    }
    this.#seen.set(database, { events, at: now });
    return next;
  }

  /** Without a `next` time it is the last one. */
  #begin(database: Database, planned: Planned, now: number, next: number | undefined): void {
    const { stored, due } = planned;
    const key = keyOf(database, stored.name);
    const run = new EventRun(this.#options, database, stored);
    const begin = async (): Promise<void> => {
      if (next === undefined) {
        if (!(await run.remove())) {
          planned.tryAgain = now + RETRY_US;
          return;
        }
        // Another may be created under its name.
        if (!stored.statement.preserve) this.#seen.get(database)?.events.delete(stored.name.toLowerCase());
      }
      planned.due = next;
      if (typeof due !== 'number') {
        this.#options.log.warn('an event is over, its time passed while no events ran', { event: key });
        return;
      }
      planned.lastRun = secondOf(now);
      await run.run();
    };
    this.#runs.set(key, run);
    run.ended = begin().finally(() => this.#runs.delete(key));
  }
}

/** Its text does not tell of the sql_mode that it runs with, nor that it was dropped and created again. */
function isSame(a: StoredEvent, b: StoredEvent): boolean {
  return a.text === b.text && a.sqlMode === b.sqlMode && a.created === b.created;
}

/**
 * From when on an event counts that is new to the last look. Times are stored in whole seconds: one that was created within a
 * second counts from its beginning. Where nobody looked before, another server may have run what was there already.
 */
function sinceOf({ created }: StoredEvent, lastLook: number | undefined, now: number): number {
  const second = secondOf(lastLook ?? now);
  return lastLook === undefined && Number(created) < second ? now : second;
}

const secondOf = (time: number): number => Math.floor(time / SECOND_US) * SECOND_US;

/** What passed before `since` is left out, and what it ran for already. */
function plan(stored: StoredEvent, since: number, lastRun: number | undefined): Planned {
  const definition = eventDefinition(stored);
  const from = Math.max(since, (lastRun ?? Number.NEGATIVE_INFINITY) + 1);
  const isEnabled = definition.status === 'ENABLE' && hasSchedule(definition);
  const due = isEnabled ? (nextRun(definition, from) ?? 'over') : undefined;
  return { stored, due, lastRun };
}

const keyOf = ({ name }: Database, event: string): string => `${name}.${event}`.toLowerCase();
