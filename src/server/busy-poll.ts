/**
 * Busy polling: for a moment after an answer the event loop looks for what comes next again and again, instead of asking the
 * system to wake it. To sleep and to be woken takes longer than a point select, and a client that has just sent a command on
 * the heels of an answer is likely to do so again. Linux does the same for sockets (SO_BUSY_POLL) and for virtual processors
 * (halt polling).
 */

/** Milliseconds between an answer and the client's next command, up to which the client counts as busy. */
const WINDOW_MS = 0.2;

export class BusyPoll {
  readonly #now: () => number;
  readonly #defer: (poll: () => void) => void;
  #until = 0;
  #isPolling = false;

  /** `now`: milliseconds; `defer` calls back when the event loop has looked for input once more, without waiting for any. */
  constructor(now: () => number = () => performance.now(), defer: (poll: () => void) => void = setImmediate) {
    this.#now = now;
    this.#defer = defer;
  }

  /** An answer leaves, to a command that came `pauseMs` after the client's last answer. */
  answered(pauseMs: number): void {
    if (pauseMs > WINDOW_MS) return;
    this.#until = this.#now() + WINDOW_MS;
    if (this.#isPolling) return;
    this.#isPolling = true;
    this.#defer(this.#poll);
  }

  readonly #poll = (): void => {
    if (this.#now() < this.#until) this.#defer(this.#poll);
    else this.#isPolling = false;
  };
}
