/**
 * Numbers 32-bit integers in order of appearance: an open table with linear probing. A `Map` finds a key among many at the
 * price of several cache misses; here it is one.
 */
const FIRST_SLOTS = 64;
const EMPTY = -1;

export class IntegerKeys {
  #keys = new Int32Array(FIRST_SLOTS);
  #numbers = new Int32Array(FIRST_SLOTS).fill(EMPTY);
  #count = 0;

  /** The number of a key, or -1. */
  get(key: number): number {
    return this.#numbers[this.#slot(key)]!;
  }

  /** Gives a number to a key that has none. */
  set(key: number, number: number): void {
    if (2 * ++this.#count > this.#keys.length) this.#grow();
    const slot = this.#slot(key);
    this.#keys[slot] = key;
    this.#numbers[slot] = number;
  }

  /** Where the key is, or would be. */
  #slot(key: number): number {
    const keys = this.#keys;
    const numbers = this.#numbers;
    const mask = keys.length - 1;
    // The uppermost bits of the product depend on all bits of the key.
    let slot = Math.imul(key, 0x9e3779b1) >>> Math.clz32(mask);
    while (numbers[slot] !== EMPTY && keys[slot] !== key) slot = (slot + 1) & mask;
    return slot;
  }

  #grow(): void {
    const keys = this.#keys;
    const numbers = this.#numbers;
    this.#keys = new Int32Array(2 * keys.length);
    this.#numbers = new Int32Array(2 * keys.length).fill(EMPTY);
    for (let i = 0; i < keys.length; i++) {
      if (numbers[i] === EMPTY) continue;
      const slot = this.#slot(keys[i]!);
      this.#keys[slot] = keys[i]!;
      this.#numbers[slot] = numbers[i]!;
    }
  }
}
