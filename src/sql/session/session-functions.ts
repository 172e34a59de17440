/** What functions in expressions may ask of a session: the interface of sql/expressions over a `Session`. */

import type { Steps } from '../../repo/steps.ts';
import type { Integer, Value } from '../../tuple/value.ts';
import { integerOf } from '../../tuple/value.ts';
import { MustWait } from '../expressions/must-wait.ts';
import type {
  DoltView,
  SessionView,
  SqlWarning,
  StoredFunctionCall,
  TypedValue,
  VariableScope,
} from '../expressions/session-view.ts';
import { unknownFunction } from '../types/sql-error.ts';
import { BIGINT, timestamp, UNSIGNED_BIGINT } from '../types/sql-type.ts';
import type { Session } from './session.ts';
import { SessionDolt } from './session-dolt.ts';
import { zoneOffsetSeconds } from './time-zone.ts';
import { lockName } from './user-locks.ts';

export class SessionFunctions implements SessionView {
  readonly dolt: DoltView;
  readonly #session: Session;
  /** Seconds that SLEEP asked for in the running statement, to be waited for by its runner. */
  pendingSleep = 0;
  /** How stored functions are run, by whoever runs statements. */
  readonly #runStored: ((call: StoredFunctionCall) => Steps<Value>) | undefined;

  constructor(session: Session, runStored?: (call: StoredFunctionCall) => Steps<Value>) {
    this.#session = session;
    this.#runStored = runStored;
    this.dolt = new SessionDolt(session);
  }

  statementTime(): Integer {
    return micros(this.#session.statementStart);
  }
  currentTime(): Integer {
    return micros(this.#session.engine.clock.now());
  }
  timeZoneOffset(microseconds: Integer): number {
    const zone = this.#session.variables.text('time_zone');
    return this.zoneOffset(zone, microseconds) ?? 0;
  }
  zoneOffset(zone: string, microseconds: Integer): number | undefined {
    const name = /^system$/i.test(zone) ? this.#session.engine.systemTimeZone : zone;
    return zoneOffsetSeconds(name, Number(microseconds) / 1000);
  }
  failsOnZeroDivisor(): boolean {
    if (!this.#session.storesRows) return false;
    const mode = this.sqlMode();
    if (mode.has('TRADITIONAL')) return true;
    return mode.has('ERROR_FOR_DIVISION_BY_ZERO') && (mode.has('STRICT_TRANS_TABLES') || mode.has('STRICT_ALL_TABLES'));
  }
  ignoresErrors(): boolean {
    return this.#session.ignoresErrors;
  }
  divisionDigits(): number {
    return Number(this.#session.variables.text('div_precision_increment'));
  }
  sqlMode(): ReadonlySet<string> {
    return this.#session.sqlMode;
  }

  user(): string {
    return this.#session.user;
  }
  currentUser(): string {
    return this.#session.currentUser;
  }
  currentRole(): string {
    return this.#session.access?.currentRole() ?? 'NONE';
  }
  database(): string | null {
    return this.#session.currentDatabase ?? null;
  }
  connectionId(): number {
    return this.#session.connectionId;
  }
  lastInsertId(): Integer {
    return this.#session.lastInsertId;
  }
  setLastInsertId(value: Integer): void {
    this.#session.lastInsertId = value;
  }
  lastInsertUuid(): string {
    return this.#session.lastInsertUuid;
  }
  madeUuid(uuid: string): void {
    this.#session.lastUuid = uuid;
  }
  rowCount(): number {
    return this.#session.rowCount;
  }
  foundRows(): number {
    return this.#session.foundRows;
  }

  random(): number {
    return this.#session.engine.random();
  }
  randomBytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => Math.floor(this.random() * 256));
  }
  sleep(seconds: number): void {
    this.pendingSleep += seconds;
  }

  userVariable(name: string): TypedValue | undefined {
    return this.#session.userVariables.get(name.toLowerCase());
  }
  setUserVariable(name: string, value: TypedValue): void {
    this.#session.userVariables.set(name.toLowerCase(), value);
  }
  systemVariable(name: string, scope: VariableScope | undefined): TypedValue {
    const session = this.#session;
    switch (name) {
      case 'last_insert_id':
      case 'identity':
        return { type: UNSIGNED_BIGINT, value: session.lastInsertId };
      case 'warning_count':
        return { type: BIGINT, value: session.warnings.length };
      case 'error_count':
        return { type: BIGINT, value: session.warnings.filter(({ level }) => level === 'Error').length };
      case 'pseudo_thread_id':
        return { type: UNSIGNED_BIGINT, value: session.connectionId };
      case 'timestamp':
        return { type: timestamp(6), value: this.statementTime() };
      default:
        return session.variables.get(name, scope);
    }
  }

  callStored(call: StoredFunctionCall): never {
    throw new MustWait(call.name, this.#stored(call));
  }

  #stored(call: StoredFunctionCall): Steps<Value> {
    if (this.#runStored === undefined) throw unknownFunction(call.name, call.database);
    return this.#runStored(call);
  }

  warn(warning: SqlWarning): void {
    this.#session.warn(warning);
  }

  getLock(name: string | null, timeoutSeconds: number): 1 | 0 {
    const { locks } = this.#session.engine;
    const key = lockName(name);
    if (locks.tryAcquire(key, this.#session.connectionId)) return 1;
    if (timeoutSeconds === 0) return 0;
    throw new MustWait('GET_LOCK', this.#waitForLock(key, timeoutSeconds));
  }
  /** What only reads holds what its transaction holds: a garbage collection need not wait for it meanwhile. */
  *#waitForLock(name: string, seconds: number): Steps<1 | 0> {
    const session = this.#session;
    const { locks, activity } = session.engine;
    const mayRest = session.onlyReads;
    if (mayRest) session.rest();
    try {
      return (yield* locks.acquire(name, session.connectionId, seconds)) ? 1 : 0;
    } finally {
      if (mayRest && !session.closed) session.rest = activity.begin();
    }
  }
  releaseLock(name: string | null): 1 | 0 | null {
    const released = this.#session.engine.locks.release(lockName(name), this.#session.connectionId);
    return released === undefined ? null : released ? 1 : 0;
  }
  releaseAllLocks(): number {
    return this.#session.engine.locks.releaseAll(this.#session.connectionId);
  }
  lockHolder(name: string | null): number | null {
    return this.#session.engine.locks.holder(lockName(name)) ?? null;
  }
}

function micros(milliseconds: number): Integer {
  return integerOf(BigInt(Math.floor(milliseconds * 1000)));
}
