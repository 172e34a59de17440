/** What the sessions of one engine share. */
import type { Disk } from '../../base/disk.ts';
import type { Clock, Random, Timers } from '../../base/environment.ts';
import type { Activity } from '../../repo/activity.ts';
import type { MergeExpressions } from '../../repo/merge/merge-expressions.ts';
import type { Integer } from '../../tuple/value.ts';
import type { AccountSource } from '../accounts/account-book.ts';
import type { BranchControlSource } from '../accounts/branch-control/branch-control.ts';
import type { BranchActivity } from './branch-activity.ts';
import type { RunCommand } from './command-run.ts';
import type { Database, DatabaseProvider, Failover } from './database.ts';
import type { EventRuns } from './event-runs.ts';
import type { Processes } from './processes.ts';
import type { Session } from './session.ts';
import type { StatementCounts } from './statement-counts.ts';
import type { Turns } from './turns.ts';
import type { UserLocks } from './user-locks.ts';
import type { GlobalVariables } from './variables.ts';

export interface EngineFiles {
  readonly disk: Disk;
  readonly directory: string;
  /** Where statements put rows that they may not keep in memory; undefined where there is no such place. */
  temporaryDirectory(): string | undefined;
}

export interface EngineState {
  readonly databases: DatabaseProvider;
  readonly globals: GlobalVariables;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  /** IANA name of the time zone that `SYSTEM` is. */
  readonly systemTimeZone: string;
  readonly locks: UserLocks;
  readonly autoIncrement: AutoIncrementCounters;
  readonly turns: Turns;
  /** Those of clients, while they are open. */
  readonly sessions: Set<Session>;
  /** Of all sessions since the engine began. */
  readonly statementCounts: StatementCounts;
  readonly accounts?: AccountSource | undefined;
  /** Whoever lets accounts log in opens it before. */
  readonly branchControl?: BranchControlSource | undefined;
  /** Writes a setting of SET PERSIST into the configuration. */
  readonly persist?: ((name: string, text: string | undefined) => void) | undefined;
  readonly failover?: Failover | undefined;
  /** Defaults, generated columns and checks for merges; loaded when a merge first needs them. */
  mergeExpressions(session: Session): Promise<MergeExpressions>;
  nextConnection(): number;
  /** Files that statements may name; relative paths start in `directory`. Without it there are none. */
  readonly files?: EngineFiles | undefined;
  /** What runs on the databases, and holds what no ref leads to. */
  readonly activity: Activity;
  /** Set by the server that serves the engine. */
  processes?: Processes | undefined;
  /** Set by a server that keeps when branches were used. */
  branchActivity?: BranchActivity | undefined;
  /** Set by a server that runs events. */
  eventRuns?: EventRuns | undefined;
  /** Set by a server whose clients may have commands run on its machine. */
  runCommand?: RunCommand | undefined;
}

/**
 * Auto-increment counters are shared by all sessions and by all branches of a database, so that two branches don't hand
 * out the same value. A counter is seeded when first asked for and never goes back but by ALTER TABLE and TRUNCATE.
 */
export class AutoIncrementCounters {
  readonly #next = new WeakMap<Database, Map<string, Integer>>();

  #of(database: Database): Map<string, Integer> {
    let counters = this.#next.get(database);
    if (counters === undefined) {
      counters = new Map();
      this.#next.set(database, counters);
    }
    return counters;
  }

  /** The next value of a table; `seed` gives the first one (1 at least). */
  peek(database: Database, table: string, seed: () => Integer): Integer {
    const counters = this.#of(database);
    const key = table.toLowerCase();
    let next = counters.get(key);
    if (next === undefined) {
      next = seed();
      counters.set(key, next);
    }
    return next;
  }

  /** Raises the counter. */
  raise(database: Database, table: string, next: Integer): void {
    const counters = this.#of(database);
    const key = table.toLowerCase();
    const current = counters.get(key);
    if (current === undefined || current < next) counters.set(key, next);
  }

  /** Sets the counter, back too. */
  restart(database: Database, table: string, next: Integer): void {
    this.#of(database).set(table.toLowerCase(), next);
  }

  /** Forgets the counter: the next use seeds it again. */
  reset(database: Database, table: string): void {
    this.#of(database).delete(table.toLowerCase());
  }
}
