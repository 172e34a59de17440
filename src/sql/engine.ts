/** The engine: what sessions share (databases, global variables, locks), and where they come from. */
import type { Clock, Random, Timers } from '../base/environment.ts';
import { Activity } from '../repo/activity.ts';
import type { AccountSource } from './accounts/account-book.ts';
import type { BranchControlSource } from './accounts/branch-control/branch-control.ts';
import { Session } from './engine-session.ts';
import type { DatabaseProvider, Failover } from './session/database.ts';
import { AutoIncrementCounters, type EngineFiles, type EngineState } from './session/engine-state.ts';
import type { SessionOptions } from './session/session.ts';
import { SessionFunctions } from './session/session-functions.ts';
import { StatementCounts } from './session/statement-counts.ts';
import { Turns } from './session/turns.ts';
import { UserLocks } from './session/user-locks.ts';
import { GlobalVariables, unknownVariable, variableDefinition, variableValue } from './session/variables.ts';
import { varchar } from './types/sql-type.ts';

export interface EngineOptions {
  readonly databases: DatabaseProvider;
  /** Values of `sqlserver.global.*`: system variables at start. */
  readonly globals: ReadonlyMap<string, string>;
  readonly clock: Clock;
  readonly random: Random;
  readonly timers: Timers;
  /** IANA name of the zone that `SYSTEM` is; UTC when absent. */
  readonly systemTimeZone?: string | undefined;
  /** Without it there are no accounts. */
  readonly accounts?: AccountSource | undefined;
  /** Without it there are no rules about branches. */
  readonly branchControl?: BranchControlSource | undefined;
  /** Writes a setting of SET PERSIST into the configuration (undefined removes it). */
  readonly persist?: ((name: string, text: string | undefined) => void) | undefined;
  /** Where LOAD DATA INFILE and SELECT … INTO OUTFILE find and leave files. */
  readonly files?: EngineFiles | undefined;
  /** What runs on the databases; their own unless told. */
  readonly activity?: Activity | undefined;
  /** Where servers can be promoted. */
  readonly failover?: Failover | undefined;
}

export class Engine {
  readonly state: EngineState;
  /** Names among the settings that no system variable has. */
  readonly unknownGlobals: readonly string[];

  constructor(options: EngineOptions) {
    let connections = 0;
    const globals = new GlobalVariables(options.globals);
    this.unknownGlobals = globals.unknown;
    this.state = {
      databases: options.databases,
      globals,
      clock: options.clock,
      random: options.random,
      timers: options.timers,
      systemTimeZone: options.systemTimeZone ?? 'UTC',
      locks: new UserLocks(options.timers),
      autoIncrement: new AutoIncrementCounters(),
      turns: new Turns(),
      sessions: new Set(),
      statementCounts: new StatementCounts(),
      persist: options.persist,
      accounts: options.accounts,
      branchControl: options.branchControl,
      failover: options.failover,
      files: options.files,
      activity: options.activity ?? new Activity(),
      mergeExpressions: async (session) => {
        const { mergeExpressions } = await import('./statements/merge-expressions.ts');
        return mergeExpressions(new SessionFunctions(session));
      },
      nextConnection: () => ++connections,
    };
  }

  session(options: SessionOptions = {}): Session {
    return new Session(this.state, options);
  }

  /** SET GLOBAL by whoever opened the engine. Throws 1193 and 1231. */
  setGlobal(name: string, text: string): void {
    const definition = variableDefinition(name);
    if (definition === undefined) throw unknownVariable(name);
    this.state.globals.set(definition, variableValue(definition, { type: varchar(text.length), value: text }));
  }
}
