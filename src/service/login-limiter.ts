/**
 * Slows down who guesses passwords. After a few failures of one user from one host each further try of theirs waits for
 * its turn; the turns lie ever further apart, up to some seconds. A success clears it. Failures of all users of a host count
 * together as well, so that guesses that spread over many names are slow, too; who has logged in from there lately does not
 * stand in that line. Users that do not exist are treated alike, tries at the same time stand in one line, and what is
 * remembered is bounded.
 */
import type { Clock, Timers } from '../base/environment.ts';
import { FailureLines } from './failure-lines.ts';

/** Failures that cost nothing: everybody mistypes, and many may share a host. */
const FREE_OF_USER = 3;
const FREE_OF_HOST = 20;
/** A line longer than this is not joined. */
const LONGEST_WAIT_MS = 12_000;
const MOST_WELCOME = 10_000;
/** No user's name is longer; what follows tells nobody apart. */
const NAME_LENGTH = 32;

export class LoginLimiter {
  readonly #clock: Clock;
  readonly #timers: Timers;
  readonly #ofUsers = new FailureLines(FREE_OF_USER);
  readonly #ofHosts = new FailureLines(FREE_OF_HOST);
  /** Users with hosts that have logged in, the longest ago first. */
  readonly #welcome = new Set<string>();

  constructor(clock: Clock, timers: Timers) {
    this.#clock = clock;
    this.#timers = timers;
  }

  /** Waits for a try's turn; false when too many wait. Rejects when `signal` aborts. */
  async turn(user: string, host: string, signal: AbortSignal): Promise<boolean> {
    const key = keyOf(user, host);
    const isWelcome = this.#welcome.has(key);
    const now = this.#clock.monotonic();
    const turn = Math.max(now, this.#ofUsers.nextTurn(key), isWelcome ? 0 : this.#ofHosts.nextTurn(host));
    if (turn - now > LONGEST_WAIT_MS) return false;
    this.#ofUsers.take(key, turn);
    if (!isWelcome) this.#ofHosts.take(host, turn);
    if (turn > now) await this.#timers.sleep(turn - now, signal);
    return true;
  }

  failed(user: string, host: string): void {
    const now = this.#clock.monotonic();
    this.#ofUsers.failed(keyOf(user, host), now);
    this.#ofHosts.failed(host, now);
  }

  succeeded(user: string, host: string): void {
    const key = keyOf(user, host);
    this.#ofUsers.forget(key);
    this.#welcome.delete(key);
    this.#welcome.add(key);
    for (const oldest of this.#welcome) {
      if (this.#welcome.size <= MOST_WELCOME) break;
      this.#welcome.delete(oldest);
    }
  }

  /** Users with hosts that failures are remembered of. */
  get size(): number {
    return this.#ofUsers.size;
  }
}

const keyOf = (user: string, host: string): string => `${user.slice(0, NAME_LENGTH)}\0${host}`;
