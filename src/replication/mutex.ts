/** Lets one operation in at a time, in the order of arrival. */
import { type Steps, waitUnlessEnded } from '../repo/steps.ts';

export class Mutex {
  #last: Promise<void> = Promise.resolve();

  /** Waits for its turn; call the answer to let the next one in. */
  async acquire(): Promise<() => void> {
    const before = this.#last;
    let release!: () => void;
    this.#last = new Promise((resolve) => {
      release = resolve;
    });
    await before;
    return release;
  }

  /** The same as a step: who is told to end while it waits passes its turn on. */
  enter(): Steps<() => void> {
    const turn = this.acquire();
    return waitUnlessEnded(turn, () => void turn.then((release) => release()), 'lock');
  }
}
