/**
 * Slows down who guesses passwords. After a few failures of one user from one host each further try of theirs waits for
 * its turn; the turns lie ever further apart, up to some seconds. A success clears it. Users that do not exist are treated
 * alike, tries at the same time stand in one line, and what is remembered is bounded.
 */
import type { Clock, Timers } from '../base/environment.ts';

/** Failures that cost nothing: everybody mistypes. */
const FREE_FAILURES = 3;
const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 4000;
/** A line longer than this is not joined. */
const LONGEST_WAIT_MS = 12_000;
const FORGET_AFTER_MS = 600_000;
const MOST_REMEMBERED = 10_000;
/** No user's name is longer; what follows tells nobody apart. */
const NAME_LENGTH = 32;

interface Failures {
  count: number;
  /** When the next try may be made. */
  turnMs: number;
  lastMs: number;
}

export class LoginLimiter {
  readonly #clock: Clock;
  readonly #timers: Timers;
  /** The longest unchanged first. */
  readonly #failures = new Map<string, Failures>();

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock;
    this.#timers = timers;
  }

  /** Waits for a try's turn; false when too many wait. Rejects when `signal` aborts. */
  async turn(user: string, host: string, signal: AbortSignal): Promise<boolean> {
    const failures = this.#failures.get(keyOf(user, host));
    if (failures === undefined || failures.count < FREE_FAILURES) return true;
    const now = this.#clock.monotonic();
    const turn = Math.max(now, failures.turnMs);
    if (turn - now > LONGEST_WAIT_MS) return false;
    failures.turnMs = turn + delayAfter(failures.count);
    if (turn > now) await this.#timers.sleep(turn - now, signal);
    return true;
  }

  failed(user: string, host: string): void {
    const key = keyOf(user, host);
    const now = this.#clock.monotonic();
    const known = this.#failures.get(key);
    const isRecent = known !== undefined && now - known.lastMs < FORGET_AFTER_MS;
    const count = isRecent ? known.count + 1 : 1;
    const turnMs = Math.max(isRecent ? known.turnMs : 0, now + delayAfter(count));
    this.#failures.delete(key);
    this.#failures.set(key, { count, turnMs, lastMs: now });
    for (const [oldest] of this.#failures) {
      if (this.#failures.size <= MOST_REMEMBERED) break;
      this.#failures.delete(oldest);
    }
  }

  succeeded(user: string, host: string): void {
    this.#failures.delete(keyOf(user, host));
  }

  /** Users with hosts that failures are remembered of. */
  get size(): number {
    return this.#failures.size;
  }
}

function delayAfter(failures: number): number {
  if (failures < FREE_FAILURES) return 0;
  return Math.min(FIRST_DELAY_MS * 2 ** (failures - FREE_FAILURES), LONGEST_DELAY_MS);
}

const keyOf = (user: string, host: string): string => `${user.slice(0, NAME_LENGTH)}\0${host}`;
