/**
 * Whose statements run. A session that has been alone for some statements may hold the process up while the disk syncs: it
 * would wait anyway, and nobody else does. Who waits in a thread lets others go on, at the price of two switches of threads.
 */

/** Statements in a row after which a session counts as alone. */
const ALONE_AFTER = 16;

export class Turns {
  #last: object | undefined;
  #inARow = 0;

  /** A statement of a session begins. */
  taken(session: object): void {
    if (session === this.#last) {
      this.#inARow++;
      return;
    }
    this.#last = session;
    this.#inARow = 1;
  }

  /** Whether all statements lately were of one session. */
  get isAlone(): boolean {
    return this.#inARow >= ALONE_AFTER;
  }
}
