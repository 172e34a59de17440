/**
 * Lines of who failed before: after some failures that cost nothing, each further try of the same key has its turn, and the
 * turns lie ever further apart. What is remembered is bounded, in time and in number.
 */

interface Failures {
  readonly count: number;
  /** When the next try may be made. */
  turnMs: number;
  readonly lastMs: number;
}

const FIRST_DELAY_MS = 250;
const LONGEST_DELAY_MS = 4000;
const FORGET_AFTER_MS = 600_000;
const MOST_REMEMBERED = 10_000;

export class FailureLines {
  /** Failures that cost nothing. */
  readonly #free: number;
  /** The longest unchanged first. */
  readonly #failures = new Map<string, Failures>();

  constructor(free: number) {
    this.#free = free;
  }

  /** Keys that failures are remembered of. */
  get size(): number {
    return this.#failures.size;
  }

  /** When the key's next try may be made; 0 for at once. */
  nextTurn(key: string): number {
    return this.#waiting(key)?.turnMs ?? 0;
  }

  /** A try is made at `turnMs`: the next one follows some time behind it. */
  take(key: string, turnMs: number): void {
    const failures = this.#waiting(key);
    if (failures !== undefined) failures.turnMs = turnMs + this.#delayAfter(failures.count);
  }

  #waiting(key: string): Failures | undefined {
    const failures = this.#failures.get(key);
    return failures !== undefined && failures.count >= this.#free ? failures : undefined;
  }

  failed(key: string, now: number): void {
    const known = this.#failures.get(key);
    const isRecent = known !== undefined && now - known.lastMs < FORGET_AFTER_MS;
    const count = isRecent ? known.count + 1 : 1;
    const turnMs = Math.max(isRecent ? known.turnMs : 0, now + this.#delayAfter(count));
    this.#failures.delete(key);
    this.#failures.set(key, { count, turnMs, lastMs: now });
    for (const [oldest] of this.#failures) {
      if (this.#failures.size <= MOST_REMEMBERED) break;
      this.#failures.delete(oldest);
    }
  }

  forget(key: string): void {
    this.#failures.delete(key);
  }

  #delayAfter(failures: number): number {
    if (failures < this.#free) return 0;
    return Math.min(FIRST_DELAY_MS * 2 ** (failures - this.#free), LONGEST_DELAY_MS);
  }
}
