/** The minimal standard generator: the same numbers from the same seed everywhere. */
export class Dice {
  #state: number;

  constructor(seed: number) {
    this.#state = (seed * 7919) % 2147483647 || 1;
    for (let i = 0; i < 5; i++) this.below(2);
  }

  /** An integer from 0 on. */
  below(limit: number): number {
    this.#state = (this.#state * 16807) % 2147483647;
    return this.#state % limit;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  bytes(most: number): Buffer {
    return Buffer.from(Array.from({ length: this.below(most + 1) }, () => this.below(256)));
  }
}
