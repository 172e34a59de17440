/** So many at a time; the others wait in the order in which they came, as long as they are not too many. */
import { GrpcError, GrpcStatus } from '../base/network.ts';

export class Turns {
  readonly #most: number;
  readonly #mostWaiting: number;
  readonly #waiting: (() => void)[] = [];
  #running = 0;

  constructor(most: number, mostWaiting: number) {
    this.#most = most;
    this.#mostWaiting = mostWaiting;
  }

  /** Comes when there is a place, which `leave` gives back. Throws `GrpcError` (resourceExhausted). */
  async enter(): Promise<void> {
    if (this.#running < this.#most) {
      this.#running++;
      return;
    }
    if (this.#waiting.length >= this.#mostWaiting)
      throw new GrpcError(GrpcStatus.resourceExhausted, 'the server has too much to do; try again later');
    await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#running--;
  }
}
