/**
 * One sync at a time, for all that wait for one. A sync covers what was written before it began; whoever asks while one
 * runs gets the next, together with all others that ask meanwhile:
 *
 *     idle ──begin──▶ running ──begin──▶ running, next waits ──ends──▶ running (the next)
 *                        └──ends──▶ idle
 */
export class SharedSync {
  readonly #sync: () => Promise<void>;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;

  /** `sync` writes what waits, if anything does, and syncs. */
  constructor(sync: () => Promise<void>) {
    this.#sync = sync;
  }

  /** One runs, or is about to. */
  get isRunning(): boolean {
    return this.#running !== undefined || this.#next !== undefined;
  }

  /** Sees to a sync that begins after this call. */
  begin(): void {
    if (!this.isRunning) void this.#start();
    else if (this.#running !== undefined)
      this.#next ??= quietly(this.#running.catch(() => {}).then(() => this.#start()));
  }

  /** Comes when all has ended that was begun so far; rejects with what the last of it threw. */
  async ended(): Promise<void> {
    await (this.#next ?? this.#running);
  }

  #start(): Promise<void> {
    this.#next = undefined;
    this.#running = quietly(
      this.#sync().finally(() => {
        this.#running = undefined;
      }),
    );
    return this.#running;
  }
}

/** A failure is for those who wait; that nobody does is none. */
function quietly(promise: Promise<void>): Promise<void> {
  promise.catch(() => {});
  return promise;
}
