/** Clients that wait until another leaves, in the order in which they came. */
import type { Timers } from '../base/environment.ts';

export interface WaitingRoomOptions {
  /** Clients that may wait. */
  readonly seats: number;
  readonly patienceMs: number;
}

export class WaitingRoom {
  readonly #timers: Timers;
  readonly #options: WaitingRoomOptions;
  readonly #waiting = new Set<(isLetIn: boolean) => void>();

  constructor(timers: Timers, options: WaitingRoomOptions) {
    this.#timers = timers;
    this.#options = options;
  }

  /** Whether it is the client's turn; false at once without a seat, in the end, and when the client is gone. */
  async wait(gone: AbortSignal): Promise<boolean> {
    if (this.#waiting.size >= this.#options.seats) return false;
    const stop = new AbortController();
    let call!: (isLetIn: boolean) => void;
    const called = new Promise<boolean>((resolve) => {
      call = resolve;
    });
    this.#waiting.add(call);
    gone.addEventListener('abort', () => call(false), { once: true });
    const late = this.#timers.sleep(this.#options.patienceMs, stop.signal).then(
      () => false,
      () => false,
    );
    const isLetIn = await Promise.race([called, late]);
    this.#waiting.delete(call);
    stop.abort();
    return isLetIn;
  }

  /** A place is free. */
  callNext(): void {
    for (const call of this.#waiting) {
      this.#waiting.delete(call);
      call(true);
      return;
    }
  }

  close(): void {
    for (const call of this.#waiting) call(false);
    this.#waiting.clear();
  }
}
