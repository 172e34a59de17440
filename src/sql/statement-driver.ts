/**
 * Runs the operations of one session: waits for what they yield, and ends a wait that may end when the statement is
 * interrupted, its time is up, or a lock does not come. A statement that computes for long asks `pause` now and then: it lets
 * others have a turn between two slices of time.
 */
import type { Steps, Wait } from '../repo/steps.ts';
import type { EngineState } from './session/engine-state.ts';
import { interrupted, lockWaitTimeout, type SqlError, timeLimitPassed } from './types/sql-error.ts';

/** No timer runs longer. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Milliseconds that a statement runs before it lets others have a turn. */
const TIME_SLICE_MS = 20;

export class StatementDriver {
  readonly #engine: EngineState;
  readonly #lockWaitSeconds: () => number;
  #isInterrupted = false;
  /** Ends the wait of the running statement, where it may end. */
  #endWait: (() => void) | undefined;
  #sliceStart = 0;
  #deadline = Number.POSITIVE_INFINITY;

  /** `lockWaitSeconds`: how long a statement may wait for a lock. */
  constructor(engine: EngineState, lockWaitSeconds: () => number) {
    this.#engine = engine;
    this.#lockWaitSeconds = lockWaitSeconds;
  }

  /** Another statement is to run: nobody has interrupted it, and its time has no end. */
  reset(): void {
    this.#isInterrupted = false;
    this.#deadline = Number.POSITIVE_INFINITY;
  }

  /** Its first slice begins; it has `limitMs` from here on, 0 for no end. */
  begin(limitMs: number): void {
    this.#sliceStart = this.#engine.clock.monotonic();
    this.#deadline = limitMs > 0 ? this.#sliceStart + limitMs : Number.POSITIVE_INFINITY;
  }

  /** The running statement ends with errno 1317 as soon as it looks; without one nothing happens. */
  interrupt(): void {
    this.#isInterrupted = true;
    this.#endWait?.();
  }

  /** Runs an operation: a promise only where it has to wait. Throws, or rejects, with what it throws. */
  drive<T>(steps: Steps<T>): T | Promise<T> {
    const step = steps.next();
    return step.done ? step.value : this.#driveOn(steps, step);
  }

  async #driveOn<T>(steps: Steps<T>, first: IteratorYieldResult<Wait>): Promise<T> {
    let step: IteratorResult<Wait, T> = first;
    while (!step.done) {
      let value: unknown;
      try {
        value = await this.settled(step.value);
      } catch (error) {
        step = steps.throw(error);
        continue;
      }
      this.#sliceStart = this.#engine.clock.monotonic();
      step = steps.next(value);
    }
    return step.value;
  }

  /**
   * What a wait gives. Where it may end, rejects with 1317 when the statement is interrupted, with 3024 when its time is up, and
   * with 1205 when a lock does not come in time.
   */
  async settled({ until, mayEnd }: Wait): Promise<unknown> {
    if (mayEnd === undefined) return await until;
    if (this.#isInterrupted) {
      until.catch(() => {});
      throw interrupted();
    }
    const { clock, timers } = this.#engine;
    const stop = new AbortController();
    const after = (ms: number, late: () => SqlError): Promise<never> =>
      timers.sleep(Math.min(ms, LONGEST_TIMER_MS), stop.signal).then(
        () => Promise.reject(late()),
        () => new Promise<never>(() => {}),
      );
    const ends: Promise<unknown>[] = [
      until,
      new Promise((_, reject) => {
        this.#endWait = () => reject(interrupted());
      }),
    ];
    if (this.#deadline !== Number.POSITIVE_INFINITY) {
      ends.push(after(Math.max(0, this.#deadline - clock.monotonic()), timeLimitPassed));
    }
    const lockSeconds = this.#lockWaitSeconds();
    if (mayEnd === 'lock' && lockSeconds * 1000 < LONGEST_TIMER_MS)
      ends.push(after(lockSeconds * 1000, lockWaitTimeout));
    try {
      return await Promise.race(ends);
    } finally {
      this.#endWait = undefined;
      stop.abort();
      until.catch(() => {});
    }
  }

  /** A wait where the slice is used up. Throws 1317 when the statement is interrupted, and 3024 when its time is up. */
  pause(): Wait | undefined {
    if (this.#isInterrupted) throw interrupted();
    const now = this.#engine.clock.monotonic();
    if (now > this.#deadline) throw timeLimitPassed();
    if (now - this.#sliceStart < TIME_SLICE_MS) return undefined;
    // Whoever drives rows does not come back here: the next slice starts with the wait.
    this.#sliceStart = now;
    return { until: this.#engine.timers.sleep(0) };
  }
}
