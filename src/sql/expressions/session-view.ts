/**
 * What functions may ask of the session that runs them. The session implements it; nothing else of the outside world
 * (clock, randomness, repository) reaches an expression. All text is as SQL prints it.
 */
import type { Integer, Value } from '../../tuple/value.ts';
import type { SqlType } from '../types/sql-type.ts';

export interface TypedValue {
  readonly type: SqlType;
  readonly value: Value;
}

export type WarningLevel = 'Note' | 'Warning' | 'Error';

export interface SqlWarning {
  readonly level: WarningLevel;
  readonly code: number;
  readonly message: string;
  /** What GET DIAGNOSTICS shows, where it is not what the code says. */
  readonly sqlState?: string;
  /** What SIGNAL set besides. */
  readonly items?: Readonly<Record<string, string>>;
}

export type VariableScope = 'session' | 'global' | 'persist' | 'persist_only';

/** A call of a stored function; `routine` is the catalog's, and `access` the binder's. */
export interface StoredFunctionCall {
  readonly name: string;
  readonly database: string;
  readonly routine: object;
  readonly args: readonly TypedValue[];
  /** With whose rights the body of a view calls it; absent where the statement itself does. */
  readonly inView?: { readonly access: object | undefined } | undefined;
}

export interface SessionView {
  /** Start of the running statement, microseconds since 1970 UTC: NOW() is the same all over a statement. */
  statementTime(): Integer;
  /** This instant, microseconds since 1970 UTC (SYSDATE). */
  currentTime(): Integer;
  /** Offset of the session's time_zone at that instant, in seconds east of UTC. */
  timeZoneOffset(microseconds: Integer): number;
  /** Offset of a named zone or `+hh:mm` at an instant, seconds east of UTC; undefined for an unknown zone. */
  zoneOffset(zone: string, microseconds: Integer): number | undefined;
  /** Upper-case flags of sql_mode. */
  sqlMode(): ReadonlySet<string>;
  /** Whether a division by zero is an error now: rows are stored under ERROR_FOR_DIVISION_BY_ZERO in strict mode. */
  failsOnZeroDivisor(): boolean;
  /** Whether the statement has IGNORE: what MySQL lists as ignorable (manual, "The Effect of IGNORE") is a warning. */
  ignoresErrors(): boolean;
  /** div_precision_increment: digits that a division adds to the dividend's scale. */
  divisionDigits(): number;

  /** `user@host` as the client gave it. */
  user(): string;
  /** `user@host` of the account that was matched. */
  currentUser(): string;
  /** The active roles, `NONE` without one. */
  currentRole(): string;
  database(): string | null;
  connectionId(): number;
  /** LAST_INSERT_ID(); the setter is LAST_INSERT_ID(expr). */
  lastInsertId(): Integer;
  setLastInsertId(value: Integer): void;
  /** LAST_INSERT_UUID(). */
  lastInsertUuid(): string;
  /** UUID() made one. */
  madeUuid(uuid: string): void;
  rowCount(): number;
  foundRows(): number;

  /** Uniform in [0, 1). */
  random(): number;
  randomBytes(length: number): Uint8Array;
  /** Asks the runner to wait; a session that cannot wait returns at once. Seconds. */
  sleep(seconds: number): void;

  userVariable(name: string): TypedValue | undefined;
  setUserVariable(name: string, value: TypedValue): void;
  /** Throws ER_UNKNOWN_SYSTEM_VARIABLE. */
  systemVariable(name: string, scope: VariableScope | undefined): TypedValue;

  warn(warning: SqlWarning): void;

  /** GET_LOCK: 1 or 0; throws MustWait for a lock of another session, unless the timeout is 0. Negative ones are endless. */
  getLock(name: string | null, timeoutSeconds: number): 1 | 0;
  /** 1, 0 for a lock of another session, or null for a free one. All of these throw 3057 for what is no name of a lock. */
  releaseLock(name: string | null): 1 | 0 | null;
  releaseAllLocks(): number;
  /** The connection that holds a lock, or null when it is free. */
  lockHolder(name: string | null): number | null;

  /** Calls a stored function: throws MustWait, whose value is the function's. Absent where nothing is stored. */
  callStored?(call: StoredFunctionCall): never;

  readonly dolt: DoltView;
}

/** The versioned side, for ACTIVE_BRANCH(), DOLT_HASHOF() and so on. */
export interface DoltView {
  /** null on a detached head. */
  activeBranch(): string | null;
  version(): string;
  storageFormat(): string;
  /** Address text of the commit that a revision names; throws when there is none. */
  hashof(revision: string): string;
  hashofTable(table: string, revision: string | undefined): string;
  hashofDatabase(revision: string | undefined): string;
  /** Address text of the merge base of two revisions, null without one. */
  mergeBase(left: string, right: string): string | null;
  hasAncestor(revision: string, ancestor: string): boolean;
}
