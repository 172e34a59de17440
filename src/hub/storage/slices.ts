/** Long work of a collection, in slices of time between which others have their turn, until it is given up. */
import { DoltError } from '../../base/errors.ts';
import type { Environment } from '../../repo/repository.ts';

const SLICE_MS = 5;

export class Slices {
  readonly #environment: Environment;
  readonly #signal: AbortSignal | undefined;
  #startMs: number;

  constructor(environment: Environment, signal: AbortSignal | undefined) {
    this.#environment = environment;
    this.#signal = signal;
    this.#startMs = environment.clock.monotonic();
  }

  /** Throws `unavailable` once the collection is given up. */
  async pause(): Promise<void> {
    const { clock, timers } = this.#environment;
    if (clock.monotonic() - this.#startMs < SLICE_MS) return;
    if (this.#signal?.aborted) throw new DoltError('unavailable', 'the collection was given up');
    await timers.sleep(0);
    this.#startMs = clock.monotonic();
  }
}
